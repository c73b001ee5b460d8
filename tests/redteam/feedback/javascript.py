# %% [markdown]
# # A script by its name
# Displays an output of the type that is a script.
#
# - observe: script
# - outcome: graded
# - points: 1

# %%
from IPython.display import display

MARKUP = "document.title = '{script}'"
display({"application/javascript": MARKUP, "text/plain": "a picture"}, raw=True)
