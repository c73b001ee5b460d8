# %% [markdown]
# # Stopped by its child
# Has a child stop it again and again, whoever lets it go on.
#
# - observe: outcome, batch, processes
# - outcome: timeout or graded
# - points: 1

# %%
import os
import signal
import time

kernel = os.getpid()
if not os.fork():
    os.setsid()
    for _ in range(100):
        try:
            os.kill(kernel, signal.SIGSTOP)
        except OSError:
            break
        time.sleep(0.2)
    os._exit(0)
time.sleep(8)
