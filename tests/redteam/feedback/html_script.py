# %% [markdown]
# # A script in HTML
# Displays HTML with a script in it.
#
# - observe: script
# - outcome: graded
# - points: 1

# %%
from IPython.display import display

MARKUP = "<b>hello</b><script>window.x = '{script}'</script>"
display({"text/html": MARKUP, "text/plain": "a picture"}, raw=True)
