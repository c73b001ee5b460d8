# %% [markdown]
# # The grader stopped
# Sends SIGSTOP to the grader, which waits for ever.
#
# - observe: batch
# - outcome: graded
# - points: 1

# %%
import os
import signal

try:
    os.kill(int("{grader}"), signal.SIGSTOP)
    print("BREACH: stopped the grader")
except OSError as error:
    print(type(error).__name__, error.errno)
