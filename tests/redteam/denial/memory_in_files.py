# %% [markdown]
# # Memory in files without a name
# Takes 600 MB with memfd_create: no process's heap, no disk.
#
# - observe: outcome, reach
# - outcome: graded or out_of_memory or crashed
# - points: 1

# %%
import os
import time

taken, files = 0, []
try:
    for _ in range(12):
        fd = os.memfd_create("{marker}")
        files.append(fd)
        for _ in range(6):
            taken += os.write(fd, bytes(10_000_000))
except OSError as error:
    print(type(error).__name__, error.errno)
time.sleep(1)
if taken > 700_000_000:
    print(f"BREACH: took {taken / 1e6:.0f} MB")
