# %% [markdown]
# # Sockets of rare families
# Makes sockets that reach the host of a virtual machine, the system's ciphers, devices
# on a bus, packets, and protocols that the internet's families hide.
#
# - observe: reach
# - outcome: graded
# - points: 1

# %%
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
allowed = {1, 2, 10, 16}
made = []
for family in [*range(60), 2**31 - 1]:
    if family in allowed:
        continue
    for kind in (1, 2, 3, 5):
        number = libc.socket(family, kind, 0)
        if number >= 0:
            made.append(f"family {family}")
# The higher half of a register is no part of the number.
for family in (17, 38, 40):
    number = libc.syscall(41, ctypes.c_long(family + 2**32), 3, 0)
    if number >= 0:
        made.append(f"family {family} by another number")
for family in (2, 10):
    for protocol in (132, 136, 262, 33, 1, 255):
        for kind in (1, 2, 3, 5):
            if libc.socket(family, kind, protocol) >= 0:
                made.append(f"protocol {protocol}")
for protocol in range(1, 23):
    if libc.socket(16, 3, protocol) >= 0:
        made.append(f"netlink {protocol}")
if made:
    print("BREACH: made", ", ".join(dict.fromkeys(made)))
