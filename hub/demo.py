"""Starts the demo's hub and says where it is: `make hub`."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil

HERE = Path(__file__).resolve().parent
START_SECONDS = 120
# The proxy's, the hub's, the proxy's own interface's, the grader's.
PORTS = 4
# For what outlived the hub. Seconds.
GRACE = 3
# JupyterHub's own bound.
SHORTEST = 8


def main() -> int:
    """Runs the hub until it is interrupted; returns its exit status."""
    port = os.environ.setdefault("LAYERWISE_HUB_PORT", "8000")
    password = os.environ.setdefault("LAYERWISE_HUB_PASSWORD", secrets.token_urlsafe(9))
    os.environ.setdefault("CONFIGPROXY_AUTH_TOKEN", secrets.token_hex(32))
    course = Path(os.environ.get("LAYERWISE_COURSE", HERE.parent)).resolve()
    state = Path(
        os.environ.setdefault("LAYERWISE_HUB_STATE", str(course / "classroom" / "hub"))
    )
    state.mkdir(parents=True, exist_ok=True)
    # The hub inherits it, so that it is free when the hub has ended, however this
    # process did. filelock's is no other process's to keep.
    lock = os.open(state / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    fault = (
        wrong_settings(port, password) or running(lock, state) or taken_port(int(port))
    )
    if fault:
        print(fault, file=sys.stderr)
        return 2
    config = sys.argv[1] if len(sys.argv) > 1 else "jupyterhub_config.py"
    address = f"http://127.0.0.1:{port}"
    if sys.platform == "linux":
        from autograder.sandbox import syscalls

        # What loses its parent becomes a child of this process, which ends it.
        syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1)
    print(f"Starting a hub at {address} ...", flush=True)
    hub = subprocess.Popen(
        [sys.executable, "-m", "jupyterhub", "-f", str(HERE / config)],
        cwd=HERE,
        start_new_session=True,
        pass_fds=[lock],
    )
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(*_: object) -> None:
        # Once: told twice, JupyterHub loses track of what it is ending.
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        # The hub ends its servers, services and proxy when it is told to stop.
        hub.send_signal(signal.SIGTERM)

    for number in numbers:
        signal.signal(number, stop)
    if wait_until_ready(hub, int(port) + 2):
        print(
            f"\n  {address}\n"
            "  instructor         releases, collects and grades: Nbgrader, Formgrader\n"
            "  ana, bo, chen      students: Nbgrader, Assignment List\n"
            f"  password           {password}, the same for all\n"
            f"  grade on submit    {address}/services/grader/\n\n"
            "Ctrl-C ends it.",
            flush=True,
        )
    status = hub.wait()
    end_the_rest()
    return status


def wrong_settings(port: str, password: str) -> str:
    """Says what is wrong with the port or the password; empty if nothing is."""
    if len(password) < SHORTEST:
        return (
            f"LAYERWISE_HUB_PASSWORD must have at least {SHORTEST} characters. "
            f"Received: {len(password)}."
        )
    highest = 65536 - PORTS
    if not (port.isascii() and port.isdecimal() and 1 <= int(port) <= highest):
        return (
            f"LAYERWISE_HUB_PORT must be a number from 1 to {highest}. "
            f"Received: {port}."
        )
    return ""


def running(lock: int, state: Path) -> str:
    """Says that a hub with this state runs already; empty if none does.

    A second one would end the first one's proxy and write into its database.
    """
    import fcntl

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return f"A hub of this course runs already: {state} is in use. End it first."
    return ""


def taken_port(first: int) -> str:
    """Says which of the hub's ports something else has; empty if they are free."""
    for port in range(first, first + PORTS):
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError as error:
            last = first + PORTS - 1
            return (
                f"Port {port} cannot be used: {os.strerror(error.errno)}. "
                f"The hub takes {first} to {last}. LAYERWISE_HUB_PORT moves them."
            )
    return ""


def end_the_rest() -> None:
    """Ends what outlived the hub.

    A proxy that ended too early has been started anew, and a server that lost its
    kernels' parent may have started one of its own.
    """
    left = psutil.Process().children(recursive=True)
    for process in left:
        process.terminate()
    for process in psutil.wait_procs(left, GRACE)[1]:
        process.kill()


def wait_until_ready(hub: subprocess.Popen, port: int) -> bool:
    """Waits until the proxy knows its way to the hub.

    Args:
        hub: The hub's process.
        port: That of the proxy's own interface.

    Returns:
        Whether the hub answered before it ended.
    """
    asked = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/routes",
        headers={"Authorization": f"token {os.environ['CONFIGPROXY_AUTH_TOKEN']}"},
    )
    deadline = time.monotonic() + START_SECONDS
    while hub.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(asked, timeout=5) as answer:
                if "/" in json.load(answer):
                    return True
        except OSError:
            pass
        time.sleep(0.2)
    print("The hub did not start; what it said is above.", file=sys.stderr)
    return False


if __name__ == "__main__":
    sys.exit(main())
