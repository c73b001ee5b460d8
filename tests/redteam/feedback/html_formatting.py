# %% [markdown]
# # Formatting without end
# Displays little HTML that a parser makes much of: open elements in many paragraphs.
#
# - observe: size
# - outcome: graded
# - points: 1

# %%
from IPython.display import display

MARKUP = "".join(f"<p><b class={n}>x" for n in range(500)) + "<p>x" * 5000
display({"text/html": MARKUP, "text/plain": "a picture"}, raw=True)
