# %% [markdown]
# # Memory in small pieces
# Takes 1.2 GB, a megabyte at a time, and keeps it.
#
# - observe: outcome, reach
# - outcome: out_of_memory
# - points: 1

# %%
import time

kept = []
for _ in range(1200):
    kept.append(b"x" * 1_000_000)
    time.sleep(0.001)
print("BREACH: took 1.2 GB")
