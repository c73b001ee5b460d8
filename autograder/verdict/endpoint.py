"""One end of the pipe between the student kernel and the verdict process.

Both ends encode and decode alike; they differ in who asks and who keeps the objects.
"""

import contextlib
import importlib
import sys
import types

import numpy as np

from autograder.verdict import codec
from autograder.verdict.codec import CodecError

# Where functions and classes may be looked up that a message names.
NAMED_ROOTS = frozenset({"numpy", "keras", "tensorflow", "math", "layerwise"})
# What of these a student may name in place of sending it. It runs in the verdict
# process, so it must do nothing but compute: `numpy.load` or `keras.config` would not.
TAME_FUNCTIONS = (
    "keras.src.ops.",
    "keras.src.activations.",
    "keras.src.losses.",
    "keras.src.metrics.",
    "layerwise.models.",
)
KINDS = (
    type,
    types.FunctionType,
    types.BuiltinFunctionType,
    np.ufunc,
    type(np.mean),
)
BUILTIN_TYPES = {
    kind.__name__: kind
    for kind in vars(__import__("builtins")).values()
    if isinstance(kind, type)
}


class End:
    """Encoding and decoding beyond plain data.

    Args:
        connection: Connected socket.
        namespace: Dict of the names at this end; locked functions are found in it.
        locked: Set of the names that locked cells bind at both ends.
    """

    # Whether it sends, and takes, only names of what does nothing but compute.
    sends_tame = takes_tame = False

    def __init__(self, connection, namespace, locked):
        self.connection = connection
        self.namespace = namespace
        self.locked = locked

    def receive(self):
        """Returns the next message's header and buffers.

        Raises:
            EOFError: If the other end is gone.
            CodecError: If the message is malformed.
        """
        header, buffers = codec.unpack(self._read)
        if not isinstance(header, dict):
            raise CodecError("a message without a header")
        return header, buffers

    def _read(self, size):
        content = bytearray(size)
        view = memoryview(content)
        while view:
            count = self.connection.recv_into(view)
            if not count:
                raise EOFError("the other end is gone")
            view = view[count:]
        return content

    def encode_other(self, encoder, value):
        """Encodes what is not plain data: by name, as tensor, as Keras object or else
        as this end thinks best."""
        named = self._by_name(value)
        if named is not None:
            return named
        keras = sys.modules.get("keras")
        if keras is not None:
            if isinstance(value, keras.KerasTensor):
                return self.encode_object(encoder, value)
            from autograder.verdict import keras_objects

            if keras.ops.is_tensor(value) or isinstance(value, keras.Variable):
                array = keras_objects.to_numpy(value)
                if codec.is_plain_dtype(array.dtype):
                    return {**encoder.encode(array.copy()), "t": "tensor"}
                return self.encode_object(encoder, value)
            if keras_objects.is_keras_object(value):
                return self.encode_keras(encoder, value)
        return self.encode_object(encoder, value)

    def decode_other(self, decoder, entry):
        tag = entry["t"]
        if tag == "tensor":
            import keras

            return keras.ops.convert_to_tensor(decoder.array(entry))
        if tag == "name":
            return self._checked(self.resolve(entry["m"], entry["q"]))
        if tag == "locked":
            name = entry["q"]
            if name not in self.locked or name not in self.namespace:
                raise CodecError(f"{name!r} is no name of a locked cell")
            return self._checked(self.namespace[name])
        if tag == "keras":
            return self.decode_keras(decoder, entry)
        return self.decode_object(entry)

    def _checked(self, found):
        own = getattr(found, "__module__", None) == "__main__"
        if self.takes_tame and not (is_tame(found) or (own and callable(found))):
            raise CodecError(f"{found!r} cannot be named by a student")
        return found

    def _by_name(self, value):
        if isinstance(value, types.ModuleType):
            root = value.__name__.partition(".")[0]
            if root in NAMED_ROOTS and not self.sends_tame:
                return {"t": "name", "m": value.__name__, "q": ""}
            return None
        if not isinstance(value, KINDS):
            return None
        for name in self.locked:
            if self.namespace.get(name) is value:
                return {"t": "locked", "q": name}
        if self.sends_tame and not is_tame(value):
            return None
        module = getattr(value, "__module__", None) or "numpy"
        name = getattr(value, "__qualname__", None) or value.__name__
        with contextlib.suppress(CodecError):
            if self.resolve(module, name) is value:
                return {"t": "name", "m": module, "q": name}
        return None

    def resolve(self, module, name):
        """Finds an installed function or class by name; code is never imported for it
        that this end would not import itself.

        Raises:
            CodecError: If the name is not one that may cross.
        """
        if module == "builtins":
            if name in BUILTIN_TYPES:
                return BUILTIN_TYPES[name]
            raise CodecError(f"builtins.{name} does not cross")
        if module.partition(".")[0] not in NAMED_ROOTS:
            raise CodecError(f"{module}.{name} does not cross")
        found = sys.modules.get(module)
        if found is None and module.startswith(("keras.", "layerwise.")):
            with contextlib.suppress(ImportError):
                found = importlib.import_module(module)
        if not name and found is not None:
            return found
        for part in name.split("."):
            found = getattr(found, part, None)
        home = (getattr(found, "__module__", None) or "numpy").partition(".")[0]
        if not isinstance(found, KINDS) or home not in NAMED_ROOTS:
            raise CodecError(f"{module}.{name} is no function or class here")
        return found


def is_tame(found):
    """Returns whether a student may name a function or class instead of sending it."""
    if not isinstance(found, KINDS):
        return False
    if isinstance(found, np.ufunc) or BUILTIN_TYPES.get(found.__name__) is found:
        return True
    module = getattr(found, "__module__", None) or ""
    if isinstance(found, types.FunctionType):
        return module.startswith(TAME_FUNCTIONS)
    if isinstance(found, type):
        from autograder.verdict import keras_objects

        return (
            found is np.ndarray
            or issubclass(found, np.generic)
            or (
                issubclass(found, keras_objects.KINDS)
                and module.startswith(("keras.", "layerwise."))
                and found.__name__ not in keras_objects.REFUSED
            )
        )
    return module == "math"
