"""A student's requests to the hub, to a server and to a kernel, as a browser sends."""

import json
import uuid
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

# Students at a time times the requests that one has under way.
CONNECTIONS = 200
# Each step has a limit of its own; this one ends requests that no step waits for.
LONGEST = 3600
MOST_BYTES = 200_000_000


class StepError(Exception):
    """A step of a student's did not do what it should: the message says what."""


class HubClient:
    """Requests of one person.

    Args:
        address: The hub's, such as `"http://127.0.0.1:8000"`.
        token: The person's, as the hub made it.
    """

    def __init__(self, address: str, token: str) -> None:
        self.address = address
        self.headers = {"Authorization": f"token {token}"}
        self.http = AsyncHTTPClient(max_clients=CONNECTIONS)

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Sends one request.

        Args:
            method: `"GET"` and so on.
            path: From the first slash.
            body: What JSON can hold; `None` for no body.

        Returns:
            What the answer's JSON holds; `None` for an empty answer.

        Raises:
            StepError: With status and message, if the answer is an error or none came.
        """
        text = await self.read(method, path, body)
        return json.loads(text) if text else None

    async def read(self, method: str, path: str, body: Any = None) -> str:
        """Sends one request as `ask` does, and returns the answer's text."""
        request = HTTPRequest(
            self.address + path,
            method=method,
            headers={**self.headers, "Content-Type": "application/json"},
            body=None if body is None else json.dumps(body),
            connect_timeout=LONGEST,
            request_timeout=LONGEST,
            allow_nonstandard_methods=True,
        )
        try:
            answer = await self.http.fetch(request)
        except HTTPClientError as error:
            said = (
                error.response.body.decode(errors="replace") if error.response else ""
            )
            raise StepError(f"{method} {path}: {error} {said[:500]}") from error
        except OSError as error:
            raise StepError(f"{method} {path}: {error}") from error
        return answer.body.decode()

    async def connect(self, path: str) -> WebSocketClientConnection:
        """Opens a websocket at a path from the first slash on."""
        request = HTTPRequest(
            self.address.replace("http", "ws", 1) + path,
            headers=self.headers,
            connect_timeout=LONGEST,
            request_timeout=LONGEST,
        )
        try:
            return await websocket_connect(request, max_message_size=MOST_BYTES)
        except (HTTPClientError, OSError) as error:
            raise StepError(f"websocket {path}: {error}") from error


class Channel:
    """A kernel, through the websocket of a Jupyter server.

    Args:
        client: The student's.
        server: The path of the student's server, with a slash at its end.
        kernel: The kernel's id.
    """

    def __init__(self, client: HubClient, server: str, kernel: str) -> None:
        self.client, self.session = client, uuid.uuid4().hex
        self.path = f"{server}api/kernels/{kernel}/channels?session_id={self.session}"
        self.socket: WebSocketClientConnection | None = None

    async def open(self) -> None:
        """Connects, and waits until the kernel answers."""
        self.socket = await self.client.connect(self.path)
        asked = await self._send("kernel_info_request", {})
        while True:
            message = await self._receive()
            if _answers(message, asked, "kernel_info_reply"):
                return

    async def run(self, code: str) -> str:
        """Runs a cell; returns what it wrote to stdout.

        Raises:
            StepError: With the error's name and text, if the cell raised one.
        """
        asked = await self._send(
            "execute_request",
            {
                "code": code,
                "silent": False,
                "store_history": True,
                "user_expressions": {},
                "allow_stdin": False,
                "stop_on_error": True,
            },
        )
        written: list[str] = []
        reply, idle = None, False
        while reply is None or not idle:
            message = await self._receive()
            content = message["content"]
            if _answers(message, asked, "stream") and content["name"] == "stdout":
                written.append(content["text"])
            elif _answers(message, asked, "execute_reply"):
                reply = content
            elif _answers(message, asked, "status"):
                idle = content["execution_state"] == "idle"
        if reply["status"] != "ok":
            raise StepError(f"{reply.get('ename')}: {reply.get('evalue')}"[:500])
        return "".join(written)

    def close(self) -> None:
        """Disconnects; the kernel lives on."""
        if self.socket is not None:
            self.socket.close()

    async def _send(self, kind: str, content: dict[str, Any]) -> str:
        asked = uuid.uuid4().hex
        message = {
            "header": {
                "msg_id": asked,
                "msg_type": kind,
                "session": self.session,
                "username": "",
                "version": "5.3",
            },
            "parent_header": {},
            "metadata": {},
            "content": content,
            "channel": "shell",
            "buffers": [],
        }
        assert self.socket is not None
        await self.socket.write_message(json.dumps(message))
        return asked

    async def _receive(self) -> dict[str, Any]:
        assert self.socket is not None
        text = await self.socket.read_message()
        if text is None:
            raise StepError("the server closed the kernel's websocket")
        # Messages with buffers come as bytes; no cell here waits for one.
        if isinstance(text, bytes):
            return {"msg_type": "", "parent_header": {}, "content": {}}
        return json.loads(text)


def _answers(message: dict[str, Any], asked: str, kind: str) -> bool:
    parent = message.get("parent_header") or {}
    return message.get("msg_type") == kind and parent.get("msg_id") == asked
