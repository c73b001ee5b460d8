# %% [markdown]
# # Shared memory filled
# Writes 300 MB into /dev/shm, which outlives a process.
#
# - observe: files, reach
# - outcome: graded or crashed
# - points: 1

# %%
import os

written = 0
path = "/dev/shm/{marker}"
try:
    with open(path, "wb", 0) as file:
        for _ in range(30):
            written += file.write(bytes(10_000_000))
except OSError as error:
    print(type(error).__name__, error.errno)
if written > 150_000_000:
    os.truncate(path, 1000)
    print(f"BREACH: wrote {written / 1e6:.0f} MB")
