"""Turns values into bytes and back: plain data only, within bounds.

A message is a JSON header and raw buffers. Python's own scalars stand as they are;
everything else is an object with a tag. Nothing that is decoded can carry code.
"""

import json
import math
import struct
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograder.verdict.standard_types import TAGS, decode_standard, encode_standard

MAX_BYTES = 256_000_000
# The header's part of these; it takes some ten times as much memory once it is read.
MAX_TEXT = 64_000_000
MAX_DEPTH = 60
MAX_NODES = 2_000_000
# A header entry: what JSON holds.
Entry = Any
LENGTHS = struct.Struct("!IQ")
PLAIN_KINDS = frozenset("biufcSUmM")
IMMUTABLE: tuple[type, ...] = (tuple, frozenset, str, int, float, complex, bytes)
EXTENDED = frozenset(
    {"bfloat16", "float8_e4m3fn", "float8_e5m2", "float8_e4m3", "int4", "uint4"}
)


# Exceptions that a malformed value may raise while it is decoded.
FAULTS = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)


class CodecError(RuntimeError):
    """A value or message that cannot cross: too large, too deep or malformed.

    It is no `ValueError`, which a test may expect of a student's function.
    """


class Encoder:
    """Turns values into a message.

    Args:
        encode_other: Is given the encoder and a value that is not plain data, and
            returns its header entry.
    """

    def __init__(self, encode_other: "Callable[[Encoder, Any], Entry]") -> None:
        self.encode_other = encode_other
        self.buffers: list[bytes] = []
        self.bytes = 0
        self.nodes = 0
        # Mutable containers and arrays in the order of their numbers.
        self.shared: list[Any] = []
        # By the id of the object.
        self.numbers: dict[int, int] = {}

    def buffer(self, content: bytes) -> int:
        """Adds a raw buffer; returns its index."""
        self.count_bytes(len(content))
        self.buffers.append(content)
        return len(self.buffers) - 1

    def count_bytes(self, count: int) -> None:
        """Raises `CodecError` when a message grows too large."""
        self.bytes += count
        if self.bytes > MAX_BYTES:
            raise CodecError(f"a value over {MAX_BYTES:,} bytes cannot cross")

    def encode(self, value: Any, depth: int = 0) -> Entry:
        """Returns the header entry of a value."""
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise CodecError(
                f"a value deeper than {MAX_DEPTH} or of more than {MAX_NODES:,} parts "
                "cannot cross"
            )
        kind = type(value)
        if value is None or kind is bool or kind is float:
            return value
        if kind is str:
            self.count_bytes(len(value))
            return value
        if kind is int:
            return value if value.bit_length() < 1000 else {"t": "int", "v": hex(value)}
        if kind in SIMPLE:
            return SIMPLE[kind](self, value)
        if kind in (list, tuple, set, frozenset, dict):
            return self._container(value, kind, depth)
        if isinstance(value, np.ndarray) and is_plain_dtype(value.dtype):
            return self._array(value)
        if isinstance(value, np.generic) and is_plain_dtype(value.dtype):
            array = np.asarray(value)
            return {
                "t": "scalar",
                "d": _dtype_name(array.dtype),
                "b": self.buffer(array.tobytes()),
            }
        if isinstance(value, np.dtype):
            return {"t": "dtype", "v": _dtype_name(value)}
        # An object of a subclass crosses as one of the base class.
        for mutable in (dict, list, set):
            if isinstance(value, mutable):
                return self._container(value, mutable, depth)
        for base in IMMUTABLE:
            if isinstance(value, base):
                return self.encode(base(value), depth + 1)
        if isinstance(value, bytearray):
            return self.encode(bytes(value), depth + 1)
        standard = encode_standard(value)
        if standard is not None:
            self.count_bytes(len(str(standard[1])))
            return {"t": standard[0], "v": standard[1]}
        return self.encode_other(self, value)

    def mark(self) -> tuple[int, int, int]:
        """Returns how far the message is, for `back_to`."""
        return len(self.buffers), len(self.shared), self.bytes

    def back_to(self, mark: tuple[int, int, int]) -> None:
        """Forgets what was encoded since `mark`: it could not be finished."""
        buffers, shared, self.bytes = mark
        del self.buffers[buffers:], self.shared[shared:]
        self.numbers = {k: n for k, n in self.numbers.items() if n < shared}

    def number(self, value: Any) -> tuple[int, bool]:
        """Numbers what can be changed in place, so that one object stays one.

        Returns:
            Its number, and whether the object is new to this message.
        """
        known = self.numbers.get(id(value))
        if known is None:
            known = self.numbers[id(value)] = len(self.shared)
            self.shared.append(value)
            return known, True
        return known, False

    def content(self, value: Any) -> Entry:
        """Returns the entry of a numbered object as it is now, not as a reference."""
        if isinstance(value, np.ndarray):
            return self._array(value, self.numbers[id(value)])
        return self._container(value, type(value), 0, self.numbers[id(value)])

    def _container(
        self, value: Any, kind: type, depth: int, number: int | None = None
    ) -> Entry:
        name = kind.__name__
        mutable = kind in (list, set, dict)
        if mutable and number is None:
            number, first = self.number(value)
            if not first:
                return {"t": "again", "n": number}
        if kind is dict:
            items = [
                [self.encode(key, depth + 1), self.encode(item, depth + 1)]
                for key, item in value.items()
            ]
        else:
            items = [self.encode(item, depth + 1) for item in value]
        entry: dict[str, Entry] = {"t": name, "v": items}
        if mutable:
            entry["n"] = number
        return entry

    def _array(self, value: np.ndarray, number: int | None = None) -> Entry:
        if number is None:
            number, first = self.number(value)
            if not first:
                return {"t": "again", "n": number}
        entry = {
            "t": "array",
            "d": _dtype_name(value.dtype),
            "s": list(value.shape),
            "b": self.buffer(np.ascontiguousarray(value).tobytes()),
            "n": number,
        }
        return entry if value.flags.writeable else {**entry, "locked": True}


SIMPLE: dict[type, Callable[[Encoder, Any], Entry]] = {
    complex: lambda _, value: {"t": "complex", "v": [value.real, value.imag]},
    bytes: lambda encoder, value: {"t": "bytes", "b": encoder.buffer(value)},
    slice: lambda encoder, value: {
        "t": "slice",
        "v": [encoder.encode(part) for part in (value.start, value.stop, value.step)],
    },
    range: lambda _, value: {
        "t": "range",
        "v": [value.start, value.stop, value.step],
    },
    type(...): lambda *_: {"t": "ellipsis"},
}


class Decoder:
    """Turns a message's header entries into values.

    Args:
        buffers: The message's.
        decode_other: Is given the decoder and an entry with a tag that is not plain
            data, and returns its value.
    """

    def __init__(
        self,
        buffers: "Sequence[bytes | memoryview]",
        decode_other: "Callable[[Decoder, Entry], Any]",
    ) -> None:
        self.buffers = buffers
        self.decode_other = decode_other
        # Mutable containers and arrays by their numbers.
        self.shared: dict[int, Any] = {}
        self.nodes = 0

    def decode(self, entry: Entry, depth: int = 0) -> Any:
        """Returns the value of a header entry.

        Raises:
            CodecError: If the entry is malformed.
        """
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise CodecError("a message is nested too deeply or has too many parts")
        if entry is None or isinstance(entry, bool | int | float | str):
            return entry
        try:
            return self._tagged(entry, entry["t"], depth)
        except CodecError:
            raise
        except FAULTS as error:
            raise CodecError(f"a malformed value: {error!r}") from error

    def _tagged(self, entry: Entry, tag: Any, depth: int) -> Any:
        if tag == "again":
            return self.shared[entry["n"]]
        if tag == "list":
            items = self._remember(entry, [])
            items.extend(self.decode(item, depth + 1) for item in entry["v"])
            return items
        if tag == "dict":
            items = self._remember(entry, {})
            for key, item in entry["v"]:
                items[self.decode(key, depth + 1)] = self.decode(item, depth + 1)
            return items
        if tag in ("tuple", "set", "frozenset"):
            items = [self.decode(item, depth + 1) for item in entry["v"]]
            kinds: dict[str, type] = {
                "tuple": tuple,
                "set": set,
                "frozenset": frozenset,
            }
            value = kinds[tag](items)
            return self._remember(entry, value) if tag == "set" else value
        if tag == "array":
            return self._remember(entry, self.array(entry))
        if tag == "scalar":
            dtype = _dtype(entry["d"])
            return np.frombuffer(self.buffers[entry["b"]], dtype)[0]
        if tag == "dtype":
            return _dtype(entry["v"])
        if tag == "int":
            return int(entry["v"], 16)
        if tag == "complex":
            return complex(*entry["v"])
        if tag == "bytes":
            return bytes(self.buffers[entry["b"]])
        if tag == "slice":
            return slice(*(self.decode(part, depth + 1) for part in entry["v"]))
        if tag == "range":
            return range(*map(int, entry["v"]))
        if tag == "ellipsis":
            return ...
        if tag in TAGS:
            return decode_standard(tag, entry["v"])
        return self.decode_other(self, entry)

    def _remember(self, entry: Entry, value: Any) -> Any:
        self.shared[entry["n"]] = value
        return value

    def array(self, entry: Entry) -> np.ndarray:
        """Returns a fresh array of an entry with `d`, `s` and `b`."""
        dtype, dims = _dtype(entry["d"]), tuple(map(int, entry["s"]))
        content = self.buffers[entry["b"]]
        if any(dim < 0 for dim in dims):
            raise CodecError("a negative dimension")
        if math.prod(dims) * dtype.itemsize != len(content):
            raise CodecError("an array whose bytes do not fit its shape")
        value = np.frombuffer(content, dtype).reshape(dims).copy()
        value.setflags(write="locked" not in entry)
        return value


def pack(header: Entry, buffers: Sequence[bytes]) -> bytes:
    """Returns a message of a header and buffers as bytes, with its lengths in front."""
    try:
        text = json.dumps(header, separators=(",", ":")).encode()
    except (RecursionError, ValueError) as error:
        raise CodecError(f"a value cannot cross: {error}") from error
    sizes = struct.pack(f"!I{len(buffers)}Q", len(buffers), *map(len, buffers))
    total = len(sizes) + sum(map(len, buffers))
    if len(text) > MAX_TEXT or total > 2 * MAX_BYTES:
        raise CodecError(f"a value over {MAX_BYTES:,} bytes cannot cross")
    return b"".join([LENGTHS.pack(len(text), total), text, sizes, *buffers])


def unpack(
    read: Callable[[int], bytes | bytearray],
) -> tuple[Entry, list[memoryview]]:
    """Reads one message.

    Args:
        read: Returns exactly as many bytes as it is asked for.

    Returns:
        The header and the buffers.

    Raises:
        CodecError: If the message is too large or malformed.
    """
    text_size, rest_size = LENGTHS.unpack(read(LENGTHS.size))
    if text_size > MAX_TEXT or rest_size > 2 * MAX_BYTES:
        raise CodecError(f"a message of {text_size + rest_size:,} bytes is too large")
    text, rest = read(text_size), memoryview(read(rest_size))
    try:
        header = json.loads(text)
        (count,) = struct.unpack_from("!I", rest)
        sizes = struct.unpack_from(f"!{count}Q", rest, 4)
    except (ValueError, RecursionError, struct.error, MemoryError) as error:
        raise CodecError(f"a malformed message: {error!r}") from error
    offset = 4 + 8 * count
    buffers: list[memoryview] = []
    if offset + sum(sizes) != len(rest):
        raise CodecError("a message whose buffers do not fit its length")
    for size in sizes:
        buffers.append(rest[offset : offset + size])
        offset += size
    return header, buffers


def is_plain_dtype(dtype: np.dtype) -> bool:
    """Returns whether arrays of a dtype cross."""
    return (dtype.kind in PLAIN_KINDS and not dtype.hasobject) or (
        dtype.name in EXTENDED
    )


def _dtype_name(dtype: np.dtype) -> str:
    return dtype.name if dtype.name in EXTENDED else dtype.str


def _dtype(name: Any) -> np.dtype:
    if not isinstance(name, str):
        raise CodecError("a dtype is not named")
    if name in EXTENDED:
        import ml_dtypes

        return np.dtype(getattr(ml_dtypes, name))
    dtype = np.dtype(name)
    if dtype.hasobject or dtype.kind not in PLAIN_KINDS:
        raise CodecError(f"arrays of {name} do not cross")
    return dtype


def same_array(left: np.ndarray, right: np.ndarray) -> bool:
    """Returns whether two arrays agree in dtype, shape and every byte."""
    return (
        left.dtype == right.dtype
        and left.shape == right.shape
        and left.tobytes() == right.tobytes()
    )
