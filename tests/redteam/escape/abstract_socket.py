# %% [markdown]
# # An abstract socket
# Connects to a socket that has a name and no file: modes and mounts do not hold it.
#
# - observe: network, secrets
# - outcome: graded
# - points: 1

# %%
import socket

try:
    with socket.socket(socket.AF_UNIX) as there:
        there.settimeout(3)
        there.connect("\0{abstract}")
        print(there.recv(1000).decode())
except OSError as error:
    print(type(error).__name__, error.errno)
