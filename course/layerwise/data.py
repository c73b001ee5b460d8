"""Data sets that work offline.

Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017, arXiv:1708.07747; MIT licence, Zalando
SE) ships with the package as a balanced subset. `course/scripts/make_fashion_mnist.py`
makes the file; its licence lies beside it. CIFAR-10 (Krizhevsky, 2009) is downloaded by
Keras, and only when asked for.
"""

import gzip
import importlib.util
import os
from pathlib import Path

import numpy as np

CLASS_NAMES = (
    "T-shirt",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
CIFAR10_CLASS_NAMES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
SUBSET = Path(__file__).parent / "data_files" / "fashion_mnist_subset.npz"
DEBIAN_FOLDER = Path("/usr/share/datasets/fashion-mnist")
SOURCES = ("subset", "debian", "keras")


def fashion_mnist(source="subset"):
    """Loads Fashion-MNIST: grey photographs of clothes in ten classes.

    Args:
        source: `"subset"` is the file that ships with the package: 10,000 training and
            2,000 test images, the same number of each class, offline. `"debian"` is
            the full set from the folder of Debian's package `dataset-fashion-mnist`.
            `"keras"` is the full set from `keras.datasets`, which downloads it once.

    Returns:
        `(x_train, y_train), (x_test, y_test)`. Images are `uint8` arrays of shape
        `(n, 28, 28, 1)`, 0 (background) to 255; labels are `int64` arrays of shape
        `(n,)`, 0 to 9, which index `CLASS_NAMES`. The full set has 60,000 training
        and 10,000 test images.

    Raises:
        ValueError: If `source` is none of the three.
        OSError: If the data are missing or damaged; the message says what to do.
    """
    if source not in SOURCES:
        raise ValueError(
            f"source must be one of {', '.join(SOURCES)}. Received: {source!r}"
        )
    if source == "subset":
        return _read_subset(SUBSET)
    if source == "debian":
        return _read_debian(DEBIAN_FOLDER)
    return _read_keras()


def _read_subset(path):
    advice = "Install layerwise again, or check the file out of git again."
    if not path.exists():
        raise FileNotFoundError(
            f"The Fashion-MNIST subset is missing: {path}. {advice}"
        )
    try:
        # Opened here: np.load leaves a damaged file open.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            names = ("x_train", "y_train", "x_test", "y_test")
            return _as_pairs(*(arrays[name] for name in names))
    # A damaged archive fails in a dozen ways, by what was hit: all mean the same.
    except Exception as error:
        raise OSError(
            f"The Fashion-MNIST subset is damaged: {path} ({error}). {advice}"
        ) from error


def _read_debian(folder):
    advice = (
        "Install it with `apt-get install dataset-fashion-mnist`, or use "
        "source='subset' (offline) or source='keras' (downloads)."
    )
    arrays = []
    for split in ("train", "t10k"):
        for kind in ("images-idx3", "labels-idx1"):
            path = folder / f"{split}-{kind}-ubyte.gz"
            if not path.exists():
                raise FileNotFoundError(f"Fashion-MNIST is missing: {path}. {advice}")
            try:
                arrays.append(_read_idx(path, dims=int(kind[-1])))
            except Exception as error:
                raise OSError(
                    f"Fashion-MNIST is damaged: {path} ({error}). {advice}"
                ) from error
    try:
        return _as_pairs(*arrays)
    except ValueError as error:
        raise OSError(
            f"Fashion-MNIST is damaged: {folder} ({error}). {advice}"
        ) from error


def _read_idx(path, dims):
    """Reads an array of bytes: two zeros, its type, its dimensions, its sizes."""
    raw = gzip.decompress(path.read_bytes())
    if raw[:4] != bytes([0, 0, 8, dims]):
        raise ValueError(f"no array of bytes with {dims} dimensions")
    shape = np.frombuffer(raw, ">i4", count=dims, offset=4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * dims).reshape(shape)


def _read_keras():
    from keras.datasets import fashion_mnist as keras_fashion_mnist

    try:
        (x_train, y_train), (x_test, y_test) = keras_fashion_mnist.load_data()
        return _as_pairs(x_train, y_train, x_test, y_test)
    # Keras raises a bare Exception when the download fails.
    except Exception as error:
        raise OSError(
            f"Keras could not load Fashion-MNIST ({error}). Check the network; if a "
            "download broke off, delete datasets/fashion-mnist in Keras's folder "
            "(~/.keras, or what KERAS_HOME says); or use source='subset' (offline)."
        ) from error


def cifar10():
    """Loads CIFAR-10: small colour photographs in ten classes.

    Keras downloads it once, 170 MB; nothing in the course needs it offline.

    Returns:
        `(x_train, y_train), (x_test, y_test)`. Images are `uint8` arrays of shape
        `(n, 32, 32, 3)`, 0 to 255; labels are `int64` arrays of shape `(n,)`, 0 to 9,
        which index `CIFAR10_CLASS_NAMES`. There are 50,000 training and 10,000 test
        images.

    Raises:
        OSError: If the data cannot be loaded; the message says what to do.
    """
    from keras.datasets import cifar10 as keras_cifar10

    try:
        (x_train, y_train), (x_test, y_test) = keras_cifar10.load_data()
        # Keras gives labels in a column.
        return _as_pairs(
            x_train, y_train[:, 0], x_test, y_test[:, 0], image_shape=(32, 32, 3)
        )
    # Keras raises a bare Exception when the download fails.
    except Exception as error:
        raise OSError(
            f"Keras could not load CIFAR-10 ({error}). Check the network; if a "
            "download broke off, delete datasets/cifar-10-batches-py* in Keras's "
            "folder (~/.keras, or what KERAS_HOME says); or use fashion_mnist(), "
            "which is offline."
        ) from error


def _as_pairs(x_train, y_train, x_test, y_test, image_shape=(28, 28)):
    for x, y in ((x_train, y_train), (x_test, y_test)):
        if x.shape != (len(x), *image_shape) or y.shape != (len(x),):
            raise ValueError(f"unexpected shapes {x.shape} and {y.shape}")
        if x.dtype != np.uint8 or y.dtype != np.uint8:
            raise ValueError(f"unexpected types {x.dtype} and {y.dtype}")
        if np.any(y >= len(CLASS_NAMES)):
            raise ValueError(f"unexpected label {y.max()}")
    shape = (-1, *image_shape, 1)[:4]  # grey images get an axis of one channel
    # What comes from a buffer is read-only: the caller gets arrays of their own.
    return tuple(
        (np.require(x, requirements=["C", "W"]).reshape(shape), y.astype("int64"))
        for x, y in ((x_train, y_train), (x_test, y_test))
    )


def batches(x, y, batch_size=128, shuffle=False, seed=0):
    """Makes batches that do not stall on few cores.

    `fit` on arrays, and a default `tf.data` pipeline, can sit idle at the start of an
    epoch while tf.data tunes itself; here the tuning is off. Make new batches for each
    training: shuffled ones go on where the last training stopped.

    Args:
        x: Array of shape `(n, ...)`.
        y: Array of shape `(n, ...)`.
        batch_size: Integer, examples in a batch. The last batch may be smaller.
        shuffle: Whether each epoch draws a new order.
        seed: Integer, seeds the order.

    Returns:
        `(x, y)` batches, which `fit` takes on every backend: a `tf.data.Dataset`, or
        a `keras.utils.PyDataset` where TensorFlow is not installed. The two draw
        different orders from one seed.
    """
    if importlib.util.find_spec("tensorflow") is None:
        return _batches_without_tensorflow(x, y, batch_size, shuffle, seed)
    import tensorflow as tf

    dataset = tf.data.Dataset.from_tensor_slices((x, y))
    if shuffle:
        dataset = dataset.shuffle(len(x), seed=seed)
    options = tf.data.Options()
    options.autotune.enabled = False
    options.threading.private_threadpool_size = os.cpu_count() or 1
    return dataset.batch(batch_size).prefetch(2).with_options(options)


def _batches_without_tensorflow(x, y, batch_size, shuffle, seed):
    from keras.utils import PyDataset

    class Batches(PyDataset):
        def __init__(self):
            super().__init__()
            self.generator = np.random.default_rng(seed)
            self.order = np.arange(len(x))
            self.on_epoch_end()

        def __len__(self):
            return -(-len(x) // batch_size)

        def __getitem__(self, index):
            chosen = self.order[index * batch_size : (index + 1) * batch_size]
            return x[chosen], y[chosen]

        def on_epoch_end(self):
            if shuffle:
                self.generator.shuffle(self.order)

    return Batches()
