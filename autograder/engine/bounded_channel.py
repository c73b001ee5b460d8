"""Receives a kernel's messages within bounds that hold before anything is parsed.

What a submission's kernel sends, the submission wrote. Parsed JSON takes up to 27 times
the memory of its text, and the event loop, with the time limits, waits for the parser.
"""

import asyncio
import json
import time
from queue import Empty
from typing import Any

import zmq
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.session import DELIM

# Of one message, all parts together. It has room for an output of a million characters,
# which is what `Limits.output_bytes` keeps of a cell.
MOST_BYTES = 4_000_000
# Parts beyond the six that a message has are buffers, of widgets.
MOST_PARTS = 1_000
# Of a signature, and of each of the two headers.
MOST_SIGNATURE, MOST_HEADER = 128, 50_000
# After so many parts of one message the event loop gets its turn.
PARTS_AT_ONCE = 1_000
# What stands in place of a content that was not read.
NOT_READ = "[a message of {:,} bytes was not read]"


class BoundedChannel(AsyncZMQSocketChannel):
    """A channel that parses no message above a bound, and drops what is none."""

    async def get_msg(  # type: ignore[override]
        self, timeout: float | None = None
    ) -> dict[str, Any]:
        """Waits for the next message.

        Args:
            timeout: Seconds; `None` waits for ever.

        Returns:
            The message as jupyter_client has it, and its `size` in bytes.

        Raises:
            Empty: If there is none in time.
        """
        assert self.socket is not None
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            wait = None if left is None else int(1000 * left)
            ready = await self.socket.poll(wait)
            # A kernel that has always sent another message would stop all clocks here:
            # what is ready at once is awaited without a turn of the event loop.
            await asyncio.sleep(0)
            if not ready:
                raise Empty
            message = await self._receive()
            if message is not None:
                return message

    async def _receive(self) -> dict[str, Any] | None:
        """Takes the message that is there; `None` if it is dropped."""
        assert self.socket is not None
        parts: list[zmq.Frame] = []
        count = size = 0
        more = True
        while more:
            # All parts of a message have come when the first can be taken.
            part = await self.socket.recv(zmq.NOBLOCK, copy=False)
            more, count, size = part.more, count + 1, size + len(part)
            if count <= MOST_PARTS:
                parts.append(part)
            if count % PARTS_AT_ONCE == 0:
                await asyncio.sleep(0)
        try:
            return self._parse(parts, count, size)
        except Exception:
            # Unsigned, malformed or nested too deep: no kernel sends that by itself.
            return None

    def _parse(
        self, parts: list[zmq.Frame], count: int, size: int
    ) -> dict[str, Any] | None:
        delimiter = next(
            place for place, part in enumerate(parts[:10]) if part.bytes == DELIM
        )
        parts = parts[delimiter + 1 :]
        signature, header, parent, _, content = parts[:5]
        if len(signature) > MOST_SIGNATURE or len(header) + len(parent) > MOST_HEADER:
            return None
        if size > MOST_BYTES or count > MOST_PARTS:
            message = self._without_content(header, parent, size)
        else:
            message = self.session.deserialize([part.bytes for part in parts])
            if b"\\ud" in content.bytes.lower():
                message["content"] = without_surrogates(message["content"])
        kinds = [message[name] for name in ("header", "parent_header", "content")]
        if not all(isinstance(kind, dict) for kind in kinds):
            return None
        if not isinstance(message["msg_type"], str):
            return None
        if message["msg_type"].endswith("_reply"):
            message["content"].setdefault("status", "ok")
        # The headers are not the student's, and not kept.
        message["size"] = size - sum(map(len, parts[:3]))
        return message

    def _without_content(
        self, header: zmq.Frame, parent: zmq.Frame, size: int
    ) -> dict[str, Any]:
        """Returns a message that is too large, with what stands for its content.

        An error stays an error, a reply a reply, and anything else becomes an output
        whose `size` is over every bound.
        """
        about = self.session.unpack(header.bytes)
        note = NOT_READ.format(size)
        error = {"ename": "Error", "evalue": note, "traceback": [note]}
        output = {"data": {}, "metadata": {}, "name": "stdout", "text": ""}
        return {
            "header": about,
            "msg_id": about["msg_id"],
            "msg_type": about["msg_type"],
            "parent_header": self.session.unpack(parent.bytes),
            "metadata": {},
            "content": {**output, **error, "status": "error"},
            "buffers": [],
        }


def without_surrogates(content: Any) -> Any:
    """Returns JSON's data without halves of pairs, which no file can hold."""
    text = json.dumps(content, ensure_ascii=False)
    return json.loads(text.encode("utf-8", "replace"))
