# %% [markdown]
# # A link that runs
# Displays HTML with a link to a script, in capitals and with a tab inside.
#
# - observe: script
# - outcome: graded
# - points: 1

# %%
from IPython.display import display

MARKUP = "<a href=\"Java\tScript:alert('{script}')\">your grade</a>"
display({"text/html": MARKUP, "text/plain": "a picture"}, raw=True)
