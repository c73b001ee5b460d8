# %% [markdown]
# # Memory in sockets
# Fills pairs of sockets that nobody reads, in several processes: the system counts that
# memory for none of them.
#
# - observe: outcome, batch, others, reach
# - outcome: out_of_memory or graded
# - points: 1

# %%
import socket
import time

kept, filled = [], 0
for _ in range(110):
    try:
        pair = socket.socketpair()
    except OSError:
        break
    kept.append(pair)
    pair[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 28)
    pair[0].setblocking(False)
    try:
        while True:
            filled += pair[0].send(bytes(100_000))
    except OSError:
        pass
time.sleep(2)
if filled > 700_000_000:
    print(f"BREACH: {filled:,} bytes wait in sockets")
