# %% [markdown]
# # Markup that a browser repairs
# Displays HTML that is a comment to one parser and a script to another.
#
# - observe: script
# - outcome: graded
# - points: 1

# %%
from IPython.display import display

MARKUP = (
    "<!--><img src=x onerror=\"x='{script}'\"> -->"
    "<svg></p><style><a id=\"</style><img src=x onerror=y='{script}'>\">"
)
display({"text/html": MARKUP, "text/plain": "a picture"}, raw=True)
