"""Point 8: what a student's end may send, and what comes of anything else."""

import ast
import json
import socket
import struct
import time
from pathlib import Path

import numpy as np
import pytest
from forging import answer, message

import autograder.verdict
from autograder.verdict import codec
from autograder.verdict.codec import CodecError, Decoder, Encoder
from autograder.verdict.proxies import BrokenLinkError, VerdictSide
from autograder.verdict.runner import run_cell

pytestmark = pytest.mark.kernel

PACKAGE = Path(autograder.verdict.__file__).parent


def test_an_honest_answer(forge):
    result, _ = forge(message(answer(ok={"t": "dict", "v": [["x", 1]], "n": 5})))
    assert result == {"x": 1}


ARRAY = {"t": "array", "d": "<f4", "s": [2], "b": 0, "n": 9}


def deep(depth):
    value = 1
    for _ in range(depth):
        value = {"t": "tuple", "v": [value]}
    return value


@pytest.mark.parametrize(
    "header",
    [
        [],
        None,
        {},
        answer(n=2),
        answer(n="1"),
        {"n": 1},
        answer(back=3),
        answer(back=[[0, 1]]),
        answer(back=[[99, 1]]),
        answer(states=[[["o", 7], {}]]),
        answer(states=[1]),
        answer(error={}),
        answer(error={"classes": [], "message": "", "notes": [], "traceback": ""}),
        answer(error={"classes": 3, "message": "", "notes": [], "traceback": ""}),
        *(
            answer(ok=entry)
            for entry in (
                [],
                {},
                {"t": None},
                {"t": []},
                {"t": "unheard of"},
                {"t": "again", "n": 77},
                {"t": "list", "v": 1, "n": 0},
                {"t": "list", "v": []},
                {"t": "dict", "v": [[1]], "n": 0},
                {"t": "dict", "v": [[{"t": "list", "v": [], "n": 1}, 2]], "n": 0},
                {"t": "set", "v": [{"t": "list", "v": [], "n": 1}], "n": 0},
                {"t": "int", "v": "zz"},
                {"t": "complex", "v": ["x", "y"]},
                {"t": "bytes", "b": 5},
                {"t": "slice", "v": [1, 2, 3, 4]},
                {"t": "range", "v": [1, 2, 0]},
                {"t": "dtype", "v": "object"},
                {"t": "dtype", "v": "f4,O"},
                {"t": "dtype", "v": 3},
                {"t": "scalar", "d": "<c16", "b": 0},
                {**ARRAY, "s": [3]},
                {**ARRAY, "s": [-2]},
                {**ARRAY, "s": [-1, -2]},
                {**ARRAY, "s": [2**62, 0, 2**62]},
                {**ARRAY, "s": [1] * 100},
                {**ARRAY, "s": "ab"},
                {**ARRAY, "d": "O"},
                {**ARRAY, "d": "U0", "s": [10**15]},
                {**ARRAY, "d": "no such"},
                {**ARRAY, "b": 7},
                {**ARRAY, "b": None},
                {**ARRAY, "t": "tensor", "d": "M8[s]", "s": [1]},
                {"t": "handle", "h": None},
                {"t": "keras", "o": 4},
                {"t": "keras", "h": None},
                deep(100),
            )
        ),
    ],
    ids=lambda header: json.dumps(header)[:70],
)
def test_a_malformed_answer_is_no_answer(forge, header):
    with pytest.raises(BrokenLinkError):
        forge(message(header, b"\0" * 8), given=([1],))


@pytest.mark.parametrize(
    "content",
    [
        codec.LENGTHS.pack(2**31, 0),
        codec.LENGTHS.pack(10, 2**62),
        codec.LENGTHS.pack(4, 0) + b"null",
        codec.LENGTHS.pack(4, 4) + b"{,,}" + b"\0\0\0\0",
        codec.LENGTHS.pack(4, 4) + b"null" + b"\xff\xff\xff\xff",
        codec.LENGTHS.pack(2, 12) + b"{}" + struct.pack("!IQ", 1, 9),
        codec.LENGTHS.pack(2, 13) + b"{}" + struct.pack("!IQ", 1, 2**63) + b"\0",
        codec.LENGTHS.pack(60_000, 4) + b"[" * 60_000 + b"\0" * 4,
        codec.LENGTHS.pack(5005, 4) + b'{"n":' + b"1" * 5000 + b"\0" * 4,
        codec.LENGTHS.pack(3, 4) + b"\xff\xfe\xfd" + b"\0" * 4,
    ],
)
def test_bytes_that_are_no_message(forge, content):
    with pytest.raises(BrokenLinkError):
        forge(content, close=True)


@pytest.mark.parametrize("content", [b"", b"\0\0", message(answer())[:-3]])
def test_a_student_end_that_closes(forge, content):
    with pytest.raises(BrokenLinkError, match="gone"):
        forge(content, close=True)


def test_nothing_is_believed_after_a_break():
    here, there = socket.socketpair()
    side = VerdictSide(here, {}, set())
    there.sendall(message(answer(n=5)) + message(answer(n=2, ok=1)))
    for _ in range(2):
        with pytest.raises(BrokenLinkError, match="another question"):
            side.ask("len", ())
    here.close()
    there.close()


def test_a_test_cannot_take_a_broken_link_for_an_error_that_it_wants():
    here, there = socket.socketpair()
    side = VerdictSide(here, {}, set())
    there.close()
    namespace = {"side": side}
    source = "try:\n    side.ask('len', ())\nexcept Exception:\n    pass"
    cell = {"source": source, "name": "t", "needs": ()}
    (output,) = run_cell(cell, namespace, side)["outputs"]
    assert output["ename"] == "BrokenLinkError"
    here.close()


def test_a_text_of_millions_of_parts_is_refused_before_it_fills_the_memory():
    size = codec.MAX_TEXT + 1
    with pytest.raises(CodecError, match="too large"):
        codec.unpack(lambda _: codec.LENGTHS.pack(size, 4))
    decoder = Decoder([], None)
    many = {"t": "tuple", "v": [None] * (codec.MAX_NODES + 1)}
    with pytest.raises(CodecError, match="too many parts"):
        decoder.decode(many)


def test_what_is_too_large_to_send():
    with pytest.raises(CodecError, match="cannot cross"):
        Encoder(None).encode(np.zeros(codec.MAX_BYTES + 1, "int8"))
    with pytest.raises(CodecError, match="cannot cross"):
        Encoder(None).encode([0] * (codec.MAX_NODES + 1))
    value = []
    for _ in range(codec.MAX_DEPTH + 1):
        value = [value]
    with pytest.raises(CodecError, match="deeper than"):
        Encoder(None).encode(value)


BOMBS = """
def deep():
    value = []
    for _ in range(5000):
        value = [value]
    return value

def endless():
    class Endless(list):
        def __iter__(self):
            while True:
                yield 1
    return Endless()

def items():
    while True:
        yield 1

def large():
    return np.zeros(300_000_000, "int8")

def text():
    return "x" * 70_000_000

def hostile(kind):
    class Hostile:
        if kind == "class":
            __class__ = property(lambda self: 1 / 0)
        if kind == "dict":
            __class__ = dict
        if kind == "name":
            __name__ = property(lambda self: 1 / 0)
        if kind == "exit":
            __class__ = property(lambda self: exit())
        if kind == "attributes":
            def __getattr__(self, name):
                raise ValueError("no attributes")
            def __getattribute__(self, name):
                raise ValueError("no attributes")
        def __len__(self):
            return -1
    return Hostile()

def error():
    class Mean(Exception):
        def __str__(self):
            raise SystemExit
    raise Mean("m")

def fine():
    return 1
"""


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("deep()", "deeper than"),
        ("endless()", "more than 2,000,000 parts"),
        ("list(items())", "more than 100,000 items"),
        ("large()", "over 256,000,000 bytes"),
        ("text()", "cannot cross"),
        ("hostile('class')", "division by zero"),
        ("hostile('dict')", "Hostile"),
        ("hostile('name')", "division by zero"),
        ("hostile('exit')", None),
        ("hostile('attributes')", "no attributes"),
        ("len(hostile(''))", r"__len__\(\) should return >= 0"),
        ("error()", None),
    ],
)
def test_bombs_are_that_calls_error_and_no_more(split, call, message):
    defined = split.define(BOMBS)
    with pytest.raises(Exception, match=message) as caught:
        eval(call, {**defined})
    assert not isinstance(caught.value, BrokenLinkError)
    assert defined["fine"]() == 1


def test_no_code_is_loaded_on_the_path():
    """Nothing in the package reads pickles or runs text, but for the trusted cell."""
    forbidden = {"pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve"}
    forbidden |= {"joblib", "jsonpickle", "runpy", "code", "codeop", "imp"}
    calls = []
    for path in sorted(PACKAGE.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = {alias.name.partition(".")[0] for alias in node.names}
                assert not names & forbidden, path
            elif isinstance(node, ast.ImportFrom):
                assert node.module.partition(".")[0] not in forbidden, path
            elif isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in ("exec", "eval", "compile", "__import__", "load_model"):
                    calls.append((path.name, name))
                assert name not in ("load", "load_weights", "func_load"), path
                allow = [k for k in node.keywords if k.arg == "allow_pickle"]
                assert not allow, path
    assert sorted(calls) == [("runner.py", "compile"), ("runner.py", "exec")]


def test_a_call_takes_little_cpu_time(split):
    double = split.define("def double(x):\n    return 2 * x")["double"]
    array = np.zeros((32, 32), "float32")
    began = time.process_time()
    for argument in [3, array] * 300:
        double(argument)
    # At this end; it is a tenth of that, and more says that something is wrong.
    assert (time.process_time() - began) / 600 < 0.002
