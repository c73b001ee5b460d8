# %% [markdown]
# # A mount
# Mounts a file system over a folder of its own, and takes it off again.
#
# - observe: reach
# - outcome: graded
# - points: 1

# %%
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
os.makedirs("mounted", exist_ok=True)
target = os.path.abspath("mounted").encode()
if libc.mount(b"none", target, b"tmpfs", 0, b"size=1m") == 0:
    libc.umount2(target, 2)
    print("BREACH: mounted a file system")
else:
    print(os.strerror(ctypes.get_errno()))
os.rmdir("mounted")
