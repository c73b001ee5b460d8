"""Asks the student kernel, and stands in for the objects that live there."""

import re
import socket
import weakref
from collections.abc import Iterator, Set
from typing import Any

import numpy as np

from autograder.verdict import codec
from autograder.verdict.codec import CodecError, Decoder, Encoder, Entry
from autograder.verdict.endpoint import Endpoint
from autograder.verdict.errors import make_error


class BrokenLinkError(BaseException):
    """The student kernel is gone, or what it answered is no answer.

    It is no `Exception`, which a test may expect of a student's function.
    """


class VerdictSide(Endpoint):
    """Asks the student's end.

    Args:
        connection: To the student kernel.
        namespace: The verdict's names.
        locked: The names that locked cells bind at both ends.
    """

    takes_computing = True

    def __init__(
        self, connection: socket.socket, namespace: dict[str, Any], locked: Set[str]
    ) -> None:
        super().__init__(connection, namespace, locked)
        self.serial = 0
        # Numbers of handles that nothing here refers to any more.
        self.dropped: list[int] = []
        self.handles: weakref.WeakValueDictionary[int, Handle] = (
            weakref.WeakValueDictionary()
        )
        # The student's handle → our copy of their object, its config.
        self.copies: dict[int, tuple[Any, Any]] = {}
        # Our number → our own Keras object.
        self.own: dict[int, Any] = {}
        # Id of a local object → "h" or "o", number, object.
        self.numbers: dict[int, tuple[str, int, Any]] = {}
        # Id of a local model → its optimizer, where that has another state there.
        self.unlike: dict[int, Any] = {}
        self.introduced: set[int] = set()
        # Why nothing can be asked any more.
        self.fault = ""

    def ask(self, operation: str, given: Any, *, restores: bool = True) -> Any:
        """Sends a request, waits for the answer, and returns the operation's result.

        Args:
            operation: One of `student_side.OPERATIONS`.
            given: The operation's arguments.
            restores: Whether arrays, lists and the like that were changed there change
                here too.

        Raises:
            Exception: The nearest built-in class of what was raised in the student
                kernel.
            BrokenLinkError: If the answer is malformed or there is none.
        """
        if self.fault:
            raise BrokenLinkError(self.fault)
        self.serial += 1
        encoder = Encoder(self.encode_other)
        header = {
            "n": self.serial,
            "op": operation,
            "given": encoder.encode(given),
            "drop": self.dropped[:],
        }
        del self.dropped[: len(header["drop"])]
        answer, buffers = self._exchange(codec.pack(header, encoder.buffers))
        if answer.get("printed"):
            # Where it would have appeared in one kernel.
            print(str(answer["printed"]), end="")
        try:
            result, error = self._take(answer, buffers, encoder, restores)
        except Exception as fault:
            raise BrokenLinkError(f"a malformed answer: {fault!r}"[:1000]) from fault
        if error is not None:
            raise error
        return result

    def _exchange(self, message: bytes) -> tuple[dict[str, Any], list[memoryview]]:
        """Sends a packed message; returns the answer's header and buffers."""
        self.fault = "an interrupt cut a message of the student kernel in two"
        try:
            self.connection.sendall(message)
            answer, buffers = self.receive()
            if answer.get("n") != self.serial:
                raise CodecError("an answer to another question")
        except (EOFError, OSError) as error:
            self.fault = "the other end is gone"
            raise BrokenLinkError(self.fault) from error
        except Exception as error:
            # Nothing tells where the next message would begin.
            self.fault = f"a malformed answer: {error!r}"[:1000]
            raise BrokenLinkError(self.fault) from error
        self.fault = ""
        return answer, buffers

    def _take(
        self,
        answer: dict[str, Any],
        buffers: list[memoryview],
        encoder: Encoder,
        restores: bool,
    ) -> tuple[Any, Exception | None]:
        """Updates the arguments that changed; returns the result and the error."""
        decoder = Decoder(buffers, self.decode_other)
        # A number stands for the object that was sent, not for a copy of it.
        decoder.shared.update(enumerate(encoder.shared))
        for number, entry in answer["back"]:
            original, fresh = encoder.shared[number], decoder.decode(entry)
            if restores:
                _put_back(original, fresh)
                decoder.shared[number] = original
        for (kind, number), state in answer["states"]:
            self._put_state(kind, number, state, decoder)
        if "error" in answer:
            return None, make_error(answer["error"])
        return decoder.decode(answer["ok"]), None

    def _put_state(
        self, kind: str, number: int, entry: dict[str, Entry], decoder: Decoder
    ) -> None:
        """Makes a model what it became in the student kernel.

        If it has other weights there it is made again, in place: the test knows it by
        its own names. Where that fails a student's model becomes a stand-in. One of the
        test's own does not: a test trusts what it made to compute what Keras does.
        """
        from autograder.verdict import keras_objects

        value = self.own[number] if kind == "o" else self.copies[number][0]
        try:
            self._apply(value, entry["state"], decoder)
        except Exception:
            if "h" not in entry:
                raise
            try:
                other = keras_objects.rebuild(entry["c"])
                self._apply(other, entry["state"], decoder)
            except Exception:
                other = Lost(number)
                if kind == "h":
                    other = make_handle(self, int(entry["h"]), entry)
                    # As long as the stand-in lives, what it stands for does.
                    vars(other)["_itself"] = other
            keras_objects.become(value, other)
            if id(other) in self.unlike:
                self.unlike[id(value)] = self.unlike.pop(id(other))

    def _apply(self, value: Any, state: dict[str, Entry], decoder: Decoder) -> None:
        from autograder.verdict import keras_objects

        if keras_objects.apply_state(value, state, decoder.decode):
            self.unlike.pop(id(value), None)
        else:
            self.unlike[id(value)] = value.optimizer

    # Keras objects.

    def encode_keras(self, encoder: Encoder, value: Any) -> Entry:
        from autograder.verdict import keras_objects

        known = self.numbers.get(id(value))
        if known is None:
            known = ("o", len(self.own) + 1, value)
            self.own[known[1]] = value
            self.numbers[id(value)] = known
        kind, number, _ = known
        entry: dict[str, Entry] = {"t": "keras", kind: number}
        if kind == "o" and number not in self.introduced:
            config = keras_objects.serialise(value)
            if config is None:
                raise TypeError(f"{type(value).__name__} cannot be sent to the student")
            entry["c"] = config
            self.introduced.add(number)
        if keras_objects.has_state(value):
            state = keras_objects.state_of(value, encoder.encode)
            if self.unlike.get(id(value), ...) is getattr(value, "optimizer", None):
                # The optimizer there has another state, which it keeps.
                state.pop("compile", None), state.pop("optimizer", None)
            entry["state"] = state
        return entry

    def decode_keras(self, decoder: Decoder, entry: Entry) -> Any:
        from autograder.verdict import keras_objects

        if "o" in entry:
            return self.own[entry["o"]]
        number, config = int(entry["h"]), entry["c"]
        try:
            value = self._copy(number, config)
            if "state" in entry and keras_objects.has_state(value):
                self._apply(value, entry["state"], decoder)
        except Exception:
            # What cannot be made again here stays in the student kernel.
            return make_handle(self, number, entry)
        return value

    def _copy(self, number: int, config: dict[str, Any]) -> Any:
        """Returns the local copy of a student's Keras object, made once for a config:
        a model that has other layers by now is made again."""
        from autograder.verdict import keras_objects

        value, known = self.copies.get(number, (None, None))
        if known != config:
            value = keras_objects.rebuild(config)
            self.copies[number] = value, config
            self.numbers[id(value)] = ("h", number, value)
        return value

    # The student's other objects.

    def encode_other(self, encoder: Encoder, value: Any) -> Entry:
        if isinstance(value, Handle):
            # Before anything reads an attribute of it, which would ask the student.
            return {"t": "handle", "h": value._number}
        if isinstance(value, Lost):
            return {"t": "keras", "o": value.number}
        return super().encode_other(encoder, value)

    def encode_object(self, encoder: Encoder, value: Any) -> Entry:
        raise TypeError(
            f"a {type(value).__name__} of the test's own cannot be sent to a student's "
            "function: only data, Keras objects and what is installed or locked can"
        )

    def decode_object(self, entry: Entry) -> Any:
        if entry["t"] != "handle":
            raise CodecError(f"an unknown tag {entry['t']!r}")
        return make_handle(self, int(entry["h"]), entry)


class Handle:
    """Stands for an object that stays in the student kernel."""

    _is_handle = True
    _is_of_model = False
    _side: VerdictSide
    _number: int

    def __init__(self, side: VerdictSide, number: int, name: str) -> None:
        object.__setattr__(self, "_side", side)
        object.__setattr__(self, "_number", number)
        object.__setattr__(self, "__name__", name)
        weakref.finalize(self, side.dropped.append, number)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        # A model makes tensors of its arguments, and changes none of the caller's.
        return self._side.ask(
            "call", (self, arguments, keywords), restores=not self._is_of_model
        )

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        found = self._side.ask("getattr", (self, name))
        if isinstance(found, Handle) and self._is_of_model:
            object.__setattr__(found, "_is_of_model", True)
        return found

    def __setattr__(self, name: str, value: Any) -> None:
        self._side.ask("setattr", (self, name, value))

    def __getitem__(self, key: Any) -> Any:
        return self._side.ask("getitem", (self, key))

    def __setitem__(self, key: Any, value: Any) -> None:
        self._side.ask("setitem", (self, key, value))

    def __len__(self) -> int:
        return self._side.ask("len", self)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._side.ask("items", self))

    def __bool__(self) -> bool:
        return bool(self._side.ask("bool", self))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Handle) and self._number == other._number

    def __hash__(self) -> int:
        return hash(self._number)

    def __repr__(self) -> str:
        return f"<the student's {type(self).__name__}>"

    def __array__(self, *_: Any, **__: Any) -> np.ndarray:
        raise TypeError(f"the student's {type(self).__name__} is not an array")


class Lost:
    """Stands where a model of the test's own was that cannot be made again.

    Args:
        number: The model's, under which the student kernel has it.
    """

    def __init__(self, number: int) -> None:
        self.number = number

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(
            "the model that the test gave has other layers by now, and they cannot be "
            "made again here"
        )

    def __call__(self, *_: Any, **__: Any) -> Any:
        self.__getattr__("__call__")


def make_handle(side: VerdictSide, number: int, entry: Entry) -> Handle:
    """Makes a stand-in whose class has the name of the student's class."""
    known = side.handles.get(number)
    if known is not None:
        return known
    if number in side.dropped:
        # The last stand-in is gone, the student kernel has not been told, and this is a
        # new one.
        side.dropped.remove(number)
    name = re.sub(r"\W", "_", str(entry.get("class", "object")))[:60] or "object"
    model = bool(entry.get("model"))
    kind = type(name, (Handle,), {"is_remote_model": model, "_is_of_model": model})
    handle = kind(side, number, str(entry.get("name", ""))[:200])
    side.handles[number] = handle
    return handle


def _put_back(target: Any, fresh: Any) -> None:
    """Makes a mutable argument what it became in the student kernel."""
    if isinstance(target, np.ndarray):
        if target.shape != fresh.shape or target.dtype != fresh.dtype:
            raise CodecError("an array came back with another shape")
        if target.flags.writeable:
            target[...] = fresh
    elif isinstance(target, list) and type(fresh) is list:
        target[:] = fresh
    elif isinstance(target, dict | set) and type(fresh) in (dict, set):
        target.clear()
        target.update(fresh)
    else:
        raise CodecError("an argument came back as another kind of thing")
