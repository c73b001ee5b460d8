"""The verdict's end: stand-ins for what lives in the student kernel."""

import builtins
import contextlib
import re
import weakref

import numpy as np

from autograder.verdict.codec import CodecError, Decoder, Encoder
from autograder.verdict.link import End

VERBS = ("as_model", "gradient", "each")


class Client(End):
    """Asks the student's end.

    Args:
        connection: Connected socket.
        namespace: Dict, the verdict's names.
        locked: Set of the names that locked cells bind at both ends.
    """

    def __init__(self, connection, namespace, locked):
        super().__init__(connection, namespace, locked)
        self.serial = 0
        self.dropped = []
        self.handles = weakref.WeakValueDictionary()
        self.copies = {}  # the student's handle → the local copy of their Keras object
        self.own = {}  # our number → our own Keras object
        self.numbers = {}  # id of a local object → ("h" or "o", number)
        self.introduced = set()
        self.broken = False

    def ask(self, operation, given):
        """Sends a request and waits for the answer.

        Args:
            operation: String, one of `server.OPERATIONS`.
            given: The operation's arguments.

        Returns:
            What the operation returned.

        Raises:
            Exception: The nearest built-in class of what was raised over there.
            CodecError: If the answer is malformed.
            EOFError: If the student kernel is gone.
        """
        if self.broken:
            raise CodecError("an interrupt cut a message of the student kernel in two")
        self.serial += 1
        encoder = Encoder(self.encode_other)
        header = {
            "n": self.serial,
            "op": operation,
            "given": encoder.encode(given),
            "drop": self.dropped[:],
        }
        del self.dropped[: len(header["drop"])]
        self.broken = True
        self.send(header, encoder)
        answer, buffers = self.receive()
        self.broken = False
        if answer.get("n") != self.serial:
            raise CodecError("an answer to another question")
        try:
            result, error = self._take(answer, buffers, encoder)
        except (KeyError, TypeError, AttributeError, IndexError) as fault:
            raise CodecError(f"a malformed answer: {fault!r}") from fault
        if error is not None:
            raise error
        return result

    def _take(self, answer, buffers, encoder):
        decoder = Decoder(buffers, self.decode_other)
        # What comes back is what was sent: one object stays one.
        decoder.shared.update(enumerate(encoder.shared))
        for number, entry in answer["back"]:
            original = encoder.shared[number]
            _put_back(original, decoder.decode(entry))
            decoder.shared[number] = original
        for (kind, number), state in answer["states"]:
            self._put_state(kind, number, state, decoder)
        if "error" in answer:
            return None, make_error(answer["error"])
        return decoder.decode(answer["ok"]), None

    def _put_state(self, kind, number, state, decoder):
        from autograder.verdict import models

        value = (self.own if kind == "o" else self.copies)[number]
        models.apply_state(value, state, decoder.decode)

    # Keras objects.

    def encode_keras(self, encoder, value):
        from autograder.verdict import models

        kind, number = self.numbers.get(id(value), (None, None))
        if kind is None:
            kind, number = "o", len(self.own) + 1
            self.own[number] = value
            self.numbers[id(value)] = (kind, number)
        entry = {"t": "keras", kind: number}
        if kind == "o" and number not in self.introduced:
            config = models.serialise(value)
            if config is None:
                raise TypeError(f"{type(value).__name__} cannot be sent to the student")
            entry["c"] = config
            self.introduced.add(number)
        if models.has_state(value):
            entry["state"] = models.state_of(value, encoder.encode)
        return entry

    def decode_keras(self, decoder, entry):
        from autograder.verdict import models

        if "o" in entry:
            return self.own[entry["o"]]
        number = entry["h"]
        value = self.copies.get(number)
        if value is None:
            value = self.copies[number] = models.rebuild(entry["c"])
            self.numbers[id(value)] = ("h", number)
        if "state" in entry and models.has_state(value):
            models.apply_state(value, entry["state"], decoder.decode)
        return value

    # The student's other objects.

    def encode_other(self, encoder, value):
        if isinstance(value, Handle):
            # Before anything looks at its attributes, which are over there.
            return {"t": "handle", "h": value._number}
        return super().encode_other(encoder, value)

    def encode_object(self, _, value):
        raise TypeError(
            f"a {type(value).__name__} of the test's own cannot be sent to a student's "
            "function: only data, Keras objects and what is installed or locked can"
        )

    def decode_object(self, entry):
        if entry["t"] != "handle":
            raise CodecError(f"an unknown tag {entry['t']!r}")
        return make_handle(self, int(entry["h"]), entry)


class Handle:
    """Stands for an object that stays in the student kernel."""

    _is_handle = True

    def __init__(self, client, number, name):
        object.__setattr__(self, "_client", client)
        object.__setattr__(self, "_number", number)
        object.__setattr__(self, "__name__", name)
        weakref.finalize(self, client.dropped.append, number)

    def __call__(self, *arguments, **keywords):
        return self._client.ask("call", (self, arguments, keywords))

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self._client.ask("getattr", (self, name))

    def __setattr__(self, name, value):
        self._client.ask("setattr", (self, name, value))

    def __getitem__(self, key):
        return self._client.ask("getitem", (self, key))

    def __setitem__(self, key, value):
        self._client.ask("setitem", (self, key, value))

    def __len__(self):
        return self._client.ask("len", self)

    def __iter__(self):
        return iter(self._client.ask("items", self))

    def __bool__(self):
        return bool(self._client.ask("bool", self))

    def __eq__(self, other):
        return isinstance(other, Handle) and self._number == other._number

    def __hash__(self):
        return hash(self._number)

    def __repr__(self):
        return f"<the student's {type(self).__name__}>"

    def __array__(self, *_, **__):
        raise TypeError(f"the student's {type(self).__name__} is not an array")


def make_handle(client, number, entry):
    """Makes a stand-in whose class has the name of the student's class."""
    known = client.handles.get(number)
    if known is not None:
        return known
    if number in client.dropped:
        # The last stand-in is gone, the word of it has not been sent, and here is a new
        # one.
        client.dropped.remove(number)
    name = re.sub(r"\W", "_", str(entry.get("class", "object")))[:60] or "object"
    kind = type(name, (Handle,), {"is_remote_model": bool(entry.get("model"))})
    handle = kind(client, number, str(entry.get("name", ""))[:200])
    client.handles[number] = handle
    return handle


def make_error(described):
    """Makes the nearest built-in exception of an error that came as data."""
    kind = RuntimeError
    for name in described["classes"]:
        found = getattr(builtins, str(name), None)
        if name in ("SystemExit", "KeyboardInterrupt", "GeneratorExit"):
            break
        if isinstance(found, type) and issubclass(found, Exception):
            kind = found
            break
    message = str(described["message"])
    first = str(described["classes"][0])
    if kind.__name__ != first:
        message = f"{first}: {message}"
    try:
        error = kind(message)
    except TypeError:
        # Such as UnicodeDecodeError, which wants five arguments.
        error = RuntimeError(f"{first}: {message}")
    for note in described["notes"]:
        error.add_note(str(note))
    error.remote_traceback = str(described["traceback"])
    return error


def _put_back(target, fresh):
    """Makes a mutable argument what it became over there."""
    if isinstance(target, np.ndarray):
        if target.shape != fresh.shape or target.dtype != fresh.dtype:
            raise CodecError("an array came back with another shape")
        target[...] = fresh
    elif isinstance(target, list):
        target[:] = fresh
    elif isinstance(target, dict | set):
        target.clear()
        target.update(fresh)


def install_verbs(client):
    """Makes the verbs of `layerwise.checks` run where a student's function lives.

    Args:
        client: `Client`.
    """
    from layerwise import checks

    def forwarding(name, plain):
        def verb(fn, *arguments, **keywords):
            if isinstance(fn, Handle):
                return client.ask("verb", (name, (fn, *arguments), keywords))
            return plain(fn, *arguments, **keywords)

        verb.__name__ = name
        return verb

    for name in VERBS:
        setattr(checks, name, forwarding(name, getattr(checks, name)))
    plain_seeded = checks.seeded

    @contextlib.contextmanager
    def seeded(seed):
        client.ask("seed", seed)
        try:
            with plain_seeded(seed):
                yield
        finally:
            client.ask("seed", None)

    checks.seeded = seeded
