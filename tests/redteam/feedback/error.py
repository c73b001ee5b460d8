# %% [markdown]
# # Markup in an error
# Raises an error whose name, message and frames are markup.
#
# - observe: script
# - outcome: graded
# - points: 1

# %%
MARKUP = "<script>x='{script}'</script><img src=x onerror=\"y='{script}'\">"
raise type(MARKUP, (Exception,), {})(MARKUP)
