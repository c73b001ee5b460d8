"""A person at the hub's own interfaces, without a browser."""

import json
import time
import uuid

import requests
import websocket

# Starting a server on a busy machine. Seconds.
LONG = 180


class Account:
    """Somebody who has logged in with a password, and holds a token.

    Args:
        hub: String, the hub's address.
        name: String.
        password: String.
    """

    def __init__(self, hub, name, password):
        self.hub, self.name = hub, name
        self.browser = requests.Session()
        self.browser.get(f"{hub}/hub/login", timeout=LONG)
        answer = self.browser.post(
            f"{hub}/hub/login",
            params={"_xsrf": self.browser.cookies.get("_xsrf")},
            data={"username": name, "password": password},
            allow_redirects=False,
            timeout=LONG,
        )
        if answer.status_code != 302:
            raise PermissionError(f"{name} may not log in: {answer.status_code}")
        made = self.browser.post(
            f"{hub}/hub/api/users/{name}/tokens",
            headers={
                "X-XSRFToken": self.browser.cookies.get("_xsrf", path="/hub/"),
                "Referer": f"{hub}/hub/token",
            },
            json={"note": "test"},
            timeout=LONG,
        )
        made.raise_for_status()
        self.headers = {"Authorization": f"token {made.json()['token']}"}

    def start(self):
        """Starts the person's server and waits until it answers."""
        self.ask("POST", f"hub/api/users/{self.name}/server")
        deadline = time.monotonic() + LONG
        while time.monotonic() < deadline:
            if self.ask("GET", f"user/{self.name}/api/status").status_code == 200:
                return
            time.sleep(0.3)
        raise TimeoutError(f"the server of {self.name} does not answer")

    def ask(self, method, path, **options):
        """Asks at an address of the hub, as this person; returns the answer."""
        return requests.request(
            method,
            f"{self.hub}/{path}",
            headers=self.headers,
            timeout=LONG,
            allow_redirects=False,
            **options,
        )

    def own(self, method, path, **options):
        """Asks at an address of the person's own server."""
        return self.ask(method, f"user/{self.name}/{path}", **options)

    def in_terminal(self, command):
        """Runs a shell command in a terminal; returns what it printed."""
        name = self.own("POST", "api/terminals").json()["name"]
        end = uuid.uuid4().hex
        socket = self._connect(f"terminals/websocket/{name}")
        # Put together by the shell, so that the echo of the line is not the end.
        line = f"{command}; echo {end[:16]}''{end[16:]}\r"
        socket.send(json.dumps(["stdin", line]))
        text = ""
        while end not in text:
            kind, *rest = json.loads(socket.recv())
            if kind == "stdout":
                text += rest[0]
        socket.close()
        self.own("DELETE", f"api/terminals/{name}")
        return text

    def kernel(self):
        """Starts a kernel as a notebook does; returns it."""
        return Kernel(self)

    def _connect(self, path):
        address = self.hub.replace("http", "ws", 1)
        return websocket.create_connection(
            f"{address}/user/{self.name}/{path}",
            header=[f"{key}: {value}" for key, value in self.headers.items()],
            timeout=LONG,
        )


class Kernel:
    """A running kernel of somebody's.

    Args:
        account: `Account`.
    """

    def __init__(self, account):
        self.account = account
        started = account.own("POST", "api/kernels", json={"name": "python3"})
        started.raise_for_status()
        self.id = started.json()["id"]
        self.socket = account._connect(f"api/kernels/{self.id}/channels")

    def run(self, code):
        """Runs code; returns what it printed.

        Raises:
            RuntimeError: If it raised.
        """
        asked = uuid.uuid4().hex
        header = {
            "msg_id": asked,
            "msg_type": "execute_request",
            "username": self.account.name,
            "session": asked,
            "date": "",
            "version": "5.3",
        }
        content = {"code": code, "silent": False, "stop_on_error": True}
        message = {"channel": "shell", "header": header, "parent_header": {}}
        self.socket.send(json.dumps({**message, "metadata": {}, "content": content}))
        text = ""
        while True:
            got = json.loads(self.socket.recv())
            if got["parent_header"].get("msg_id") != asked:
                continue
            content = got["content"]
            if got["msg_type"] == "stream":
                text += content["text"]
            elif got["msg_type"] == "error":
                raise RuntimeError(f"{content['ename']}: {content['evalue']}")
            elif content.get("execution_state") == "idle":
                return text

    def close(self):
        """Ends the kernel."""
        self.socket.close()
        self.account.own("DELETE", f"api/kernels/{self.id}")
