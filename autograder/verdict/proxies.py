"""The verdict's end: stand-ins for what lives in the student kernel."""

import builtins
import contextlib
import re
import weakref

import numpy as np

from autograder.verdict import codec
from autograder.verdict.codec import CodecError, Decoder, Encoder
from autograder.verdict.endpoint import End

VERBS = ("as_model", "gradient", "each")
ENDINGS = frozenset(
    {"SystemExit", "KeyboardInterrupt", "GeneratorExit", "StopIteration"}
    | {"StopAsyncIteration"}
)


class BrokenLinkError(BaseException):
    """The student kernel is gone, or what it answered is no answer.

    No `Exception`: a test that waits for an error must not take this for it.
    """


class Client(End):
    """Asks the student's end.

    Args:
        connection: Connected socket.
        namespace: Dict, the verdict's names.
        locked: Set of the names that locked cells bind at both ends.
    """

    takes_tame = True

    def __init__(self, connection, namespace, locked):
        super().__init__(connection, namespace, locked)
        self.serial = 0
        self.dropped = []
        self.handles = weakref.WeakValueDictionary()
        self.copies = {}  # the student's handle → our copy of their object, its config
        self.own = {}  # our number → our own Keras object
        self.numbers = {}  # id of a local object → "h" or "o", number, object
        self.introduced = set()
        self.fault = ""  # why nothing can be asked any more

    def ask(self, operation, given):
        """Sends a request and waits for the answer.

        Args:
            operation: String, one of `server.OPERATIONS`.
            given: The operation's arguments.

        Returns:
            What the operation returned.

        Raises:
            Exception: The nearest built-in class of what was raised over there.
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
            result, error = self._take(answer, buffers, encoder)
        except Exception as fault:
            raise BrokenLinkError(f"a malformed answer: {fault!r}"[:1000]) from fault
        if error is not None:
            raise error
        return result

    def _exchange(self, message):
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
            # What follows in the pipe could be anything.
            self.fault = f"a malformed answer: {error!r}"[:1000]
            raise BrokenLinkError(self.fault) from error
        self.fault = ""
        return answer, buffers

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
        from autograder.verdict import keras_objects

        value = self.own[number] if kind == "o" else self.copies[number][0]
        keras_objects.apply_state(value, state, decoder.decode)

    # Keras objects.

    def encode_keras(self, encoder, value):
        from autograder.verdict import keras_objects

        kind, number, _ = self.numbers.get(id(value), (None, None, None))
        if kind is None:
            kind, number = "o", len(self.own) + 1
            self.own[number] = value
            self.numbers[id(value)] = (kind, number, value)
        entry = {"t": "keras", kind: number}
        if kind == "o" and number not in self.introduced:
            config = keras_objects.serialise(value)
            if config is None:
                raise TypeError(f"{type(value).__name__} cannot be sent to the student")
            entry["c"] = config
            self.introduced.add(number)
        if keras_objects.has_state(value):
            entry["state"] = keras_objects.state_of(value, encoder.encode)
        return entry

    def decode_keras(self, decoder, entry):
        from autograder.verdict import keras_objects

        if "o" in entry:
            return self.own[entry["o"]]
        number = entry["h"]
        try:
            value = self._copy(number, entry["c"])
            if "state" in entry and keras_objects.has_state(value):
                keras_objects.apply_state(value, entry["state"], decoder.decode)
        except CodecError:
            # What cannot be made again here stays there.
            return make_handle(self, number, entry)
        return value

    def _copy(self, number, config):
        """Returns the local copy of a student's Keras object, made once for a config:
        a model that grew over there is made again."""
        from autograder.verdict import keras_objects

        value, known = self.copies.get(number, (None, None))
        if known != config:
            value = keras_objects.rebuild(config)
            self.copies[number] = value, config
            self.numbers[id(value)] = ("h", number, value)
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
    names = [str(name) for name in described["classes"]]
    message = str(described["message"])
    error = None
    # The first could end more here than a call: a loop, or the process.
    for name in () if ENDINGS.intersection(names) else names:
        kind = getattr(builtins, name, None)
        if isinstance(kind, type) and issubclass(kind, Exception):
            text = message if name == names[0] else f"{names[0]}: {message}"
            # UnicodeDecodeError, say, wants five arguments; its base does with one.
            with contextlib.suppress(TypeError):
                error = kind(Verbatim(text) if kind is KeyError else text)
                break
    if error is None:
        error = RuntimeError(f"{names[0]}: {message}")
    for note in described["notes"]:
        error.add_note(str(note))
    error.remote_traceback = str(described["traceback"])
    return error


class Verbatim(str):
    """A message that `KeyError` shows without quotes: it has them already."""

    __slots__ = ()
    __repr__ = str.__str__


def _put_back(target, fresh):
    """Makes a mutable argument what it became over there."""
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
