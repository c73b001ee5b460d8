# %% [markdown]
# # Keys of the session
# Asks the kernel for the keyring of its session, where file systems keep keys.
#
# - observe: reach
# - outcome: graded
# - points: 1

# %%
import ctypes
import os
import platform

# The number on either kind of machine.
NUMBER = {"x86_64": 250, "aarch64": 219}.get(platform.machine(), -1)
libc = ctypes.CDLL(None, use_errno=True)
answer = libc.syscall(NUMBER, 0, -3, 0)
if answer >= 0:
    print("BREACH: reached a keyring")
else:
    print(os.strerror(ctypes.get_errno()))
