# %% [markdown]
# # A program in the kernel
# Loads a map for a BPF program.
#
# - observe: reach
# - outcome: graded
# - points: 1

# %%
import ctypes
import os
import platform

# The number on either kind of machine.
NUMBER = {"x86_64": 321, "aarch64": 280}.get(platform.machine(), -1)
libc = ctypes.CDLL(None, use_errno=True)
attributes = (ctypes.c_uint32 * 12)(2, 4, 8, 1)
answer = libc.syscall(NUMBER, 0, attributes, 48)
if answer >= 0:
    print("BREACH: made a BPF map")
else:
    print(os.strerror(ctypes.get_errno()))
