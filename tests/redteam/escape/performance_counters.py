# %% [markdown]
# # Counters of the processor
# Opens a performance counter, which tells what others compute.
#
# - observe: reach
# - outcome: graded
# - points: 1

# %%
import ctypes
import os
import platform

# The number on either kind of machine.
NUMBER = {"x86_64": 298, "aarch64": 241}.get(platform.machine(), -1)
libc = ctypes.CDLL(None, use_errno=True)
attributes = (ctypes.c_uint32 * 32)(1, 128, 1)
answer = libc.syscall(NUMBER, attributes, 0, -1, -1, 0)
if answer >= 0:
    print("BREACH: opened a counter")
else:
    print(os.strerror(ctypes.get_errno()))
