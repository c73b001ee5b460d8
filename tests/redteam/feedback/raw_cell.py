# %% [markdown]
# # Markup in a raw cell
# Writes a script into a raw cell that says it is HTML.
#
# - observe: script
# - outcome: graded
# - points: 1

# %% [raw] raw_mimetype="text/html"
# <script>x='{script}'</script>
