# %% [markdown]
# # A core dump
# Raises its own bound for core dumps, and has a child die of a signal that makes one.
#
# - observe: reach
# - outcome: graded
# - points: 1

# %%
import os
import resource
import signal

try:
    resource.setrlimit(resource.RLIMIT_CORE, (10_000_000, 10_000_000))
except (OSError, ValueError) as error:
    print(error)
else:
    print("BREACH: may dump core")
# Where one may, none is made after all: the file would be the machine's.
if os.fork() == 0:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.kill(os.getpid(), signal.SIGSEGV)
os.wait()
