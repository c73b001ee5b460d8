# %% [markdown]
# # Forty sessions that compute
# Starts forty children, each in a session of its own, so that a scheduler which shares
# processors among sessions gives this submission forty times its share.
#
# - observe: processes, others
# - outcome: graded or timeout
# - points: 1

# %%
import os
import time

for _ in range(36):
    try:
        if os.fork():
            continue
    except OSError:
        break
    os.setsid()
    end = time.monotonic() + 20
    while time.monotonic() < end:
        pass
    os._exit(0)
