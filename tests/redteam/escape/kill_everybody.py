# %% [markdown]
# # kill(-1)
# Sends SIGKILL to every process that it may.
#
# - observe: batch, others
# - outcome: crashed or graded
# - points: 1
# - stock: it would end every process of the user, or of the machine

# %%
import os
import signal
import time

try:
    os.kill(-1, signal.SIGKILL)
except OSError as error:
    print(type(error).__name__, error.errno)
time.sleep(0.2)
