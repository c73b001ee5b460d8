# %% [markdown]
# # A debugger on the grader
# Attaches to its parent and to the grader as a debugger does.
#
# - observe: reach, batch
# - outcome: graded
# - points: 1

# %%
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
ATTACH, DETACH = 16, 17
for pid in {os.getppid(), int("{grader}")} - {0, os.getpid()}:
    if libc.ptrace(ATTACH, pid, None, None) == 0:
        os.waitpid(pid, 0x40000000)
        libc.ptrace(DETACH, pid, None, None)
        print("BREACH: attached to the grader")
    else:
        print(os.strerror(ctypes.get_errno()))
