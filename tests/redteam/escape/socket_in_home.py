# %% [markdown]
# # A socket in the home folder
# Connects to a socket that all may write to, such as an agent with keys.
#
# - observe: network, secrets
# - outcome: graded
# - points: 1

# %%
import socket

try:
    with socket.socket(socket.AF_UNIX) as there:
        there.settimeout(3)
        there.connect("{home}/agent.sock")
        print(there.recv(1000).decode())
except OSError as error:
    print(type(error).__name__, error.errno)
