# %% [markdown]
# # A link to the own server
# Displays HTML with links that lead to the server of whoever reads, with their cookies.
#
# - observe: script
# - outcome: graded
# - points: 1

# %%
from IPython.display import display

MARKUP = (
    "<a href='/formgrader?path={script}'>a</a><a href='//{script}'>b</a>"
    "<a href='https:{script}'>c</a><a href='../../{script}'>d</a>"
    "<a href='\\\\{script}'>e</a><a href='#{script}'>f</a><a href='data:,{script}'>g</a>"
)
display({"text/html": MARKUP, "text/plain": "a picture"}, raw=True)
