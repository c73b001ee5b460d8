# %% [markdown]
# # Output without end
# Prints for half a minute, or 200 MB.
#
# - observe: size, outcome
# - outcome: timeout or graded or out_of_memory
# - points: 1

# %%
import time

end = time.monotonic() + 30
for _ in range(200):
    print("x" * 1_000_000)
    if time.monotonic() > end:
        break
