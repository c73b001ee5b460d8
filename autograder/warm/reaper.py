"""Watches the kernels of a warm parent, and tells their clients how they ended.

The parent is one thread, and may be everybody's. A kernel's user can trace it, hold its
sockets open and fill them, so that no call here blocks on a kernel or a socket.
"""

import contextlib
import os
import select
import signal
import socket
import time
from typing import Any

from autograder.warm import messages

# How long a kernel whose client is gone may take to end. Seconds.
GRACE = 2
# Sockets that wait to be closed, at most; and how long they wait. Seconds.
MOST_LEFT, LEFT_SECONDS = 64, 0.5
# Descriptors that a parent needs for other things than kernels.
SPARE = 32


def tell(connection: socket.socket, message: dict[str, Any]) -> None:
    """Sends a short message, unless there is no room for it now."""
    with contextlib.suppress(OSError):
        # Not by a flag of the socket, which whoever has a copy of it can change.
        connection.send(messages.pack(message), socket.MSG_DONTWAIT)


class Reaper:
    """The running kernels of a parent, and the clients who asked for them.

    Args:
        poller: Watches them.
        is_shared: Whether the clients are different users.
    """

    def __init__(self, poller: "select.poll", is_shared: bool = False) -> None:
        self.poller, self.is_shared = poller, is_shared
        # Process ids by pidfd, pidfds by the connection's descriptor, connections and
        # user ids by process id.
        self.by_pidfd: dict[int, int] = {}
        self.by_connection: dict[int, int] = {}
        self.connections: dict[int, socket.socket] = {}
        self.users: dict[int, int] = {}
        # When a kernel whose client is gone will be killed, by its pidfd.
        self.doomed: dict[int, float] = {}
        # Kernels that have ended and cannot be reaped yet, by their pidfds.
        self.traced: set[int] = set()
        self.left: list[socket.socket] = []
        self.left_since = 0.0
        # Forks whose end no client waits for.
        self.zombies: list[int] = []

    def add(self, pid: int, connection: socket.socket, user: int) -> None:
        """Starts to watch a child and its client.

        Raises:
            OSError: If there are no descriptors left for it.
        """
        pidfd = os.pidfd_open(pid)
        self.users[pid] = user
        self.by_pidfd[pidfd] = pid
        self.by_connection[connection.fileno()] = pidfd
        self.connections[pid] = connection
        self.poller.register(pidfd, select.POLLIN)
        # Only the end of the connection: the child reads what the client sends.
        self.poller.register(connection, select.POLLRDHUP)

    def is_full(self) -> bool:
        """Returns whether another kernel might leave no descriptor for a refusal."""
        import resource

        most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        return 2 * len(self.connections) + MOST_LEFT + SPARE > most

    def report_end(self, pidfd: int) -> None:
        """Tells the client how its kernel ended."""
        pid = self.by_pidfd[pidfd]
        # Ends what the kernel started and left in its group. As long as the child is
        # not reaped, no other process can have its number.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        reaped, status = os.waitpid(pid, os.WNOHANG)
        if pidfd not in self.traced:
            self.poller.unregister(pidfd)
        if not reaped:
            # A debugger traces it: only once that lets go can it be reaped here.
            self.traced.add(pidfd)
            return
        self.traced.discard(pidfd)
        self.doomed.pop(pidfd, None)
        del self.by_pidfd[pidfd], self.users[pid]
        connection = self.connections.pop(pid)
        if self.by_connection.pop(connection.fileno(), None) is not None:
            self.poller.unregister(connection)
        os.close(pidfd)
        tell(connection, {"exit": os.waitstatus_to_exitcode(status)})
        self.leave(connection)

    def end(self, connection: int) -> None:
        """Ends the kernel of a client that is gone.

        The supervisor of a sandbox ends everything in it, if it is given the time.

        Args:
            connection: The descriptor of the connection to the client.
        """
        pidfd = self.by_connection.pop(connection)
        self.poller.unregister(connection)
        self.doomed[pidfd] = time.monotonic() + GRACE
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(pidfd, signal.SIGTERM)

    def leave(self, connection: socket.socket) -> None:
        """Closes a client's socket, at once or soon."""
        if not self.is_shared:
            connection.close()
            return
        if not self.left:
            self.left_since = time.monotonic()
        self.left.append(connection)

    def unfinished(self) -> bool:
        """Returns whether there is something that `tidy` will have to do."""
        return bool(self.doomed or self.traced or self.left or self.zombies)

    def tidy(self) -> None:
        """Does what was to be done later, where it can be done now."""
        for pidfd, deadline in list(self.doomed.items()):
            if time.monotonic() > deadline:
                del self.doomed[pidfd]
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        for pidfd in list(self.traced):
            self.report_end(pidfd)
        self.zombies = [pid for pid in self.zombies if not _reap(pid)]
        waited = time.monotonic() - self.left_since
        if len(self.left) > MOST_LEFT or (self.left and waited > LEFT_SECONDS):
            self._close_left()

    def _close_left(self) -> None:
        """Closes sockets in a process that ends.

        With a socket, what a client has sent over it and nobody has read is closed too.
        That may be a connection whose close blocks, for as long as its user says, until
        its other end has read everything: here it blocks a process that only exits.
        """
        try:
            reader, writer = os.pipe()
        except OSError:
            return
        try:
            pid = os.fork()
        except OSError:
            os.close(reader)
            os.close(writer)
            return
        if pid == 0:
            try:
                os.close(writer)
                os.read(reader, 1)
            finally:
                os._exit(0)
        for connection in self.left:
            connection.close()
        self.left = []
        self.zombies.append(pid)
        # The last copies of the sockets are the fork's: closing the pipe lets it exit.
        os.close(reader)
        os.close(writer)

    def close(self) -> None:
        """Closes the descriptors, in a child that has no use for them."""
        for pidfd in self.by_pidfd:
            os.close(pidfd)
        for connection in [*self.connections.values(), *self.left]:
            connection.close()


def _reap(pid: int) -> bool:
    return os.waitpid(pid, os.WNOHANG)[0] == pid
