# %% [markdown]
# # The group of its parent
# Signals the process groups that it knows of, its own aside.
#
# - observe: batch
# - outcome: graded
# - points: 1

# %%
import os
import signal

for pid in {os.getppid(), int("{grader}")} - {0, 1}:
    try:
        group = os.getpgid(pid)
        if group not in (0, os.getpgid(0)):
            os.killpg(group, signal.SIGTERM)
            print("BREACH: signalled another group")
    except OSError as error:
        print(type(error).__name__, error.errno)
