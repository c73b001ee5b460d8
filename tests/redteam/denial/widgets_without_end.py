# %% [markdown]
# # A hundred thousand widgets
# Opens widgets with a state of a kilobyte each, which a notebook would keep.
#
# - observe: batch, others, size
# - outcome: graded or timeout
# - points: 1

# %%
shell = get_ipython()
session, parent = shell.kernel.session, shell.parent_header["header"]


def send(content, kind="display_data", buffers=(), metadata=b"{}"):
    header = session.pack(session.msg_header(kind))
    parts = [header, session.pack(parent), metadata, content]
    signed = [b"<IDS|MSG>", session.sign(parts), *parts, *buffers]
    shell.display_pub.pub_socket.send_multipart([b"display", *signed])


state = '{"_model_module": "m", "_model_name": "n", "s": "' + "s" * 1_000 + '"}'
for number in range(20_000):
    content = (
        '{"comm_id": "%d", "target_name": "jupyter.widget", "data": {"state": %s}}'
    )
    send((content % (number, state)).encode(), "comm_open")
