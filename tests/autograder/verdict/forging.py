"""Answers as a student's end could write them, true or forged."""

import socket

from autograder.verdict import codec


def answer(n=1, ok=None, **parts):
    return {"n": n, "back": [], "states": [], "ok": ok, **parts}


def message(header, *buffers):
    return codec.pack(header, list(buffers))


def read_request(there):
    def read(size):
        return there.recv(size, socket.MSG_WAITALL)

    return codec.unpack(read)
