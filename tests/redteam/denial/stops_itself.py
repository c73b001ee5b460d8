# %% [markdown]
# # Stopping itself
# Sends SIGSTOP to itself: no interrupt arrives any more.
#
# - observe: outcome, batch
# - outcome: timeout or graded
# - points: 1

# %%
import os
import signal

os.kill(os.getpid(), signal.SIGSTOP)
