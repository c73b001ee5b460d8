"""Messages between client, parent and child: JSON with a length before it."""

import array
import json
import socket
import struct

HEADER = struct.Struct("!I")
MAX_BYTES = 4_000_000
MAX_FDS = 8


def send(connection, message, fds=()):
    """Sends one message, and file descriptors with it.

    Args:
        connection: Connected Unix socket.
        message: What JSON can hold.
        fds: Sequence of open file descriptors; the receiver gets its own copies.
    """
    whole = pack(message)
    ancillary = []
    if fds:
        rights = array.array("i", fds)
        ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)]
    connection.sendmsg([whole[: HEADER.size]], ancillary)
    connection.sendall(whole[HEADER.size :])


def pack(message):
    """Returns a message as the bytes that are sent."""
    body = json.dumps(message).encode()
    return HEADER.pack(len(body)) + body


def receive(connection):
    """Receives one message.

    Args:
        connection: Connected Unix socket.

    Returns:
        The message, and the list of file descriptors that came with it.

    Raises:
        EOFError: If the other side closed before the message was whole.
        ValueError: If the message is larger than any that is ever sent.
    """
    fds = []
    head = b""
    while len(head) < HEADER.size:
        space = socket.CMSG_SPACE(MAX_FDS * array.array("i").itemsize)
        part, ancillary, _, _ = connection.recvmsg(HEADER.size - len(head), space)
        for level, kind, data in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                received = array.array("i")
                received.frombytes(data[: len(data) - len(data) % received.itemsize])
                fds.extend(received)
        if not part:
            raise EOFError("the other side closed the connection")
        head += part
    (size,) = HEADER.unpack(head)
    if size > MAX_BYTES:
        raise ValueError(f"a message of {size} bytes is too large")
    body = bytearray()
    while len(body) < size:
        part = connection.recv(size - len(body))
        if not part:
            raise EOFError("the other side closed the connection")
        body += part
    return json.loads(bytes(body)), fds
