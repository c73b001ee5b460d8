"""Encodes and decodes at either end of the link between the two processes.

Both ends encode and decode alike. The verdict's asks, the student's answers and keeps
the student's objects.
"""

import builtins
import contextlib
import importlib
import socket
import sys
import types
from collections.abc import Set
from typing import Any

import numpy as np

from autograder import compat
from autograder.verdict import codec
from autograder.verdict.codec import CodecError, Decoder, Encoder, Entry

# Packages in which a function or class is looked up that a message names.
NAMED_ROOTS = frozenset({"numpy", "keras", "tensorflow", "math", "layerwise"})
# Modules of the functions that a student may name in place of sending data. They run in
# the verdict process and must do nothing but compute; `numpy.load` would read a file.
COMPUTES = (*compat.KERAS_COMPUTES, "layerwise.models.")
KINDS = (
    type,
    types.FunctionType,
    types.BuiltinFunctionType,
    np.ufunc,
    type(np.mean),
)
BUILTIN_TYPES = {
    kind.__name__: kind for kind in vars(builtins).values() if isinstance(kind, type)
}


class Endpoint:
    """Encodes and decodes what is not plain data.

    Args:
        connection: To the other end.
        namespace: The names at this end; locked functions are found in it.
        locked: The names that locked cells bind at both ends.
    """

    # Whether it sends, and takes, only names of what does nothing but compute.
    sends_computing = takes_computing = False

    def __init__(
        self, connection: socket.socket, namespace: dict[str, Any], locked: Set[str]
    ) -> None:
        self.connection = connection
        self.namespace = namespace
        self.locked = locked

    def receive(self) -> tuple[dict[str, Any], list[memoryview]]:
        """Returns the next message's header and buffers.

        Raises:
            EOFError: If the other end is gone.
            CodecError: If the message is malformed.
        """
        header, buffers = codec.unpack(self._read)
        if not isinstance(header, dict):
            raise CodecError("a message without a header")
        return header, buffers

    def _read(self, size: int) -> bytearray:
        content = bytearray(size)
        view = memoryview(content)
        while view:
            count = self.connection.recv_into(view)
            if not count:
                raise EOFError("the other end is gone")
            view = view[count:]
        return content

    def encode_object(self, encoder: Encoder, value: Any) -> Entry:
        """Encodes what has no other way to cross; the two ends differ in it."""
        raise NotImplementedError

    def encode_keras(self, encoder: Encoder, value: Any) -> Entry:
        """Encodes a Keras object, as config and arrays where that is allowed."""
        raise NotImplementedError

    def decode_object(self, entry: Entry) -> Any:
        """Decodes what `encode_object` of the other end made."""
        raise NotImplementedError

    def decode_keras(self, decoder: Decoder, entry: Entry) -> Any:
        """Decodes what `encode_keras` of the other end made."""
        raise NotImplementedError

    def encode_other(self, encoder: Encoder, value: Any) -> Entry:
        """Encodes what is not plain data: by name, as tensor, as Keras object, or else
        as an object of this end."""
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

    def decode_other(self, decoder: Decoder, entry: Entry) -> Any:
        """Decodes what `encode_other` of the other end made."""
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

    def _checked(self, found: Any) -> Any:
        own = getattr(found, "__module__", None) == "__main__"
        allowed = only_computes(found) or (own and callable(found))
        if self.takes_computing and not allowed:
            raise CodecError(f"{found!r} cannot be named by a student")
        return found

    def _by_name(self, value: Any) -> Entry | None:
        if isinstance(value, types.ModuleType):
            root = value.__name__.partition(".")[0]
            if root in NAMED_ROOTS and not self.sends_computing:
                return {"t": "name", "m": value.__name__, "q": ""}
            return None
        if not isinstance(value, KINDS):
            return None
        for name in self.locked:
            if self.namespace.get(name) is value:
                return {"t": "locked", "q": name}
        if self.sends_computing and not only_computes(value):
            return None
        module = getattr(value, "__module__", None) or "numpy"
        name = getattr(value, "__qualname__", None) or value.__name__
        with contextlib.suppress(CodecError):
            if self.resolve(module, name) is value:
                return {"t": "name", "m": module, "q": name}
        return None

    def resolve(self, module: str, name: str) -> Any:
        """Finds an installed function or class by name.

        It imports nothing but modules of Keras and of the course's library.

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


def only_computes(found: Any) -> bool:
    """Returns whether a function or class does nothing but compute.

    A student may name one in place of sending data.
    """
    if not isinstance(found, KINDS):
        return False
    if isinstance(found, np.ufunc) or BUILTIN_TYPES.get(found.__name__) is found:
        return True
    module = getattr(found, "__module__", None) or ""
    if isinstance(found, types.FunctionType):
        return module.startswith(COMPUTES)
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
