# %% [markdown]
# # The host's loopback
# Connects to a server that listens on 127.0.0.1, as a notebook server or database
# would.
#
# - observe: network, secrets
# - outcome: graded
# - points: 1

# %%
import socket

try:
    with socket.create_connection(("127.0.0.1", int("{port}")), timeout=3) as there:
        print(there.recv(1000).decode())
except OSError as error:
    print(type(error).__name__, error.errno)
