"""Starts the demo's hub and says where it is: `make hub`."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
START_SECONDS = 120
# JupyterHub's own bound.
SHORTEST = 8


def main():
    """Runs the hub until it is interrupted.

    Returns:
        Integer, the hub's exit status.
    """
    port = os.environ.setdefault("LAYERWISE_HUB_PORT", "8000")
    password = os.environ.setdefault("LAYERWISE_HUB_PASSWORD", secrets.token_urlsafe(9))
    os.environ.setdefault("CONFIGPROXY_AUTH_TOKEN", secrets.token_hex(32))
    if len(password) < SHORTEST:
        print(
            f"LAYERWISE_HUB_PASSWORD must have at least {SHORTEST} characters. "
            f"Received: {len(password)}.",
            file=sys.stderr,
        )
        return 2
    config = sys.argv[1] if len(sys.argv) > 1 else "jupyterhub_config.py"
    address = f"http://127.0.0.1:{port}"
    print(f"Starting a hub at {address} ...", flush=True)
    hub = subprocess.Popen(
        [sys.executable, "-m", "jupyterhub", "-f", str(HERE / config)],
        cwd=HERE,
        start_new_session=True,
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        # The hub ends its servers, services and proxy when it is told to stop.
        signal.signal(number, lambda *_: hub.send_signal(signal.SIGTERM))
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
    return hub.wait()


def wait_until_ready(hub, port):
    """Waits until the proxy knows its way to the hub.

    Args:
        hub: `subprocess.Popen`.
        port: Integer, that of the proxy's own interface.

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
