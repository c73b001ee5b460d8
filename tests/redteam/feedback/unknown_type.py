# %% [markdown]
# # Types that pages know
# Displays types that a page hands to a library from elsewhere.
#
# - observe: script
# - outcome: graded
# - points: 1

# %%
from IPython.display import display

MARKUP = (
    "graph TD; A[<img src=x onerror=\"x='{script}'\">]; "
    "click A href \"javascript:'{script}'\""
)
display({"text/vnd.mermaid": MARKUP, "text/plain": "a picture"}, raw=True)
