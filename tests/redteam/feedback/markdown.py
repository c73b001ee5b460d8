# %% [markdown]
# # Markup in Markdown
# Displays Markdown with markup and with a link that runs.
#
# - observe: script
# - outcome: graded
# - points: 1

# %%
from IPython.display import display

MARKUP = (
    "**hello** <img src=x onerror=\"x='{script}'\"> "
    "[grade](javascript:alert('{script}'))"
)
display({"text/markdown": MARKUP, "text/plain": "a picture"}, raw=True)
