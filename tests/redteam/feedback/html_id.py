# %% [markdown]
# # Names of the page's own
# Displays HTML with ids and names that scripts of a page look up.
#
# - observe: script
# - outcome: graded
# - points: 1

# %%
from IPython.display import display

MARKUP = (
    "<div id='{script}'></div><a id='formgrader' name='{script}'>x</a>"
    "<h2 id='{script}'>x</h2><img name='{script}'>"
)
display({"text/html": MARKUP, "text/plain": "a picture"}, raw=True)
