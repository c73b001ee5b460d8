# %% [markdown]
# # A picture from elsewhere
# Displays HTML that loads a picture, which tells a server who looks and when.
#
# - observe: script
# - outcome: graded
# - points: 1

# %%
from IPython.display import display

MARKUP = '<img src="http://127.0.0.1:{port}/{script}.png">'
display({"text/html": MARKUP, "text/plain": "a picture"}, raw=True)
