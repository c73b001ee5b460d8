"""Sends and receives messages between client, parent and child.

A message is JSON with its length before it.
"""

import array
import json
import socket
import struct
from collections.abc import Sequence
from typing import Any

HEADER = struct.Struct("!I")
MAX_BYTES = 4_000_000
MAX_FDS = 8


def send(
    connection: socket.socket, message: dict[str, Any], fds: Sequence[int] = ()
) -> None:
    """Sends one message, and file descriptors with it.

    Args:
        connection: A Unix socket.
        message: What JSON can hold.
        fds: Open file descriptors; the receiver gets its own copies.
    """
    whole = pack(message)
    ancillary = []
    if fds:
        rights = array.array("i", fds)
        ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)]
    connection.sendmsg([whole[: HEADER.size]], ancillary)
    connection.sendall(whole[HEADER.size :])


def pack(message: dict[str, Any]) -> bytes:
    """Returns a message as the bytes that are sent."""
    body = json.dumps(message).encode()
    return HEADER.pack(len(body)) + body


def receive(connection: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """Receives one message, and the file descriptors that came with it.

    Raises:
        EOFError: If the other side closed before the message was whole.
        ValueError: If the message is larger than any that is ever sent.
    """
    fds: list[int] = []
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
        rest = connection.recv(size - len(body))
        if not rest:
            raise EOFError("the other side closed the connection")
        body += rest
    return json.loads(bytes(body)), fds
