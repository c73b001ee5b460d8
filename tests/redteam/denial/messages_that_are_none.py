# %% [markdown]
# # Messages that are none
# Sends what no kernel sends: contents that are lists, a status without a state, halves
# of characters, data nested 900 levels deep, foreign types, and no signature.
#
# - observe: outcome, batch, others
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


deep = b'{"data": {"text/plain": "a", "application/json": ' + b"[" * 900 + b"]" * 900
for kind in ("display_data", "stream", "error", "status", "comm_open", "execute_input"):
    for content in (
        b"[]",
        b"7",
        b"{}",
        b'{"execution_count": [1], "data": [], "metadata": 3, "name": {}, "text": 4}',
        b'{"data": {"text/plain": "\\ud800"}, "metadata": {}, "transient": 5}',
        b'{"ename": 1, "evalue": [], "traceback": {}, "execution_state": null}',
        b'{"name": "stdout", "text": "\\udfff"}',
        deep + b'}, "metadata": {}}',
        b"[" * 100_000,
        b"not JSON",
    ):
        send(content, kind)
for parts in ([], [b""], [b"<IDS|MSG>"], [b"<IDS|MSG>", b"no signature", *[b"{}"] * 4]):
    shell.display_pub.pub_socket.send_multipart([b"display", *parts])
