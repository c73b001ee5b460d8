"""A Jupyter server with formgrader for a test, and a server that counts who asks it."""

import contextlib
import json
import os
import secrets
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import requests

from autograder.proof.load.ports import free_ports

OURS, NBGRADERS = "autograder.jupyter.formgrader", "nbgrader.server_extensions"
START = 120


@contextlib.contextmanager
def counting():
    """A server on the loopback; it has `asked`, the paths that were asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def do_POST(self):
            self.do_GET()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.asked = asked
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        yield http
        http.shutdown()
        thread.join()


class Formgrader:
    """A running server; its prefix is that of a hub's user.

    Args:
        course: Path of the course's folder.
        place: Path of a folder for its configuration.
        ours: Whether our extension is loaded.
    """

    def __init__(self, course, place, ours=True):
        self.token, port = secrets.token_hex(16), free_ports(1)
        self.address = f"http://127.0.0.1:{port}/user/instructor"
        extensions = {
            f"{NBGRADERS}.{name}": name == "formgrader"
            for name in (
                *("formgrader", "assignment_list", "course_list"),
                "validate_assignment",
            )
        }
        others = ("jupyter_lsp", "jupyterlab", "jupyterlab_jupytext", "notebook")
        extensions |= dict.fromkeys((*others, "notebook_shim"), False)
        config = {
            "ServerApp": {
                "jpserver_extensions": {**extensions, OURS: ours},
                "base_url": "/user/instructor/",
                "port": port,
                "port_retries": 0,
                "open_browser": False,
                "allow_root": True,
                "root_dir": str(course),
            },
            "IdentityProvider": {"token": self.token},
        }
        folder = place / "config"
        folder.mkdir(parents=True)
        (folder / "jupyter_server_config.json").write_text(json.dumps(config))
        self.log = (place / "server.log").open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server"],
            cwd=course,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            env={
                **os.environ,
                "JUPYTER_CONFIG_DIR": str(folder),
                "JUPYTER_RUNTIME_DIR": str(place / "runtime"),
                "JUPYTER_DATA_DIR": str(place / "data"),
                "TF_CPP_MIN_LOG_LEVEL": "3",
            },
        )
        deadline = time.monotonic() + START
        while self.process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(requests.ConnectionError):
                if self.get("formgrader/api/status").ok:
                    return
            time.sleep(0.2)
        self.stop()
        raise RuntimeError(f"the server did not start:\n{self.words()[-3000:]}")

    def get(self, path, **options):
        """Asks for a page as the instructor."""
        headers = {"Authorization": f"token {self.token}"}
        return requests.get(
            f"{self.address}/{path}", headers=headers, timeout=120, **options
        )

    def words(self):
        """Returns what the server has logged."""
        return Path(self.log.name).read_text(errors="replace")

    def stop(self):
        """Ends the server."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
