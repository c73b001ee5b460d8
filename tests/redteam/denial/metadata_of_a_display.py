# %% [markdown]
# # Output in places that are not counted
# Puts 3 MB at a time into the metadata of outputs, into an output's identifier, and
# into the name of an exception's class.
#
# - observe: batch, others, size
# - outcome: graded or timeout
# - points: 1

# %%
from IPython.display import display

for _ in range(60):
    display({"text/plain": "a"}, raw=True, metadata={"m": "m" * 3_000_000})

# %%
for number in range(60):
    display({"text/plain": "a"}, raw=True, display_id="i" * 3_000_000 + str(number))

# %%
raise type("N" * 3_000_000, (Exception,), {})("e")
