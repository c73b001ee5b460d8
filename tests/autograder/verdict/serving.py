"""A student's process without a kernel: it serves one link and defines what it is told.

`autograder.warm.fork` runs it in a fork of the warm parent.
"""

import socket

from autograder.verdict.student_side import StudentSide

LOCKED = """
import numpy as np


def halve(x):
    return x / 2


class Sentinel:
    pass
"""


def serve(descriptor):
    """Answers requests until the other end closes.

    Args:
        descriptor: Integer, that of the link.
    """
    namespace = {"__name__": "__main__"}
    namespace["define"] = lambda source: exec(source, namespace)
    exec(LOCKED, namespace)
    side = StudentSide(
        socket.socket(fileno=descriptor), namespace, {"np", "halve", "Sentinel"}
    )
    while True:
        try:
            side.serve_one()
        except (EOFError, OSError):
            return 0
