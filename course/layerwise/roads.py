"""Road scenes with labels, drawn by a program.

A street in true perspective: a flat road with lane markings and curves, pavements,
houses, trees and cars, by day, at dusk and in rain. Nearer things hide farther ones.
Each pixel knows its class, so a network for segmentation can be trained offline. The
same scene seen from further down the road is the next frame of a drive.

`read_folder` loads labelled photographs in the layout that CamVid is commonly
distributed in, for those who have them.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

CLASS_NAMES = ("sky", "road", "marking", "car", "building", "pavement", "tree")
SKY, ROAD, MARKING, CAR, BUILDING, PAVEMENT, TREE = range(7)
# How a class is painted in figures, red, green and blue from 0 to 255.
CLASS_COLORS = np.array(
    [
        (138, 180, 214),
        (110, 100, 116),
        (240, 228, 66),
        (213, 94, 0),
        (120, 74, 40),
        (204, 121, 167),
        (0, 125, 90),
    ],
    "uint8",
)
# Of cars: red, blue, white, black, yellow.
PAINTS = ((200, 40, 36), (36, 84, 180), (226, 226, 226), (30, 30, 36), (214, 176, 40))
WEATHERS = ("day", "dusk", "rain")
LABEL_MARKS = ("", "_L", "_P")  # what label files add to a picture's name
HEIGHT, WIDTH = 64, 96
# Half the road, the outer edge of the pavement and the line of houses, in the units of
# the image's width at the lower edge of the picture.
ROAD_EDGE, PAVEMENT_EDGE, HOUSES = 0.46, 0.72, 0.80
FAR = 14.0  # where the street ends; the lower edge of the picture is at distance 1


class Scene(NamedTuple):
    """What stands along a street.

    Attributes:
        seed: Integer, of the noise.
        weather: One of `WEATHERS`.
        horizon: Float, share of the height above the horizon.
        vanishing: Float, place of the vanishing point, share of the width.
        curve: Float, how far the road bends to the right at the horizon.
        houses: Two arrays (number, 4), left and right: start, height, two of colour.
        trees: Array (number, 3): distance, side (-1 or 1), size.
        cars: Array (number, 4): distance, place across the road, colour, speed.
    """

    seed: int
    weather: str
    horizon: float
    vanishing: float
    curve: float
    houses: tuple
    trees: np.ndarray
    cars: np.ndarray


def draw_scene(seed, weather=None, length=FAR):
    """Draws what stands along a street.

    Args:
        seed: Integer.
        weather: One of `WEATHERS`; drawn too if not given.
        length: Float, how long the street is; a drive needs a longer one.

    Returns:
        A `Scene`, for `render`.

    Raises:
        ValueError: If the weather is none of the three.
    """
    if weather is not None and weather not in WEATHERS:
        raise ValueError(
            f"weather must be one of {', '.join(WEATHERS)}. Received: {weather!r}"
        )
    rng = np.random.default_rng(seed)
    drawn = WEATHERS[rng.choice(3, p=(0.6, 0.2, 0.2))]
    houses = tuple(_houses(rng, length) for _ in range(2))
    density = length / FAR
    trees = np.stack(
        [
            rng.uniform(1.3, length, n := int(density * rng.integers(2, 9))),
            rng.choice([-1.0, 1.0], n),
            rng.uniform(0.7, 1.3, n),
        ],
        axis=1,
    )
    n = int(density * rng.integers(1, 7))
    lanes = rng.choice([-1.0, 1.0], n)
    cars = np.stack(
        [
            rng.uniform(1.15, 0.6 * length, n),
            lanes * rng.uniform(0.19, 0.27, n),
            rng.uniform(0, 1, n),
            np.where(lanes > 0, 0.10, -0.10) * rng.uniform(0.3, 1.0, n),
        ],
        axis=1,
    )
    return Scene(
        seed,
        weather or drawn,
        rng.uniform(0.34, 0.48),
        rng.uniform(0.38, 0.62),
        rng.uniform(-0.25, 0.25),
        houses,
        trees,
        cars,
    )


def _houses(rng, length):
    starts = np.cumsum(rng.uniform(0.35, 2.2, int(3 * length)))
    starts = starts[starts < length]
    heights = rng.uniform(0.45, 1.6, len(starts))
    heights[rng.uniform(size=len(starts)) < 0.3] = 0  # a gap
    return np.stack([starts, heights, *rng.uniform(0, 1, (2, len(starts)))], axis=1)


def render(scene, time=0.0, size=(HEIGHT, WIDTH)):
    """Takes a picture of a scene.

    Args:
        scene: A `Scene`.
        time: Float: how far the camera has gone, and the cars' clock.
        size: Tuple `(height, width)` in pixels.

    Returns:
        Image, `uint8` of shape (height, width, 3), and labels, `uint8` of shape
        (height, width), which index `CLASS_NAMES`.
    """
    height, width = size
    rng = np.random.default_rng((scene.seed, int(1000 * time)))
    image = np.zeros((height, width, 3), "float32")
    labels = np.zeros((height, width), "uint8")
    y, x = np.mgrid[:height, :width].astype("float32")
    y, x = (y + 0.5) / height, (x + 0.5) / width
    _sky(image, labels, scene, y, rng)
    _walls(image, labels, scene, x, y, time)
    _ground(image, labels, scene, x, y, time)
    things = [(row[0] - time, "tree", row) for row in scene.trees]
    things += [(row[0] + (row[3] - 1) * time, "car", row) for row in scene.cars]
    for z, kind, row in sorted(things, key=lambda thing: -thing[0]):
        if 1.02 < z < FAR:
            draw = _tree if kind == "tree" else _car
            draw(image, labels, scene, x, y, z, row)
    return _light(image, labels, scene, y, rng), labels


def _centre(scene, near):
    """Where the middle of the road is, for `near` = 1 / distance."""
    straight = scene.vanishing + (0.5 - scene.vanishing) * near
    return straight + scene.curve * (1 - near) ** 2


def _sky(image, labels, scene, y, rng):
    top, low = {
        "day": ((96, 154, 220), (206, 224, 240)),
        "dusk": ((44, 48, 104), (226, 140, 92)),
        "rain": ((120, 126, 134), (170, 174, 178)),
    }[scene.weather]
    part = np.clip(y / scene.horizon, 0, 1)[..., None]
    image[:] = (1 - part) * np.array(top) + part * np.array(low)
    labels[:] = SKY


def _walls(image, labels, scene, x, y, time):
    """Houses on both sides: a column of the picture meets the wall at one distance."""
    for side, houses in zip((-1, 1), scene.houses, strict=True):
        aside = side * (x[0] - scene.vanishing)
        near = np.clip(aside / HOUSES, 1 / FAR, None)  # 1 / distance
        place = 1 / near + time
        index = np.searchsorted(houses[:, 0], place, side="right") - 1
        house = houses[np.clip(index, 0, None)]
        tall = np.where((index >= 0) & (aside > HOUSES / FAR), house[:, 1], 0)
        foot = scene.horizon + (1 - scene.horizon) * near
        roof = scene.horizon - 0.42 * tall * near
        wall = (y > roof) & (y < foot) & (tall > 0)
        warm, bright = house[:, 2], house[:, 3]
        tone = np.stack([150 + 70 * warm, 130 + 20 * warm, 110 - 30 * warm], -1)
        tone = tone * (0.6 + 0.4 * bright[:, None])
        up = (foot - y) / np.maximum(foot - roof, 1e-3)
        window = (np.mod(up * 5, 1) > 0.45) & (np.mod(place * 4, 1) > 0.5)
        shade = np.where(window, 0.62, 1.0)
        image[wall] = (shade[..., None] * tone)[wall]
        labels[wall] = BUILDING


def _ground(image, labels, scene, x, y, time):
    near = (y - scene.horizon) / (1 - scene.horizon)
    below = near > 0
    near = np.clip(near, 1e-3, 1)
    place = 1 / near + time
    aside = (x - _centre(scene, near)) / near
    inside = below & (np.abs(x - scene.vanishing) < HOUSES * near)
    free = below & (labels == SKY) | inside
    image[free] = (158, 152, 150)
    slab = free & (np.mod(place * 6, 1) < 0.12)
    image[slab] = (140, 134, 132)
    labels[free] = PAVEMENT
    road = below & (np.abs(aside) < ROAD_EDGE)
    image[road] = (84, 84, 90)
    labels[road] = ROAD
    edge = road & (np.abs(np.abs(aside) - 0.42) < 0.018)
    middle = road & (np.abs(aside) < 0.016) & (np.mod(place * 1.6, 1) < 0.55)
    image[edge | middle] = (222, 220, 206)
    labels[edge | middle] = MARKING


def _paint(image, labels, mask, color, label):
    image[mask] = color
    labels[mask] = label


def _tree(image, labels, scene, x, y, z, row):
    _, side, size = row
    near = 1 / z
    foot = scene.horizon + (1 - scene.horizon) * near
    column = _centre(scene, near) + side * 0.60 * near
    tall = 0.42 * size * near
    trunk = (np.abs(x - column) < 0.012 * near + 0.004) & (y > foot - tall) & (y < foot)
    crown = ((x - column) / (0.12 * size * near)) ** 2
    crown = crown + ((y - foot + tall) / (0.24 * size * near)) ** 2 < 1
    _paint(image, labels, trunk, (88, 62, 44), TREE)
    _paint(image, labels, crown, (46, 104 + 30 * (size - 1), 52), TREE)
    light = crown & (x < column) & (y < foot - tall)
    image[light] = (68, 130, 64)


def _car(image, labels, scene, x, y, z, row):
    _, lane, color, _ = row
    near = 1 / z
    foot = scene.horizon + (1 - scene.horizon) * near
    column = _centre(scene, near) + lane * near
    wide, tall = 0.145 * near, 0.20 * near
    dx, up = np.abs(x - column), foot - y
    body = (dx < wide) & (up > 0.15 * tall) & (up < 0.62 * tall)
    roof = (dx < wide * (1.02 - 0.5 * (up / tall - 0.5))) & (up >= 0.6 * tall)
    roof &= up < tall
    wheels = (np.abs(dx - 0.75 * wide) < 0.16 * wide) & (up > 0) & (up < 0.3 * tall)
    paint = np.array(_hue(color))
    for part, tone in ((body, paint), (roof, 0.8 * paint), (wheels, (26, 26, 28))):
        _paint(image, labels, part, tone, CAR)
    glass = (dx < 0.7 * wide) & (up > 0.66 * tall) & (up < 0.92 * tall)
    image[glass] = (60, 78, 92)
    lamps = (np.abs(dx - 0.8 * wide) < 0.13 * wide) & (up > 0.42 * tall)
    lamps &= up < 0.55 * tall
    image[lamps] = (250, 240, 190) if lane < 0 else (200, 24, 24)


def _hue(value):
    return PAINTS[int(value * len(PAINTS)) % len(PAINTS)]


def _light(image, labels, scene, y, rng):
    """The weather over everything, and the camera's noise."""
    if scene.weather == "dusk":
        dark = labels != SKY
        image[dark] *= np.array((0.50, 0.46, 0.62))
    if scene.weather == "rain":
        image = 0.72 * image + 0.28 * 150
        streaks = rng.uniform(size=image.shape[:2]) < 0.02
        streaks |= np.roll(streaks, 1, axis=0) | np.roll(streaks, 2, axis=0)
        image[streaks] += 34
        wet = (labels == ROAD) & (np.sin(90 * y) > 0.6)
        image[wet] += 12
    # Exposure belongs to the scene: a drive does not flicker.
    exposure = np.random.default_rng(scene.seed).uniform(0.85, 1.12)
    image = image * exposure + rng.normal(0, 7, image.shape)
    return np.clip(image, 0, 255).astype("uint8")


def roads(count, seed=0, weather=None):
    """Draws pictures of streets with their labels.

    Args:
        count: Integer.
        seed: Integer; other seeds give other streets.
        weather: One of `WEATHERS`, or `None` for all of them.

    Returns:
        Images, `uint8` of shape (count, 64, 96, 3), and labels, `uint8` of shape
        (count, 64, 96).
    """
    images = np.empty((count, HEIGHT, WIDTH, 3), "uint8")
    labels = np.empty((count, HEIGHT, WIDTH), "uint8")
    for index in range(count):
        scene = draw_scene(seed * 1_000_003 + index, weather)
        images[index], labels[index] = render(scene)
    return images, labels


def drive(frames, seed=0, weather="day", speed=0.12):
    """Takes pictures along a street.

    Args:
        frames: Integer.
        seed: Integer.
        weather: One of `WEATHERS`.
        speed: Float, how far the camera goes between frames.

    Returns:
        Images and labels, as from `roads`.
    """
    scene = draw_scene(seed, weather, length=FAR + frames * speed)
    pairs = [render(scene, speed * index) for index in range(frames)]
    return tuple(np.stack(part) for part in zip(*pairs, strict=True))


def read_folder(folder, colors, size=(HEIGHT, WIDTH)):
    """Loads labelled photographs: `images/NAME.png` beside their labels.

    These are `labels/NAME.png`, or as in CamVid `labels/NAME_L.png` (in some copies
    `NAME_P.png`). Cityscapes needs its `leftImg8bit` and `gtFine` pictures copied under
    such names first.

    Args:
        folder: String or `Path`.
        colors: Dictionary from a label's colour (red, green, blue) to its class, an
            integer; for label pictures of one channel, from a grey value. What is not
            in it becomes 255, which losses and measures should ignore.
        size: Tuple `(height, width)`; pictures are scaled to it.

    Returns:
        Images, `uint8` (n, height, width, 3), and labels, `uint8` (n, height, width).

    Raises:
        FileNotFoundError: If there is no picture, or one has no labels.
    """
    from PIL import Image

    folder = Path(folder)
    paths = sorted((folder / "images").glob("*.png"))
    if not paths:
        raise FileNotFoundError(f"There are no pictures {folder}/images/*.png")
    images, labels = [], []
    for path in paths:
        names = [f"{path.stem}{mark}.png" for mark in LABEL_MARKS]
        found = [folder / "labels" / name for name in names]
        found = [beside for beside in found if beside.exists()]
        if not found:
            raise FileNotFoundError(
                f"{path} has no labels: {folder / 'labels'} has none of "
                + ", ".join(names)
            )
        with Image.open(path) as picture:
            scaled = picture.convert("RGB").resize(size[::-1], Image.Resampling.BOX)
        images.append(np.asarray(scaled))
        with Image.open(found[0]) as picture:
            # A mean of two labels would be a third one: take the nearest.
            picked = np.asarray(picture.resize(size[::-1], Image.Resampling.NEAREST))
        label = np.full(size, 255, "uint8")
        for color, number in colors.items():
            same = picked == color if picked.ndim == 2 else (picked == color).all(-1)
            label[same] = number
        labels.append(label)
    return np.stack(images), np.stack(labels)
