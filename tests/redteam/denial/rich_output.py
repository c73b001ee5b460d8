# %% [markdown]
# # One huge picture
# Displays one output of 30 MB.
#
# - observe: size
# - outcome: graded
# - points: 1

# %%
from IPython.display import HTML, display

display(HTML("<p>" + "x" * 30_000_000 + "</p>"))
