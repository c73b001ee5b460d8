# %% [markdown]
# # A frame in HTML
# Displays HTML with a frame that brings its own page.
#
# - observe: script
# - outcome: graded
# - points: 1

# %%
from IPython.display import display

MARKUP = "<iframe srcdoc=\"<script>top.x='{script}'</script>\"></iframe>"
display({"text/html": MARKUP, "text/plain": "a picture"}, raw=True)
