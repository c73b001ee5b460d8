# %% [markdown]
# # Calls without calls
# Sets up an io_uring, whose calls no filter sees.
#
# - observe: reach
# - outcome: graded
# - points: 1

# %%
import ctypes
import os
import platform

# The number on either kind of machine.
NUMBER = {"x86_64": 425, "aarch64": 425}.get(platform.machine(), -1)
libc = ctypes.CDLL(None, use_errno=True)
parameters = (ctypes.c_uint8 * 120)()
answer = libc.syscall(NUMBER, 4, parameters)
if answer >= 0:
    print("BREACH: made an io_uring")
else:
    print(os.strerror(ctypes.get_errno()))
