"""`layerwise.data`, and the script that makes its file."""

import gzip
import io
import runpy
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from layerwise import data

SCRIPT = Path(__file__).parents[2] / "course" / "scripts" / "make_fashion_mnist.py"
FILES = {
    "x_train": "train-images-idx3-ubyte.gz",
    "y_train": "train-labels-idx1-ubyte.gz",
    "x_test": "t10k-images-idx3-ubyte.gz",
    "y_test": "t10k-labels-idx1-ubyte.gz",
}
needs_debian = pytest.mark.skipif(
    not data.DEBIAN_FOLDER.exists(),
    reason="needs Debian's package dataset-fashion-mnist",
)


def small_arrays(train=30, test=20):
    """Stand-ins for the four arrays: every class, every byte drawn."""
    rng = np.random.default_rng(7)
    return {
        "x_train": rng.integers(0, 256, (train, 28, 28), dtype=np.uint8),
        "y_train": np.arange(train, dtype=np.uint8) % 10,
        "x_test": rng.integers(0, 256, (test, 28, 28), dtype=np.uint8),
        "y_test": np.arange(test, dtype=np.uint8) % 10,
    }


def idx_gz(array):
    """The bytes of an array in the format of the original files."""
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
    return gzip.compress(header + array.tobytes(), mtime=0)


def npz(arrays):
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def assert_holds(pairs, arrays):
    (x_train, y_train), (x_test, y_test) = pairs
    np.testing.assert_array_equal(x_train, arrays["x_train"][..., None])
    np.testing.assert_array_equal(y_train, arrays["y_train"])
    np.testing.assert_array_equal(x_test, arrays["x_test"][..., None])
    np.testing.assert_array_equal(y_test, arrays["y_test"])


def assert_as_documented(pairs, train, test):
    for (x, y), count in zip(pairs, (train, test), strict=True):
        assert x.shape == (count, 28, 28, 1)
        assert x.dtype == np.uint8
        assert y.shape == (count,)
        assert y.dtype == np.int64
        assert np.bincount(y).tolist() == [count // 10] * 10
        assert (x.min(), x.max()) == (0, 255)
        # Photographs on a black ground, none of them empty.
        assert 0.3 < np.mean(x == 0) < 0.7
        assert x.any(axis=(1, 2, 3)).all()
        # What a caller does to the arrays is their own affair.
        assert x.flags.writeable
        assert y.flags.writeable


# The subset that ships


def test_subset_is_as_documented():
    assert_as_documented(data.fashion_mnist(), train=10_000, test=2_000)


def test_subset_has_no_image_in_both_splits():
    (x_train, _), (x_test, _) = data.fashion_mnist()
    seen = {image.tobytes() for image in x_train}
    assert not any(image.tobytes() in seen for image in x_test)


def test_subset_is_the_same_each_time_and_belongs_to_the_caller():
    (x_train, y_train), _ = data.fashion_mnist("subset")
    before = x_train.copy()
    x_train[:] = 0
    (again, labels), _ = data.fashion_mnist("subset")
    np.testing.assert_array_equal(again, before)
    np.testing.assert_array_equal(labels, y_train)


def test_subset_is_small():
    assert data.SUBSET.stat().st_size < 8e6


def test_licence_lies_beside_the_subset():
    text = data.SUBSET.with_name("fashion_mnist_LICENSE.txt").read_text()
    assert "MIT" in text
    assert "Zalando SE" in text
    assert "Permission is hereby granted" in text


def test_class_names():
    assert len(set(data.CLASS_NAMES)) == 10
    assert data.CLASS_NAMES[0] == "T-shirt"
    assert data.CLASS_NAMES[9] == "Ankle boot"


def test_labels_fit_the_names():
    # Of the ten, only trousers stand in a narrow column.
    (x, y), _ = data.fashion_mnist()
    mean = [x[y == label, ..., 0].mean(axis=0) for label in range(10)]
    widths = [int((image.mean(axis=0) > 40).sum()) for image in mean]
    trouser = data.CLASS_NAMES.index("Trouser")
    assert np.argmin(widths) == trouser, widths


@pytest.mark.parametrize("source", ["mnist", "", None, "Subset"])
def test_unknown_source(source):
    with pytest.raises(ValueError, match="subset, debian, keras") as caught:
        data.fashion_mnist(source)
    assert f"Received: {source!r}" in str(caught.value)


def test_missing_subset_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(data, "SUBSET", tmp_path / "subset.npz")
    with pytest.raises(FileNotFoundError, match="Install layerwise again") as caught:
        data.fashion_mnist()
    assert str(tmp_path / "subset.npz") in str(caught.value)


def flipped(content, place):
    damaged = bytearray(content)
    damaged[place] ^= 0xFF
    return bytes(damaged)


def with_array(name, array):
    return npz(small_arrays() | {name: array})


def without_array(name):
    return npz({key: array for key, array in small_arrays().items() if key != name})


WHOLE = npz(small_arrays())
DAMAGES = {
    "empty": b"",
    "half": WHOLE[: len(WHOLE) // 2],
    "last byte cut": WHOLE[:-1],
    "flipped byte": flipped(WHOLE, len(WHOLE) // 2),
    "not a zip": b"<html>404 Not Found</html>",
    "one array, no archive": npy(small_arrays()["x_train"]),
    "an array missing": without_array("y_test"),
    "flat images": with_array("x_train", np.zeros((30, 784), np.uint8)),
    "channels": with_array("x_train", np.zeros((30, 28, 28, 3), np.uint8)),
    "a scalar": with_array("x_train", np.uint8(3)),
    "labels short": with_array("y_train", np.zeros(29, np.uint8)),
    "labels one-hot": with_array("y_train", np.zeros((30, 10), np.uint8)),
    "images of floats": with_array("x_test", np.zeros((20, 28, 28))),
    "labels of floats": with_array("y_test", np.zeros(20)),
    "an eleventh class": with_array("y_test", np.full(20, 10, np.uint8)),
    "objects": with_array("x_test", np.array([{}] * 20, dtype=object)),
}


@pytest.mark.parametrize("content", DAMAGES.values(), ids=DAMAGES.keys())
def test_damaged_subset_says_what_to_do(monkeypatch, tmp_path, content):
    path = tmp_path / "subset.npz"
    path.write_bytes(content)
    monkeypatch.setattr(data, "SUBSET", path)
    with pytest.raises(OSError, match="Install layerwise again") as caught:
        data.fashion_mnist()
    assert f"damaged: {path}" in str(caught.value)


def test_subset_cut_anywhere_is_noticed(monkeypatch, tmp_path):
    path = tmp_path / "subset.npz"
    monkeypatch.setattr(data, "SUBSET", path)
    for size in range(0, len(WHOLE), 997):
        path.write_bytes(WHOLE[:size])
        with pytest.raises(OSError, match="damaged"):
            data.fashion_mnist()


def test_subset_that_is_whole_loads(monkeypatch, tmp_path):
    path = tmp_path / "subset.npz"
    path.write_bytes(WHOLE)
    monkeypatch.setattr(data, "SUBSET", path)
    assert_holds(data.fashion_mnist(), small_arrays())


# Debian's folder


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """A folder like that of Debian's package, with small arrays in it."""
    path = tmp_path / "fashion-mnist"
    path.mkdir()
    for name, array in small_arrays().items():
        (path / FILES[name]).write_bytes(idx_gz(array))
    monkeypatch.setattr(data, "DEBIAN_FOLDER", path)
    return path


def test_debian_reads_the_folder(folder):
    pairs = data.fashion_mnist("debian")
    assert_holds(pairs, small_arrays())
    for x, y in pairs:
        assert (x.dtype, y.dtype) == (np.uint8, np.int64)
        assert x.flags.writeable
        assert y.flags.writeable


@pytest.mark.parametrize("name", FILES)
def test_debian_with_a_file_missing_says_what_to_install(folder, name):
    (folder / FILES[name]).unlink()
    with pytest.raises(FileNotFoundError, match="apt-get install") as caught:
        data.fashion_mnist("debian")
    assert FILES[name] in str(caught.value)
    assert "source='subset'" in str(caught.value)


IMAGES = idx_gz(small_arrays()["x_train"])
DEBIAN_DAMAGES = {
    "empty": b"",
    "half": IMAGES[: len(IMAGES) // 2],
    "last byte cut": IMAGES[:-1],
    "flipped byte": flipped(IMAGES, len(IMAGES) // 2),
    "not gzip": b"<html>404 Not Found</html>",
    "no header": gzip.compress(b""),
    "labels in its place": idx_gz(np.zeros(784, np.uint8)),
    "fewer images than it says": gzip.compress(gzip.decompress(IMAGES)[:-784]),
    "fewer images than labels": idx_gz(small_arrays()["x_train"][:-1]),
    "small images": idx_gz(np.zeros((30, 14, 14), np.uint8)),
}


@pytest.mark.parametrize("content", DEBIAN_DAMAGES.values(), ids=DEBIAN_DAMAGES.keys())
def test_debian_with_a_damaged_file_says_what_to_install(folder, content):
    (folder / FILES["x_train"]).write_bytes(content)
    with pytest.raises(OSError, match="apt-get install") as caught:
        data.fashion_mnist("debian")
    assert f"damaged: {folder}" in str(caught.value)


@needs_debian
def test_debian_holds_the_full_set():
    assert_as_documented(data.fashion_mnist("debian"), train=60_000, test=10_000)


# Keras's download, from a server of our own


@pytest.fixture
def server(monkeypatch, tmp_path):
    """Serves small files on the loopback to the real code of `keras.datasets`.

    Yields a namespace with `files` (what is served, by name), `requests` (the names
    asked for) and `cache` (the folder that Keras downloads to).
    """
    keras = pytest.importorskip("keras")

    served = SimpleNamespace(
        files={FILES[name]: idx_gz(array) for name, array in small_arrays().items()},
        requests=[],
        cache=tmp_path / "datasets" / "fashion-mnist",
    )

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            name = self.path.rpartition("/")[2]
            served.requests.append(name)
            if name not in served.files:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(served.files[name])))
            self.end_headers()
            self.wfile.write(served.files[name])

        def log_message(self, *args):
            """Keeps the test's output clean."""

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listener.serve_forever, args=(0.02,))
    thread.start()
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    # Only the address and the folder change; download and reading are Keras's own.
    scope = keras.datasets.fashion_mnist.load_data.__globals__
    get_file = scope["get_file"]

    def get_file_here(name, origin, **options):
        address = f"http://127.0.0.1:{listener.server_port}/{origin.rpartition('/')[2]}"
        return get_file(name, origin=address, cache_dir=str(tmp_path), **options)

    monkeypatch.setitem(scope, "get_file", get_file_here)
    yield served
    listener.shutdown()
    thread.join()
    listener.server_close()


def test_keras_downloads_once(server):
    pairs = data.fashion_mnist("keras")
    assert_holds(pairs, small_arrays())
    for x, y in pairs:
        assert (x.dtype, y.dtype) == (np.uint8, np.int64)
        assert x.flags.writeable
        assert y.flags.writeable
    assert sorted(server.requests) == sorted(FILES.values())
    assert_holds(data.fashion_mnist("keras"), small_arrays())
    assert len(server.requests) == 4


def test_keras_without_the_file_says_what_to_do(server):
    server.files = {}
    with pytest.raises(OSError, match="source='subset'") as caught:
        data.fashion_mnist("keras")
    assert "404" in str(caught.value)


@pytest.mark.parametrize("name", FILES)
def test_keras_with_a_damaged_download_says_what_to_delete(server, name):
    whole = server.files[FILES[name]]
    server.files = server.files | {FILES[name]: whole[: len(whole) // 2]}
    with pytest.raises(OSError, match="delete datasets/fashion-mnist"):
        data.fashion_mnist("keras")
    # The advice works: Keras keeps the damaged file until it is deleted.
    server.files = server.files | {FILES[name]: whole}
    with pytest.raises(OSError, match="delete datasets/fashion-mnist"):
        data.fashion_mnist("keras")
    for path in server.cache.iterdir():
        path.unlink()
    assert_holds(data.fashion_mnist("keras"), small_arrays())


def test_keras_with_wrong_shapes(server):
    wrong = idx_gz(small_arrays()["y_test"][:-1])
    server.files = server.files | {FILES["y_test"]: wrong}
    with pytest.raises(OSError, match="Keras could not load"):
        data.fashion_mnist("keras")


# CIFAR-10, with a stand-in for Keras's loader


@pytest.fixture
def cifar(monkeypatch):
    """Small arrays in the shape in which Keras gives CIFAR-10, and who asked."""
    keras = pytest.importorskip("keras")

    rng = np.random.default_rng(7)
    arrays = {
        "x_train": rng.integers(0, 256, (20, 32, 32, 3), dtype=np.uint8),
        "y_train": np.arange(20, dtype=np.uint8)[:, None] % 10,
        "x_test": rng.integers(0, 256, (10, 32, 32, 3), dtype=np.uint8),
        "y_test": np.arange(10, dtype=np.uint8)[:, None],
    }

    def load_data():
        return tuple(
            (arrays[f"x_{part}"], arrays[f"y_{part}"]) for part in ("train", "test")
        )

    monkeypatch.setattr(keras.datasets.cifar10, "load_data", load_data)
    return arrays


def test_cifar10_is_as_documented(cifar):
    for (x, y), part in zip(data.cifar10(), ("train", "test"), strict=True):
        np.testing.assert_array_equal(x, cifar[f"x_{part}"])
        np.testing.assert_array_equal(y, cifar[f"y_{part}"][:, 0])
        assert (x.dtype, y.dtype) == (np.uint8, np.int64)
        assert x.flags.writeable
        assert y.flags.writeable
    assert len(set(data.CIFAR10_CLASS_NAMES)) == 10
    assert data.CIFAR10_CLASS_NAMES[3] == "cat"


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("x_train", np.zeros((20, 3, 32, 32), np.uint8)),
        ("x_test", np.zeros((10, 32, 32, 3), np.float32)),
        ("y_train", np.zeros((19, 1), np.uint8)),
        ("y_test", np.full((10, 1), 10, np.uint8)),
        ("y_test", np.zeros(10, np.uint8)),
    ],
)
def test_cifar10_with_wrong_arrays(cifar, name, wrong):
    cifar[name] = wrong
    with pytest.raises(OSError, match="Keras could not load CIFAR-10"):
        data.cifar10()


def test_cifar10_without_a_network_says_what_to_do(monkeypatch, cifar):
    import keras

    def fail():
        raise Exception("URL fetch failure")

    monkeypatch.setattr(keras.datasets.cifar10, "load_data", fail)
    with pytest.raises(OSError, match=r"URL fetch failure.*delete datasets/cifar-10"):
        data.cifar10()


# The script


@pytest.fixture
def make(monkeypatch, tmp_path, capsys):
    """Runs the script into a folder of our own; returns the file's bytes."""

    def run(name="made.npz"):
        monkeypatch.setattr(data, "SUBSET", tmp_path / name)
        runpy.run_path(str(SCRIPT), run_name="__main__")
        assert name in capsys.readouterr().out
        return data.SUBSET.read_bytes()

    return run


@needs_debian
def test_script_makes_the_file_that_ships(make):
    shipped = data.SUBSET
    make()
    with np.load(shipped) as wanted, np.load(data.SUBSET) as made:
        assert made.files == wanted.files
        for name in wanted.files:
            assert made[name].dtype == wanted[name].dtype
            np.testing.assert_array_equal(made[name], wanted[name], name)


def test_script_makes_the_same_bytes_each_time(make, folder):
    assert make("one.npz") == make("two.npz")


def test_script_keeps_the_first_of_each_class():
    pick = runpy.run_path(str(SCRIPT))["first_of_each_class"]
    y = np.array([3, 3, 0, 3, 0, 0, *range(10)])
    x = np.arange(len(y), dtype=np.uint8).reshape(-1, 1, 1, 1)
    images, labels = pick(x, y, 2)
    assert labels.dtype == np.uint8
    # Two of classes 0 and 3, one of each other, in the order in which they came.
    assert images[:, 0, 0].tolist() == [0, 1, 2, 4, 7, 8, 10, 11, 12, 13, 14, 15]
    assert labels.tolist() == [3, 3, 0, 0, 1, 2, 4, 5, 6, 7, 8, 9]


# Batches


def listed(dataset):
    return [(x.numpy(), y.numpy()) for x, y in dataset]


def test_batches_keep_order_and_the_rest():
    x, y = np.arange(20, dtype="float32").reshape(10, 2), np.arange(10)
    found = listed(data.batches(x, y, batch_size=4))
    assert [len(labels) for _, labels in found] == [4, 4, 2]
    np.testing.assert_array_equal(np.concatenate([a for a, _ in found]), x)
    np.testing.assert_array_equal(np.concatenate([b for _, b in found]), y)


def test_batches_shuffle_pairs_anew_each_epoch():
    x, y = np.arange(64, dtype="float32")[:, None], np.arange(64)
    dataset = data.batches(x, y, batch_size=64, shuffle=True, seed=3)
    orders = []
    for _ in range(2):
        ((images, labels),) = listed(dataset)
        np.testing.assert_array_equal(images[:, 0], labels)
        assert sorted(labels) == list(range(64))
        orders.append(labels.tolist())
    assert orders[0] != orders[1]
    assert orders[0] != list(range(64))


def test_batches_shuffle_by_the_seed():
    x = y = np.arange(64)

    def order(seed):
        ((_, labels),) = listed(data.batches(x, y, 64, shuffle=True, seed=seed))
        return labels.tolist()

    assert order(3) == order(3)
    assert order(3) != order(4)


def test_batches_without_tensorflow_follow_their_seed_too(monkeypatch):
    monkeypatch.setattr(data.importlib.util, "find_spec", lambda name: None)
    x = np.arange(10, dtype="float32")[:, None]

    def order(shuffle=True, seed=0):
        batches = data.batches(x, x[:, 0], 4, shuffle=shuffle, seed=seed)
        found = []
        for _ in range(2):
            assert [len(batches[i][0]) for i in range(len(batches))] == [4, 4, 2]
            found.append([int(v) for i in range(3) for v in batches[i][1]])
            batches.on_epoch_end()
        return found

    assert order(shuffle=False) == [list(range(10))] * 2
    first = order()
    assert order() == first
    assert first[0] != first[1]
    assert order(seed=1) != first
    assert sorted(first[1]) == list(range(10))
