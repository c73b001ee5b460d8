# %% [markdown]
# # Markup in a formula
# Displays LaTeX that ends its formula and goes on as markup.
#
# - observe: script
# - outcome: graded
# - points: 1

# %%
from IPython.display import display

MARKUP = "$x$ </div><script>x='{script}'</script> \\\\href{javascript:'{script}'}{y}"
display({"text/latex": MARKUP, "text/plain": "a picture"}, raw=True)
