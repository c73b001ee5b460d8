"""What a kernel may send, and how much of it is read."""

import asyncio
import json
from queue import Empty

import pytest
import zmq
import zmq.asyncio
from jupyter_client.session import Session

from autograder.engine import bounded_channel
from autograder.engine.bounded_channel import MOST_BYTES, BoundedChannel

PARENT = {"msg_id": "cell"}


def receive(*messages, timeout=0.2, at_once=None):
    """Returns what a channel makes of messages, each a list of parts."""

    async def all_of_them():
        context = zmq.asyncio.Context()
        here, there = context.socket(zmq.PAIR), zmq.Context(context).socket(zmq.PAIR)
        here.bind("inproc://channel")
        there.connect("inproc://channel")
        for parts in messages:
            there.send_multipart(parts)
        channel, found = BoundedChannel(here, SESSION), []
        if at_once is not None:
            at_once()
        try:
            while True:
                found.append(await channel.get_msg(timeout))
        except Empty:
            return found
        finally:
            there.close(linger=0)
            here.close(linger=0)
            context.term()

    return asyncio.run(all_of_them())


SESSION = Session(key=b"key")


def signed(content, kind="display_data", parent=PARENT, buffers=()):
    """Returns a message's parts; the content is bytes, or what JSON holds."""
    if not isinstance(content, bytes):
        content = json.dumps(content).encode()
    parts = [SESSION.pack(SESSION.msg_header(kind)), SESSION.pack(parent), b"{}"]
    parts.append(content)
    return [b"topic", b"<IDS|MSG>", SESSION.sign(parts), *parts, *buffers]


def test_a_message_comes_as_it_was_sent_with_its_size():
    (message,) = receive(signed({"data": {"text/plain": "a"}}, buffers=[b"12345"]))
    assert message["content"] == {"data": {"text/plain": "a"}}
    assert message["parent_header"] == PARENT
    assert bytes(message["buffers"][0]) == b"12345"
    # Metadata, content and buffer; headers do not count.
    assert message["size"] == 2 + len('{"data": {"text/plain": "a"}}') + 5 + 14


@pytest.mark.parametrize("kind", ["display_data", "stream", "error", "execute_reply"])
def test_a_message_over_the_bound_is_not_parsed(kind, monkeypatch):
    monkeypatch.setattr(Session, "deserialize", lambda *_: pytest.fail("it was parsed"))
    content = b'{"z": [' + b"[]," * (MOST_BYTES // 3) + b"[]]}"
    (message,) = receive(signed(content, kind))
    assert message["msg_type"] == kind
    assert message["parent_header"] == PARENT
    assert message["size"] > MOST_BYTES
    assert "was not read" in message["content"]["evalue"]
    assert len(str(message["content"])) < 1_000


def test_many_parts_count_as_much_as_many_bytes(monkeypatch):
    monkeypatch.setattr(Session, "deserialize", lambda *_: pytest.fail("it was parsed"))
    (message,) = receive(signed({}, buffers=[b""] * 2_000))
    assert message["content"]["text"] == ""


@pytest.mark.parametrize(
    "parts",
    [
        [b""],
        [b"<IDS|MSG>"],
        [b"topic", b"<IDS|MSG>", b"no signature", *[b"{}"] * 4],
        [b"topic", b"<IDS|MSG>", b"s" * 1_000, *[b"{}"] * 4],
        signed(b"[]"),
        signed(b"7"),
        signed(b"not JSON"),
        signed(b"[" * 100_000),
        signed(b'{"a": ' + b"[" * 20_000 + b"]" * 20_000 + b"}"),
        signed({}, parent=[1]),
        signed({}, parent={"msg_id": "i" * 100_000}),
        signed({}, kind=5),
    ],
)
def test_what_is_no_message_is_dropped_and_the_next_is_taken(parts):
    (message,) = receive(parts, signed({"last": 1}))
    assert message["content"] == {"last": 1}


def test_halves_of_characters_become_what_a_file_can_hold():
    (message,) = receive(signed(b'{"text": "\\ud800 \\ud83d\\ude00"}', "stream"))
    assert message["content"] == {"text": "? \N{GRINNING FACE}"}


def test_a_kernel_that_always_sends_lets_others_have_their_turn():
    turns = []

    async def count():
        while True:
            turns.append(1)
            await asyncio.sleep(0)

    receive(
        *[signed({"n": n}) for n in range(50)],
        at_once=lambda: turns.append(asyncio.ensure_future(count())),
    )
    assert len(turns) > 50


def test_a_message_of_many_parts_lets_others_have_their_turn(monkeypatch):
    monkeypatch.setattr(bounded_channel, "PARTS_AT_ONCE", 10)
    turns = []

    async def count():
        while True:
            turns.append(1)
            await asyncio.sleep(0)

    receive(
        signed({}, buffers=[b""] * 500),
        at_once=lambda: turns.append(asyncio.ensure_future(count())),
    )
    assert len(turns) > 50
