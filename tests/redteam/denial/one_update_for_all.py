# %% [markdown]
# # One update for all outputs
# Shows a thousand small outputs under one identifier, then replaces them all by 150 kB.
#
# - observe: batch, others, size
# - outcome: graded or timeout
# - points: 1

# %%
from IPython.display import display

for _ in range(1_000):
    display({"text/plain": "a"}, raw=True, display_id="all")

# %%
display({"text/plain": "b" * 150_000}, raw=True, display_id="all", update=True)
display({"text/plain": "b" * 150_000}, raw=True, display_id="all")
