# %% [markdown]
# # Children that compute
# Starts four children that use all cores while others are graded, and leaves.
#
# - observe: processes, others
# - outcome: graded
# - points: 1

# %%
import os
import time

for _ in range(4):
    if not os.fork():
        os.setsid()
        end = time.monotonic() + 15
        while time.monotonic() < end:
            pass
        os._exit(0)
