# %% [markdown]
# # Memory by system call
# Reads the memory of parent and grader without a debugger.
#
# - observe: reach
# - outcome: graded
# - points: 1

# %%
import ctypes
import os
from pathlib import Path


class Piece(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("size", ctypes.c_size_t))


libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(16)
here = Piece(ctypes.addressof(buffer), 16)
for pid in {os.getppid(), int("{grader}")} - {0, os.getpid()}:
    try:
        line = Path(f"/proc/{pid}/maps").read_text().splitlines()[0]
    except OSError as error:
        print(type(error).__name__, error.errno)
        # Both were forked of the same program: its addresses are known.
        line = Path("/proc/self/maps").read_text().splitlines()[0]
    there = Piece(int(line.split("-")[0], 16), 16)
    args = (ctypes.byref(here), 1, ctypes.byref(there), 1, 0)
    if libc.process_vm_readv(pid, *args) == 16:
        print("BREACH: read the memory of another process")
    else:
        print(os.strerror(ctypes.get_errno()))
