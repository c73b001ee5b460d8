# %% [markdown]
# # A style for the whole page
# Displays a style that changes all of the page: points disappear, others are painted.
#
# - observe: script
# - outcome: graded
# - points: 1

# %%
from IPython.display import display

MARKUP = "<style>body::before { content: '{script}' } .panel { display: none }</style>"
display({"text/html": MARKUP, "text/plain": "a picture"}, raw=True)
