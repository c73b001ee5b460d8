# %% [markdown]
# # Forks that outrun who kills them
# Each process forks its successor in a new session and ends, for ten seconds.
#
# - observe: processes, batch
# - outcome: graded
# - points: 1

# %%
import os
import time

if not os.fork():
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            if os.fork():
                os._exit(0)
        except OSError:
            pass
        os.setsid()
        time.sleep(0.02)
    os._exit(0)
