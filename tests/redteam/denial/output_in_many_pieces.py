# %% [markdown]
# # Output in many pieces
# Prints a hundred thousand short outputs, each a message.
#
# - observe: size, batch
# - outcome: graded or timeout
# - points: 1

# %%
import time

from IPython.display import display

end = time.monotonic() + 20
for number in range(100_000):
    display({"text/plain": f"output {number}"}, raw=True)
    if time.monotonic() > end:
        break
