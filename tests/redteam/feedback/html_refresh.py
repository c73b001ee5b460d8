# %% [markdown]
# # Another page
# Displays HTML that has the browser go elsewhere, for this page and all its links.
#
# - observe: script
# - outcome: graded
# - points: 1

# %%
from IPython.display import display

MARKUP = (
    "<meta http-equiv=refresh content='0;url=http://x/{script}'>"
    "<base href='//x/{script}/'>"
)
display({"text/html": MARKUP, "text/plain": "a picture"}, raw=True)
