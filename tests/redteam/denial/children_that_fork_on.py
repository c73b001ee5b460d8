# %% [markdown]
# # Short-lived children
# Replaces each busy child by another every twentieth of a second, so that none is old
# enough to be looked at.
#
# - observe: processes, others
# - outcome: graded or timeout
# - points: 1

# %%
import os
import time

for _ in range(12):
    if os.fork():
        continue
    stop = time.monotonic() + 15
    while time.monotonic() < stop:
        end = time.monotonic() + 0.05
        while time.monotonic() < end:
            pass
        if os.fork():
            os._exit(0)
        os.setsid()
    os._exit(0)
