# %% [markdown]
# # Memory that no process has
# Fills System V segments of 100 MB and detaches each: 700 MB that are nobody's.
#
# - observe: reach, outcome
# - outcome: graded or out_of_memory or crashed
# - points: 1

# %%
import ctypes
import os
import time

libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
SIZE, IPC_CREAT, IPC_RMID = 100_000_000, 0o1000, 0
taken, segments = 0, []
try:
    for _ in range(7):
        segment = libc.shmget(0, SIZE, IPC_CREAT | 0o600)
        if segment < 0:
            print(os.strerror(ctypes.get_errno()))
            break
        segments.append(segment)
        address = libc.shmat(segment, None, 0)
        if address in (None, ctypes.c_void_p(-1).value):
            print(os.strerror(ctypes.get_errno()))
            break
        ctypes.memset(address, 1, SIZE)
        libc.shmdt(ctypes.c_void_p(address))
        taken += SIZE
    time.sleep(0.5)
finally:
    for segment in segments:
        libc.shmctl(segment, IPC_RMID, None)
if taken == 7 * SIZE:
    print(f"BREACH: took {taken / 1e6:.0f} MB")
