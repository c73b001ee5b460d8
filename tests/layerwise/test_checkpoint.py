"""`layerwise.checkpoint`: tensors come in, and nothing else does."""

import collections
import io
import os
import pickle
import struct
import sys
import types
import zipfile

import numpy as np
import pytest

from layerwise.checkpoint import MAGIC, PROTOCOL, read_checkpoint

KINDS = {
    "f8": "DoubleStorage",
    "f4": "FloatStorage",
    "f2": "HalfStorage",
    "i8": "LongStorage",
    "i4": "IntStorage",
    "i2": "ShortStorage",
    "i1": "CharStorage",
    "u1": "ByteStorage",
    "b1": "BoolStorage",
}


# A stand-in for PyTorch's side: writes what `torch.save` writes.


class Tensor:
    """An array that is pickled as PyTorch pickles a tensor."""

    def __init__(self, array, key, kind=None, offset=0, shape=None, strides=None):
        self.array = array.ravel()
        self.key = key
        self.kind = kind or KINDS[array.dtype.str[1:]]
        self.place = (
            offset,
            array.shape if shape is None else shape,
            tuple(s // array.itemsize for s in array.strides)
            if strides is None
            else strides,
        )


@pytest.fixture(autouse=True)
def torch_names(monkeypatch):
    """Puts modules in place under whose names the pickler finds its stand-ins."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")

    def _rebuild_tensor_v2(*args):
        raise AssertionError("the file's function was called")

    _rebuild_tensor_v2.__module__ = "torch._utils"
    _rebuild_tensor_v2.__qualname__ = "_rebuild_tensor_v2"
    utils._rebuild_tensor_v2 = _rebuild_tensor_v2
    for name in (*KINDS.values(), "ComplexFloatStorage"):
        setattr(torch, name, type(name, (), {"__module__": "torch"}))
    torch._utils = utils
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)
    return torch


class Pickler(pickle.Pickler):
    legacy = False

    def reducer_override(self, value):
        if isinstance(value, Tensor):
            rebuild = sys.modules["torch._utils"]._rebuild_tensor_v2
            hooks = collections.OrderedDict()
            return rebuild, (Storage(value), *value.place, False, hooks)
        return NotImplemented

    def persistent_id(self, value):
        if isinstance(value, Storage):
            tensor = value.tensor
            kind = getattr(sys.modules["torch"], tensor.kind)
            pid = ("storage", kind, tensor.key, "cpu", len(tensor.array))
            return (*pid, None) if self.legacy else pid
        return None


class Storage:
    def __init__(self, tensor):
        self.tensor = tensor


def dumps(content, legacy=False):
    buffer = io.BytesIO()
    pickler = Pickler(buffer, protocol=2)
    pickler.legacy = legacy
    pickler.dump(content)
    return buffer.getvalue()


def tensors_of(content):
    values = content.values() if isinstance(content, dict) else ()
    return {t.key: t for t in values if isinstance(t, Tensor)}


def as_zip(content, folder="archive", order=b"little", **options):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", **options) as archive:
        archive.writestr(f"{folder}/data.pkl", dumps(content))
        archive.writestr(f"{folder}/byteorder", order)
        archive.writestr(f"{folder}/version", "3\n")
        for key, tensor in tensors_of(content).items():
            archive.writestr(f"{folder}/data/{key}", tensor.array.tobytes())
    return buffer.getvalue()


def as_pickles(content, magic=MAGIC, protocol=PROTOCOL, little=True):
    stored = tensors_of(content)
    parts = [magic, protocol, {"protocol_version": 1001, "little_endian": little}]
    whole = b"".join(pickle.dumps(part, 2) for part in parts)
    whole += dumps(content, legacy=True) + pickle.dumps(list(stored), 2)
    for tensor in stored.values():
        whole += struct.pack("<q", len(tensor.array)) + tensor.array.tobytes()
    return whole


FORMATS = pytest.mark.parametrize("write", [as_zip, as_pickles])


@pytest.fixture
def read(tmp_path):
    """Reads bytes by way of a file."""

    def run(content):
        path = tmp_path / "weights.pth"
        path.write_bytes(content)
        return read_checkpoint(path)

    return run


@FORMATS
def test_arrays_come_back(write, read, rng):
    arrays = {
        "kernel": rng.normal(size=(4, 3, 2, 2)).astype("float32"),
        "counter": np.array(7, "int64"),
        "empty": np.empty((0, 3), "float32"),
        **{kind: rng.integers(0, 2, (2, 3)).astype(kind) for kind in KINDS},
    }
    content = collections.OrderedDict(
        (name, Tensor(array, str(key)))
        for key, (name, array) in enumerate(arrays.items())
    )
    found = read(write(content))
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype
        assert found[name].shape == array.shape
        np.testing.assert_array_equal(found[name], array)
        assert found[name].flags.writeable
        assert found[name].flags.owndata


@FORMATS
def test_views_of_one_storage(write, read):
    base = np.arange(12, dtype="float32")
    content = {
        "whole": Tensor(base, "5", shape=(3, 4), strides=(4, 1)),
        "turned": Tensor(base, "5", shape=(4, 3), strides=(1, 4)),
        "row": Tensor(base, "5", offset=8, shape=(4,), strides=(1,)),
    }
    found = read(write(content))
    whole = base.reshape(3, 4)
    np.testing.assert_array_equal(found["whole"], whole)
    np.testing.assert_array_equal(found["turned"], whole.T)
    np.testing.assert_array_equal(found["row"], whole[2])
    found["whole"][:] = 0
    np.testing.assert_array_equal(found["row"], whole[2])


class Evil:
    """What it asks for would leave a trace."""

    def __init__(self, call, *args):
        self.call, self.args = call, args

    def __reduce__(self):
        return self.call, self.args


@FORMATS
@pytest.mark.parametrize(
    ("call", "name"),
    [
        (os.mkdir, "mkdir"),
        (eval, "eval"),
        (getattr, "getattr"),
        (np.array, "array"),
        (collections.Counter, "Counter"),
    ],
)
def test_other_names_are_refused(write, read, tmp_path, call, name):
    trace = tmp_path / "trace"
    content = {"weight": Evil(call, str(trace))}
    with pytest.raises(ValueError, match=rf"asks for \S*{name}, which a tensor"):
        read(write(content))
    assert not trace.exists()


@FORMATS
def test_even_the_head_of_the_file_is_restricted(write, read, tmp_path):
    trace = tmp_path / "trace"
    evil = pickle.dumps(Evil(os.mkdir, str(trace)), 2)
    with pytest.raises(ValueError, match="mkdir"):
        read(evil)
    assert not trace.exists()


@FORMATS
@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([1, 2], "a list where a dictionary should be"),
        ({"epoch": 3}, "'epoch' is a int, not a tensor"),
        ({"model": {"a": None}}, "'model' is a dict, not a tensor"),
        ({3: Tensor(np.zeros(2, "f4"), "0")}, "3 is a _Tensor"),
        (
            {"w": Tensor(np.zeros(2, "f4"), "0", kind="ComplexFloatStorage")},
            "asks for torch.ComplexFloatStorage",
        ),
        ({"w": Tensor(np.zeros(2, "f4"), "0", shape=(3,))}, r"shape \(3,\) in 2"),
        ({"w": Tensor(np.zeros(2, "f4"), "0", offset=1)}, "ends at 2 of 2"),
        ({"w": Tensor(np.zeros(2, "f4"), "0", offset=-1)}, "a tensor of shape"),
        (
            {"w": Tensor(np.zeros(4, "f4"), "0", shape=(2, 2), strides=(9, 1))},
            "ends at 10 of 4",
        ),
        (
            # One number, shown a billion times.
            {"w": Tensor(np.zeros(1, "f4"), "0", shape=(10**9,), strides=(0,))},
            "in 1 numbers",
        ),
        ({"w": Tensor(np.zeros(4, "f4"), "0", strides=(1, 1))}, "a tensor of shape"),
    ],
)
def test_what_is_no_dictionary_of_tensors(write, read, content, message):
    with pytest.raises(ValueError, match=message) as caught:
        read(write(content))
    assert "weights.pth" in str(caught.value)


def test_stand_ins_cannot_be_changed(read, tmp_path):
    # BUILD sets attributes on what was made: here on the stand-in for a function.
    evil = b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n}X\x01\x00\x00\x00aK\x01sb."
    content = as_zip({"w": Tensor(np.zeros(2, "f4"), "0")})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["archive/data.pkl"] = evil
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    with pytest.raises(ValueError, match="or is damaged"):
        read(buffer.getvalue())


WEIGHT = {"w": Tensor(np.arange(6, dtype="f4"), "0")}


@pytest.mark.parametrize(
    "damage",
    [
        lambda: b"",
        lambda: b"<html>404 Not Found</html>",
        lambda: as_zip(WEIGHT, order=b"big"),
        lambda: as_zip(WEIGHT, compression=zipfile.ZIP_DEFLATED),
        lambda: as_pickles(WEIGHT, magic=1),
        lambda: as_pickles(WEIGHT, protocol=1002),
        lambda: as_pickles(WEIGHT, little=False),
        lambda: as_zip(WEIGHT)[:100],
        lambda: as_zip({"w": Tensor(np.zeros(6, "f4"), "0")}, folder="a/b"),
    ],
)
def test_damage_is_named(read, damage):
    with pytest.raises(ValueError, match="or is damaged"):
        read(damage())


def test_pickles_cut_anywhere_are_noticed(read):
    whole = as_pickles(WEIGHT)
    assert read(whole)["w"].tolist() == [0, 1, 2, 3, 4, 5]
    for size in range(len(whole)):
        with pytest.raises(ValueError, match="or is damaged"):
            read(whole[:size])


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.pth"):
        read_checkpoint(tmp_path / "none.pth")


def test_torch_itself_writes_what_we_read(tmp_path, monkeypatch, rng):
    for name in ("torch", "torch._utils"):
        monkeypatch.delitem(sys.modules, name)
    torch = pytest.importorskip("torch")
    array = rng.normal(size=(3, 4)).astype("float32")
    content = {"w": torch.tensor(array), "turned": torch.tensor(array).T}
    for zipped in (True, False):
        path = tmp_path / f"{zipped}.pth"
        torch.save(content, path, _use_new_zipfile_serialization=zipped)
        found = read_checkpoint(path)
        np.testing.assert_array_equal(found["w"], array)
        np.testing.assert_array_equal(found["turned"], array.T)
