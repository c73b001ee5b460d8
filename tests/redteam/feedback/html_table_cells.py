# %% [markdown]
# # A table without end
# Displays a table that asks for more cells than a browser can draw.
#
# - observe: script, size
# - outcome: graded
# - points: 1

# %%
from IPython.display import display

MARKUP = (
    "<table><tr><td colspan=99999999 rowspan=99999999 class='{script}'>x"
    + "<table><tr><td>" * 3000
)
display({"text/html": MARKUP, "text/plain": "a picture"}, raw=True)
