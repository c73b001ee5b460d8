# %% [markdown]
# # The grader killed
# Sends SIGKILL to its parent and to the grader.
#
# - observe: batch
# - outcome: graded
# - points: 1

# %%
import os
import signal

for pid in {os.getppid(), int("{grader}")} - {0, 1, os.getpid()}:
    try:
        os.kill(pid, signal.SIGKILL)
        print("BREACH: killed the grader")
    except OSError as error:
        print(type(error).__name__, error.errno)
