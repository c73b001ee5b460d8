# %% [markdown]
# # Messages to sockets that nobody reads
# Answers on the channels for input and control, on which no answer is awaited, so that
# what is sent stays in the engine's memory.
#
# - observe: batch, others, size
# - outcome: graded or timeout
# - points: 1

# %%
import time

import zmq

kernel = get_ipython().kernel
name = kernel.get_parent("shell")["header"]["session"].encode()
places = [kernel.stdin_socket, kernel.control_stream.socket]
for socket in places:
    plain = zmq.Socket.shadow(socket.underlying)
    plain.router_mandatory = 1
    for who in (name, kernel.session.bsession):
        for _ in range(40):
            try:
                plain.send_multipart([who, b"x" * 20_000_000], zmq.NOBLOCK)
            except zmq.ZMQError as error:
                print(error)
                break
time.sleep(1)
