# %% [markdown]
# # A handler in HTML
# Displays HTML whose picture fails to load and calls a handler.
#
# - observe: script
# - outcome: graded
# - points: 1

# %%
from IPython.display import display

MARKUP = "<img src=x onerror=\"document.title='{script}'\">"
display({"text/html": MARKUP, "text/plain": "a picture"}, raw=True)
