# %% [markdown]
# # A message of many parts
# Sends three messages of a million parts each: the parts cost more than the bytes.
#
# - observe: batch, others, size
# - outcome: graded or timeout or crashed
# - points: 1

# %%
shell = get_ipython()
session, parent = shell.kernel.session, shell.parent_header["header"]


def send(content, kind="display_data", buffers=(), metadata=b"{}"):
    header = session.pack(session.msg_header(kind))
    parts = [header, session.pack(parent), metadata, content]
    signed = [b"<IDS|MSG>", session.sign(parts), *parts, *buffers]
    shell.display_pub.pub_socket.send_multipart([b"display", *signed])


for _ in range(3):
    send(b'{"data": {}, "metadata": {}}', buffers=[b""] * 1_000_000)
