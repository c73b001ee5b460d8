# %% [markdown]
# # Namespaces in a namespace
# Makes a user namespace of its own, in which it would be root and could mount.
#
# - observe: reach
# - outcome: graded
# - points: 1

# %%
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
NEWUSER, NEWNS, NEWNET = 0x10000000, 0x00020000, 0x40000000
for flags in (NEWUSER, NEWUSER | NEWNS, NEWNET):
    pid = os.fork()
    if not pid:
        # A process with threads may not: the child has one.
        os._exit(0 if libc.unshare(flags) == 0 else 1)
    if os.waitpid(pid, 0)[1] == 0:
        print("BREACH: entered a new namespace")
