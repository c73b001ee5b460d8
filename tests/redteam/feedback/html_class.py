# %% [markdown]
# # Classes of the page's own
# Displays HTML whose classes are those of bars, dialogs and fields that lie over a
# page.
#
# - observe: script
# - outcome: graded
# - points: 1

# %%
from IPython.display import display

MARKUP = (
    "<div class='navbar navbar-fixed-top {script}'>Score: 4 / 4</div>"
    "<div class='modal-backdrop {script}'></div><b class='score tabbable {script}'>4</b>"
)
display({"text/html": MARKUP, "text/plain": "a picture"}, raw=True)
