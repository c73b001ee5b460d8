"""Colour photographs that scikit-image, scikit-learn and Matplotlib bring along.

They lie on the disk: nothing is downloaded. Each has the ImageNet classes that a
careful annotator would accept for it, chosen by looking at the photograph and the list
of classes, not at a classifier's answers.
"""

from importlib import resources
from typing import NamedTuple

import numpy as np


class Photograph(NamedTuple):
    """A photograph and what is on it.

    Attributes:
        package: String, where the file lies.
        file: String, its name there.
        shows: String, what a person sees.
        classes: Tuple of integers, ImageNet's classes that are right. Empty if the
            subject is none of the 1000.
    """

    package: str
    file: str
    shows: str
    classes: tuple


SKIMAGE, SKLEARN = "skimage.data", "sklearn.datasets.images"
PHOTOGRAPHS = {
    # Cats: tabby, tiger cat, Egyptian cat.
    "chelsea": Photograph(SKIMAGE, "chelsea.png", "a cat", (281, 282, 285)),
    # Espresso, cup.
    "coffee": Photograph(SKIMAGE, "coffee.png", "a cup of coffee", (967, 968)),
    "china": Photograph(SKLEARN, "china.jpg", "a palace", (698,)),
    # Missile, projectile: ImageNet has no other rockets.
    "rocket": Photograph(SKIMAGE, "rocket.jpg", "a rocket", (657, 744)),
    # Moped, motor scooter: ImageNet has no larger ones.
    "motorcycle": Photograph(
        SKIMAGE, "motorcycle_left.png", "a motorcycle", (665, 670)
    ),
    "hopper": Photograph(
        "matplotlib",
        "mpl-data/sample_data/grace_hopper.jpg",
        "an officer in uniform",
        (652,),
    ),
    "flower": Photograph(SKLEARN, "flower.jpg", "a dahlia", ()),
    "astronaut": Photograph(SKIMAGE, "astronaut.png", "an astronaut", ()),
}


def names():
    """Lists the photographs.

    Returns:
        Tuple of strings, which `photograph` takes.
    """
    return tuple(PHOTOGRAPHS)


def photograph(name, size=None):
    """Reads one photograph.

    Args:
        name: String, one of `names()`.
        size: Integer, pixels of a side; the largest square in the middle is cut out and
            resized. The whole photograph as it is, if not given.

    Returns:
        `uint8` array of shape (size, size, 3), or (height, width, 3).

    Raises:
        ValueError: If there is no photograph of that name.
        FileNotFoundError: If the package that should bring it along does not.
    """
    from PIL import Image

    if name not in PHOTOGRAPHS:
        raise ValueError(
            f"name must be one of {', '.join(names())}. Received: {name!r}"
        )
    entry = PHOTOGRAPHS[name]
    path = resources.files(entry.package) / entry.file
    if not path.is_file():
        raise FileNotFoundError(
            f"{entry.package} lacks {entry.file}. Install scikit-image, scikit-learn "
            "and Matplotlib again."
        )
    with path.open("rb") as file, Image.open(file) as opened:
        image = opened.convert("RGB")
    if size is not None:
        image = image.resize((size, size), Image.Resampling.BICUBIC, _middle(image))
    return np.array(image)


def _middle(image):
    """Returns the box of the largest square in the middle of a picture."""
    side = min(image.size)
    left, top = ((length - side) // 2 for length in image.size)
    return left, top, left + side, top + side


def photographs(size=224):
    """Reads all photographs as squares.

    Args:
        size: Integer, pixels of a side.

    Returns:
        `uint8` array of shape (n, size, size, 3), in the order of `names()`.
    """
    return np.stack([photograph(name, size) for name in names()])


def crops(images, size, batch_size, rng):
    """Cuts squares out of pictures, and mirrors half of them.

    Args:
        images: Array of shape (n, height, width, 3).
        size: Integer, pixels of a side.
        batch_size: Integer.
        rng: `numpy.random.Generator`, draws the pictures, the places and the mirroring.

    Returns:
        Array of shape (batch_size, size, size, 3), of the dtype of `images`.
    """
    cut = []
    for index in rng.integers(len(images), size=batch_size):
        image = images[index]
        top, left = (rng.integers(side - size + 1) for side in image.shape[:2])
        square = image[top : top + size, left : left + size]
        cut.append(square[:, :: rng.choice((-1, 1))])
    return np.stack(cut)


def piece(image, rng):
    """Cuts out a square of 30 to 80 % of the side, perhaps mirrors it; resizes it.

    Args:
        image: Array of shape (224, 224, 3), 0 to 255.
        rng: `numpy.random.Generator`, draws the size, the place and the mirroring.

    Returns:
        `float32` array of shape (224, 224, 3), 0 to 255.
    """
    from keras import ops

    side = int(224 * rng.uniform(0.3, 0.8))
    top, left = rng.integers(0, 224 - side, 2)
    # Columns backwards: the last axis is that of the colours.
    cut = image[top : top + side, left : left + side][:, :: rng.choice((-1, 1))]
    large = ops.image.resize(cut.astype("float32"), (224, 224), "bicubic")
    return np.clip(ops.convert_to_numpy(large), 0, 255)
