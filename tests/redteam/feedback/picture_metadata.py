# %% [markdown]
# # A picture with sizes that run
# Displays a true PNG whose width closes its attribute.
#
# - observe: script
# - outcome: graded
# - points: 1

# %%
from IPython.display import display

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)
width = "1\"><script>x='{script}'</script><img alt=\""
metadata = {"image/png": {"width": width, "height": 1}}
display({"image/png": PIXEL}, metadata=metadata, raw=True)
