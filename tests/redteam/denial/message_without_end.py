# %% [markdown]
# # A message without an end
# Announces another part of a message for ever: no bound on messages counts it.
#
# - observe: batch, others, size
# - outcome: graded or timeout or crashed or out_of_memory
# - points: 1

# %%
import time

import zmq

# The socket that sends to the engine, not the one that hands over to its thread.
sender = get_ipython().display_pub.pub_socket.io_thread.socket
sender = zmq.Socket.shadow(sender.underlying)
end = time.monotonic() + 30
while time.monotonic() < end:
    try:
        sender.send(b"x" * 30, zmq.SNDMORE)
    except zmq.ZMQError as error:
        print(error)
        break
