"""Reads PyTorch checkpoints of tensors, without PyTorch and without running their code.

A `.pth` file holds a pickle, and unpickling a file runs whatever calls it asks for. The
reader here admits the few names that a dictionary of tensors needs, and refuses a file
that asks for any other. Both of PyTorch's formats are known: the zip archive (since
version 1.6) and the row of pickles before it.
"""

import collections
import pickle
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

MAGIC = 0x1950A86A20F9469CFC6C  # the first pickle of a file in the older format
PROTOCOL = 1001
# PyTorch's storages, all little-endian.
DTYPES = {
    "DoubleStorage": "<f8",
    "FloatStorage": "<f4",
    "HalfStorage": "<f2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "<i1",
    "ByteStorage": "<u1",
    "BoolStorage": "?",
}


def read_checkpoint(path):
    """Reads a dictionary of tensors.

    Args:
        path: String or `Path` of a file that `torch.save` wrote from a dictionary of
            tensors, such as a `state_dict`.

    Returns:
        Dictionary from a tensor's name to a NumPy array of its own, in the file's
        order. Axes are PyTorch's: a convolution's kernel is (filters, channels,
        height, width).

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file holds anything but tensors by name, or is damaged; the
            message says what was found.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            if zipfile.is_zipfile(file):
                return _read_zip(file)
            file.seek(0)
            return _read_pickles(file)
    except FileNotFoundError:
        raise
    # A damaged pickle fails in a dozen ways, by what was hit: all mean the same.
    except Exception as error:
        raise ValueError(
            f"{path} is no checkpoint of tensors alone, or is damaged: {error}"
        ) from error


class _Storage(NamedTuple):
    """Stands for numbers that lie elsewhere in the file."""

    key: str
    dtype: str
    count: int


class _Tensor(NamedTuple):
    """Stands for a tensor until its storage is read."""

    storage: _Storage
    offset: int
    shape: tuple
    strides: tuple


class _Rebuild:
    """Stands for `torch._utils._rebuild_tensor_v2`. Nothing can be set on it."""

    __slots__ = ()

    def __call__(self, storage, offset, shape, strides, *_):
        if not isinstance(storage, _Storage):
            raise pickle.UnpicklingError("a tensor without a storage")
        numbers = (offset, *shape, *strides)
        if not all(type(number) is int and number >= 0 for number in numbers):
            raise pickle.UnpicklingError(f"a tensor of shape {shape}, {strides}")
        return _Tensor(storage, offset, tuple(shape), tuple(strides))


class _Reader(pickle.Unpickler):
    """Unpickles stand-ins for tensors, and nothing that could act."""

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _Rebuild()
        if module == "torch" and name in DTYPES:
            return DTYPES[name]
        raise pickle.UnpicklingError(
            f"it asks for {module}.{name}, which a tensor does not need"
        )

    def persistent_load(self, pid):
        # ("storage", type, key, device, count), and in the older format a view.
        kind, dtype, key, _, count, *view = pid
        known = kind == "storage" and dtype in DTYPES.values()
        if not known or any(view) or type(count) is not int or count < 0:
            raise pickle.UnpicklingError(f"a storage that is not known: {pid}")
        return _Storage(str(key), dtype, count)


def _read_zip(file):
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        found = [name for name in names if name.split("/")[1:] == ["data.pkl"]]
        if len(found) != 1:
            raise ValueError("a zip archive without data.pkl")
        folder = found[0].partition("/")[0]
        order = f"{folder}/byteorder"
        if order in names and archive.read(order) != b"little":
            raise ValueError("its numbers are not little-endian")
        with archive.open(found[0]) as pickled:
            content = _Reader(pickled).load()

        def fetch(storage):
            entry = archive.getinfo(f"{folder}/data/{storage.key}")
            if entry.compress_type != zipfile.ZIP_STORED:
                raise ValueError("compressed numbers, which PyTorch does not write")
            return archive.read(entry)

        return _arrays(_tensors(content), fetch)


def _read_pickles(file):
    for expected, what in ((MAGIC, "start"), (PROTOCOL, "version")):
        if _Reader(file).load() != expected:
            raise ValueError(f"not PyTorch's format: the {what} is another")
    if not _Reader(file).load().get("little_endian"):
        raise ValueError("its numbers are not little-endian")
    tensors = _tensors(_Reader(file).load())
    storages = {t.storage.key: t.storage for t in tensors.values()}
    keys = _Reader(file).load()
    numbers = {}
    for key in keys:
        if key not in storages:
            raise ValueError(f"a storage {key} that no tensor uses")
        (count,) = np.frombuffer(file.read(8), "<i8")
        if count != storages[key].count:
            raise ValueError(f"a storage of {count} numbers, not {storages[key].count}")
        numbers[key] = file.read(count * np.dtype(storages[key].dtype).itemsize)
    return _arrays(tensors, lambda storage: numbers[storage.key])


def _tensors(content):
    """Returns what was unpickled, if it is a dictionary of tensors by name."""
    if not isinstance(content, dict):
        raise ValueError(f"a {type(content).__name__} where a dictionary should be")
    for name, value in content.items():
        if not isinstance(name, str) or not isinstance(value, _Tensor):
            raise ValueError(f"{name!r} is a {type(value).__name__}, not a tensor")
    return dict(content)


def _arrays(tensors, fetch):
    """Puts arrays in the place of stand-ins."""
    return {name: _array(t, fetch(t.storage)) for name, t in tensors.items()}


def _array(tensor, raw):
    """Makes an array of its own from a stretch of the storage's bytes."""
    storage, offset, shape, strides = tensor
    flat = np.frombuffer(raw, storage.dtype)
    if len(flat) != storage.count:
        raise ValueError(f"a storage of {len(flat)} numbers, not {storage.count}")
    if len(shape) != len(strides) or np.prod(shape, dtype=object) > storage.count:
        raise ValueError(f"a tensor of shape {shape} in {storage.count} numbers")
    last = offset + sum((n - 1) * s for n, s in zip(shape, strides, strict=True))
    if 0 in shape:
        return np.empty(shape, storage.dtype)
    if last >= storage.count:
        raise ValueError(f"a tensor that ends at {last} of {storage.count} numbers")
    steps = [stride * flat.itemsize for stride in strides]
    view = np.lib.stride_tricks.as_strided(flat[offset:], shape, steps, writeable=False)
    return view.copy()
