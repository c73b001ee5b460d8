# %% [markdown]
# # A form that asks
# Displays a form over the whole page that asks for a password and sends it away.
#
# - observe: script
# - outcome: graded
# - points: 1

# %%
from IPython.display import display

MARKUP = "<form action='http://127.0.0.1:{port}/{script}'><input name=password></form>"
display({"text/html": MARKUP, "text/plain": "a picture"}, raw=True)
