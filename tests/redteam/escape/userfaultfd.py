# %% [markdown]
# # Page faults to itself
# Asks to handle page faults, a helper of many exploits.
#
# - observe: reach
# - outcome: graded
# - points: 1

# %%
import ctypes
import os
import platform

# The number on either kind of machine.
NUMBER = {"x86_64": 323, "aarch64": 282}.get(platform.machine(), -1)
libc = ctypes.CDLL(None, use_errno=True)
answer = libc.syscall(NUMBER, 1)
if answer >= 0:
    print("BREACH: handles page faults")
else:
    print(os.strerror(ctypes.get_errno()))
