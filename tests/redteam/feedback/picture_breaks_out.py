# %% [markdown]
# # A picture that is markup
# Displays a PNG whose data close the attribute that they stand in.
#
# - observe: script
# - outcome: graded
# - points: 1

# %%
from IPython.display import display

MARKUP = "AAAA\"><script>x='{script}'</script><img alt=\""
display({"image/png": MARKUP, "text/plain": "a picture"}, raw=True)
