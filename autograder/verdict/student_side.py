"""Serves the student's names, calls and verbs while no cell of theirs runs.

Everything here runs among student code and may be changed by it. The verdict does not
depend on it: the other end takes data from it and never a verdict.
"""

import contextlib
import io
import signal
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Any

import numpy as np

from autograder.verdict import codec
from autograder.verdict.codec import CodecError, Decoder, Encoder, Entry
from autograder.verdict.endpoint import Endpoint
from autograder.verdict.errors import describe_error
from autograder.verdict.surroundings import engine_settings

VERBS = frozenset({"as_model", "gradient", "each"})
MAX_ITEMS = 100_000
MAX_PRINTED = 20_000


class Bounded(io.StringIO):
    """Text that stops growing.

    Args:
        most: How many characters are kept.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def write(self, text: str) -> int:
        room = max(0, self.most - self.tell())
        super().write(text[:room])
        return len(text)


class StudentSide(Endpoint):
    """Answers one request at a time.

    Args:
        connection: To the verdict process.
        namespace: The student's names.
        locked: The names that locked cells bind at both ends.
    """

    sends_computing = True

    def __init__(
        self, connection: socket.socket, namespace: dict[str, Any], locked: Set[str]
    ) -> None:
        super().__init__(connection, namespace, locked)
        # The student's objects by the number of their handle, and the numbers by id.
        self.objects: dict[int, Any] = {}
        self.handles: dict[int, int] = {}
        self.next_handle = 0
        # Copies of the verdict's Keras objects by its number, and the numbers by id.
        self.owned: dict[int, Any] = {}
        self.owned_ids: dict[int, int] = {}
        self.seeds: list[contextlib.AbstractContextManager] = []
        # The Keras objects of the request that is served, and the state they came with.
        self.touched: dict[tuple[str, int], tuple[Any, dict[str, Any]]] = {}

    def serve_one(self) -> None:
        """Reads a request, does it, and answers.

        Raises:
            EOFError: If the verdict process is gone.
        """
        header, buffers = self.receive()
        # As in a cell, an interrupt ends what runs here and nothing else.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        printed = Bounded(MAX_PRINTED)
        try:
            with contextlib.redirect_stdout(printed):
                answer, encoder = self._answer(header, buffers)
            answer["printed"] = printed.getvalue()
            message = codec.pack(answer, encoder.buffers)
        except KeyboardInterrupt:
            message = _failure(header, KeyboardInterrupt("interrupted"))
        except (Exception, SystemExit) as error:
            # Values of the student's can fail in any way while they are encoded.
            message = _failure(header, error)
        finally:
            signal.signal(signal.SIGINT, before)
        self.connection.sendall(message)

    def _answer(
        self, header: dict[str, Any], buffers: Sequence[memoryview]
    ) -> tuple[dict[str, Any], Encoder]:
        """Does what a request asks for; returns the answer and its encoder."""
        for handle in header.get("drop", ()):
            self.handles.pop(id(self.objects.pop(handle, None)), None)
        decoder = Decoder(buffers, self.decode_other)
        self.touched = {}
        operation = OPERATIONS[header["op"]]
        with engine_settings():
            given = decoder.decode(header["given"])
            before = {n: value.copy() for n, value in decoder.shared.items()}
        error: BaseException | None = None
        result = None
        try:
            result = operation(self, given)
        except BaseException as raised:
            # A class of the student's own, too: without an answer the test would wait.
            error = raised
        with engine_settings():
            return self._reply(header, decoder, before, result, error)

    def _reply(
        self,
        header: dict[str, Any],
        decoder: Decoder,
        before: Mapping[int, Any],
        result: Any,
        error: BaseException | None,
    ) -> tuple[dict[str, Any], Encoder]:
        """Encodes a result, and every argument that was changed in place."""
        encoder = Encoder(self.encode_other)
        for number in sorted(decoder.shared):
            while len(encoder.shared) < number:
                encoder.shared.append(None)
            encoder.shared.append(decoder.shared[number])
            encoder.numbers[id(decoder.shared[number])] = number
        answer: dict[str, Any] = {"n": header["n"]}
        # In the order in which the other end decodes: later entries refer to earlier.
        answer["back"] = [
            [number, encoder.content(value)]
            for number, value in sorted(decoder.shared.items())
            if not _unchanged(before[number], value)
        ]
        answer["states"] = [
            [key, state]
            for key, (value, received) in self.touched.items()
            if (state := self._state(encoder, value, received)) is not None
        ]
        if error is None:
            answer["ok"] = encoder.encode(result)
        else:
            answer["error"] = describe_error(error)
        return answer, encoder

    # Keras objects.

    def _state(
        self, encoder: Encoder, value: Any, received: dict[str, Any]
    ) -> dict[str, Entry] | None:
        """Returns what a model became, or `None` if it is as it was received.

        One that has other weights by now comes with its config, and with the handle
        that stands for it where it cannot be made again.
        """
        from autograder.verdict import keras_objects

        mark = encoder.mark()
        try:
            now = keras_objects.state_of(value, lambda array: array)
            if _same_state(now, received):
                return None
            kinds = [
                [*map(keras_objects.kind_of, s["weights"])] for s in (now, received)
            ]
            entry: dict[str, Entry] = {
                "state": keras_objects.state_of(value, encoder.encode)
            }
            if kinds[0] != kinds[1]:
                entry["c"] = keras_objects.serialise(value)
                entry |= self.encode_object(encoder, value)
            return entry
        except Exception:
            encoder.back_to(mark)
            return self.encode_object(encoder, value)

    def encode_keras(self, encoder: Encoder, value: Any) -> Entry:
        from autograder.verdict import keras_objects

        owned = self.owned_ids.get(id(value))
        if owned is not None:
            return {"t": "keras", "o": owned}
        handle = self.encode_object(encoder, value)
        config = keras_objects.serialise(value)
        if config is None:
            return handle
        entry = {**handle, "t": "keras", "c": config}
        mark = encoder.mark()
        try:
            if keras_objects.has_state(value):
                entry["state"] = keras_objects.state_of(value, encoder.encode)
        except Exception:
            # What cannot cross stays here and can be asked.
            encoder.back_to(mark)
            return handle
        return entry

    def decode_keras(self, decoder: Decoder, entry: Entry) -> Any:
        from autograder.verdict import keras_objects

        if "h" in entry:
            value = self.objects[entry["h"]]
            key = ("h", entry["h"])
        else:
            value = self.owned.get(entry["o"])
            key = ("o", entry["o"])
            if value is None:
                value = self.owned[entry["o"]] = keras_objects.rebuild(entry["c"])
                self.owned_ids[id(value)] = entry["o"]
        if "state" in entry and keras_objects.has_state(value):
            try:
                keras_objects.apply_state(value, entry["state"], decoder.decode)
            except CodecError:
                # A model of the student's that is another by now stays as it is.
                if "o" in entry:
                    raise
                return value
            received = keras_objects.state_of(value, lambda array: array.copy())
            self.touched[key] = (value, received)
        return value

    # Other objects stay here; the other end gets a handle.

    def _handle(self, value: Any) -> int:
        known = self.handles.get(id(value))
        if known is None:
            self.next_handle += 1
            known = self.handles[id(value)] = self.next_handle
            self.objects[known] = value
        return known

    def encode_object(self, encoder: Encoder, value: Any) -> Entry:
        import keras

        return {
            "t": "handle",
            "h": self._handle(value),
            "class": type(value).__name__,
            "name": str(getattr(value, "__name__", "")),
            "model": isinstance(value, keras.Model),
        }

    def decode_object(self, entry: Entry) -> Any:
        if entry["t"] != "handle" or entry["h"] not in self.objects:
            raise CodecError("an object that is not here")
        return self.objects[entry["h"]]

    # What can be asked.

    def names(self, given: Iterable[str]) -> dict[str, Any]:
        return {name: self.namespace[name] for name in given if name in self.namespace}

    def call(self, given: tuple[Any, tuple, dict[str, Any]]) -> Any:
        target, arguments, keywords = given
        return target(*arguments, **keywords)

    def verb(self, given: tuple[str, tuple, dict[str, Any]]) -> Any:
        from layerwise import checks

        name, arguments, keywords = given
        if name not in VERBS:
            raise CodecError(f"{name!r} is no verb")
        return getattr(checks, name)(*arguments, **keywords)

    def seed(self, given: int | None) -> None:
        from layerwise import checks

        if given is None:
            self.seeds.pop().__exit__(None, None, None)
        else:
            self.seeds.append(checks.seeded(given))
            self.seeds[-1].__enter__()

    def items(self, given: Iterable[Any]) -> list[Any]:
        found = []
        for item in given:
            found.append(item)
            if len(found) > MAX_ITEMS:
                raise CodecError(f"more than {MAX_ITEMS:,} items")
        return found

    def set_attribute(self, given: tuple[Any, str, Any]) -> None:
        setattr(*given)

    def set_item(self, given: tuple[Any, Any, Any]) -> None:
        target, key, value = given
        target[key] = value


OPERATIONS: dict[str, Callable[[StudentSide, Any], Any]] = {
    "names": StudentSide.names,
    "call": StudentSide.call,
    "verb": StudentSide.verb,
    "seed": StudentSide.seed,
    "items": StudentSide.items,
    "getattr": lambda _, given: getattr(*given),
    "setattr": StudentSide.set_attribute,
    "getitem": lambda _, given: given[0][given[1]],
    "setitem": StudentSide.set_item,
    "len": lambda _, given: len(given),
    "bool": lambda _, given: bool(given),
}


def _failure(header: dict[str, Any], error: BaseException) -> bytes:
    """Returns the message that a request could not be done, or its result not sent."""
    answer = {"n": header.get("n"), "error": describe_error(error)}
    return codec.pack({**answer, "back": [], "states": []}, [])


def _unchanged(before: Any, value: Any) -> bool:
    if isinstance(value, list | set | dict):
        # Their parts may have changed too: sending them is cheaper than comparing.
        return not value and not before
    return codec.same_array(before, value)


def _same_state(now: dict[str, Any], received: dict[str, Any]) -> bool:
    return (
        now["trainable"] == received["trainable"]
        and now.get("compile") == received.get("compile")
        and _all_equal(now["weights"], received["weights"])
        and _all_equal(now.get("optimizer", []), received.get("optimizer", []))
    )


def _all_equal(left: Sequence[np.ndarray], right: Sequence[np.ndarray]) -> bool:
    return len(left) == len(right) and all(map(codec.same_array, left, right))
