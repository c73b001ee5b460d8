"""Makes the Fashion-MNIST subset that ships inside `layerwise`.

Reads the full set from the folder of Debian's package `dataset-fashion-mnist` and keeps
the first 1,000 training and 200 test images of each class, in their original order, so
that the same arrays come out each time.

    python course/scripts/make_fashion_mnist.py
"""

import io
import zipfile

import numpy as np

from layerwise import data

PER_CLASS = {"train": 1000, "test": 200}


def first_of_each_class(x, y, count):
    """Returns the first `count` images of each class, in their original order."""
    indices = [np.flatnonzero(y == label)[:count] for label in range(10)]
    keep = np.sort(np.concatenate(indices))
    return x[keep][..., 0], y[keep].astype("uint8")


def main():
    train, test = data.fashion_mnist("debian")
    x_train, y_train = first_of_each_class(*train, PER_CLASS["train"])
    x_test, y_test = first_of_each_class(*test, PER_CLASS["test"])
    arrays = {
        "x_train": x_train,
        "y_train": y_train,
        "x_test": x_test,
        "y_test": y_test,
    }
    # np.savez_compressed stamps the time of day into the archive; this does not.
    with zipfile.ZipFile(data.SUBSET, "w") as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            buffer = io.BytesIO()
            np.save(buffer, array, allow_pickle=False)
            archive.writestr(entry, buffer.getvalue(), compresslevel=9)
    print(f"{data.SUBSET}: {data.SUBSET.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
