# %% [markdown]
# # A script in a drawing
# Displays SVG with a script, a handler and a foreign object.
#
# - observe: script
# - outcome: graded
# - points: 1

# %%
from IPython.display import display

MARKUP = (
    '<svg xmlns="http://www.w3.org/2000/svg" onload="x=\'{script}\'">'
    "<script>y='{script}'</script><foreignObject><iframe src=\"javascript:'{script}'\">"
    "</iframe></foreignObject></svg>"
)
display({"image/svg+xml": MARKUP, "text/plain": "a picture"}, raw=True)
