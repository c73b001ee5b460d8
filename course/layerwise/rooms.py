"""Bedrooms, drawn by a program: a small stand-in for the slides' photographs.

The lecture shows bedrooms that DCGAN drew after it had seen three million photographs
(LSUN). Here a program draws them: a wall, a floor, a bed, a window, a lamp, a picture.
"""

from pathlib import Path

import numpy as np

SIZE = 32


def rooms(count, seed=0):
    """Draws bedrooms.

    Args:
        count: Integer.
        seed: Integer.

    Returns:
        `uint8` array of shape (count, 32, 32, 3).
    """
    rng = np.random.default_rng(seed)
    return np.stack([_room(rng) for _ in range(count)])


def _room(rng):
    image = np.empty((SIZE, SIZE, 3), "float32")
    y, x = np.mgrid[:SIZE, :SIZE]
    floor = int(rng.integers(19, 23))
    wall = np.array((205, 190, 165)) + rng.uniform(-45, 30, 3)
    boards = np.array((134, 94, 60)) + rng.uniform(-30, 30)
    image[:floor], image[floor:] = wall, boards
    image[floor:][(y[floor:] - floor) % 4 == 3] *= 0.85
    # A corner: one wall is darker.
    corner = int(rng.choice([rng.integers(3, 8), rng.integers(24, 29)]))
    side = x[:floor] < corner if corner < 16 else x[:floor] >= corner
    image[:floor][side] *= 0.86
    left = bool(rng.integers(2))
    _window(image, rng, 20 if left else 4)
    _bed(image, rng, floor, 2 if left else 12)
    if rng.uniform() < 0.7:
        _lamp(image, rng, floor, 25 if left else 3)
    light = rng.uniform(0.8, 1.1) * (1 - 0.006 * (y - 8)[..., None])
    image = image * light + rng.normal(0, 3, image.shape)
    return np.clip(image, 0, 255).astype("uint8")


def _window(image, rng, column):
    column += int(rng.integers(0, 3))
    top, high, wide = int(rng.integers(3, 6)), int(rng.integers(7, 10)), 8
    image[top - 1 : top + high + 1, column - 1 : column + wide + 1] = (240, 236, 228)
    sky = np.array((150, 196, 236)) + rng.uniform(-30, 15)
    image[top : top + high, column : column + wide] = sky
    image[top : top + high, column + wide // 2] = (240, 236, 228)
    image[top + high // 2, column : column + wide] = (240, 236, 228)


def _bed(image, rng, floor, column):
    column += int(rng.integers(0, 3))
    wide, top = int(rng.integers(15, 18)), floor - int(rng.integers(1, 4))
    wood = np.array((96, 60, 36)) + rng.uniform(-20, 20)
    image[top - 5 : top + 7, column - 1 : column + wide + 1] = wood
    image[top - 1 : top + 7, column : column + wide] = (232, 230, 224)
    cover = rng.choice([(178, 54, 48), (52, 86, 150), (74, 124, 88), (196, 160, 80)])
    image[top + 2 : top + 7, column : column + wide] = cover + rng.uniform(-15, 15)
    image[top - 2 : top + 1, column + 2 : column + wide // 2 - 1] = (250, 250, 246)
    image[top - 2 : top + 1, column + wide // 2 + 1 : column + wide - 2] = (
        250,
        250,
        246,
    )


def _lamp(image, rng, floor, column):
    column += int(rng.integers(0, 2))
    top = floor - int(rng.integers(8, 11))
    image[top : floor + 2, column + 1] = (60, 54, 48)
    image[top : top + 3, column - 1 : column + 4] = (252, 222, 130)


def read_pictures(folder, size=SIZE):
    """Loads photographs, such as LSUN's bedrooms, for those who have them.

    Args:
        folder: String or `Path`; all JPEG and PNG files in it and below are read.
        size: Integer, pixels of a side; the middle square of each is scaled to it.

    Returns:
        `uint8` array of shape (n, size, size, 3).

    Raises:
        FileNotFoundError: If there is no such file in the folder.
    """
    from PIL import Image, ImageOps

    kinds = {".jpg", ".jpeg", ".png"}
    paths = sorted(p for p in Path(folder).rglob("*") if p.suffix.lower() in kinds)
    if not paths:
        raise FileNotFoundError(f"There are no JPEG or PNG files in {folder}")
    pictures = []
    for path in paths:
        with Image.open(path) as picture:
            square = ImageOps.fit(picture.convert("RGB"), (size, size))
        pictures.append(np.asarray(square))
    return np.stack(pictures)
