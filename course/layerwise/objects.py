"""Scenes of objects, drawn by a program, with boxes and a sentence.

Cars, houses, signs and balls in four colours on a noisy ground: small enough that a
detector and a writer of captions train on them in a minute.
"""

from typing import NamedTuple

import numpy as np

SIZE = 64
KINDS = ("car", "house", "sign", "ball")
COLORS = {
    "red": (206, 52, 44),
    "blue": (44, 96, 196),
    "green": (54, 150, 74),
    "yellow": (232, 196, 52),
}


class Thing(NamedTuple):
    """An object of a scene.

    Attributes:
        kind: One of `KINDS`.
        color: One of `COLORS`.
        box: Tuple of floats (top, left, bottom, right), in pixels.
    """

    kind: str
    color: str
    box: tuple


def draw(rng, count, allowed=None):
    """Draws a scene.

    Args:
        rng: `np.random.Generator`.
        count: Integer, number of objects, 1 to 5.
        allowed: Function from a kind and a colour to whether they may meet; all may if
            not given.

    Returns:
        Image, `uint8` of shape (64, 64, 3), and a list of `Thing`s.
    """
    ground = np.array((118, 122, 116)) + rng.uniform(-40, 40, 3)
    slope = np.linspace(-1, 1, SIZE) * rng.uniform(-25, 25)
    image = np.ones((SIZE, SIZE, 1)) * ground + slope[:, None, None]
    things, tries = [], 0
    while len(things) < count and tries < 200:
        tries += 1
        kind, color = rng.choice(KINDS), rng.choice(list(COLORS))
        if allowed is not None and not allowed(kind, color):
            continue
        wide = rng.uniform(13, 21)
        tall = wide * {"car": 0.6, "house": 1.0, "sign": 1.3, "ball": 1.0}[kind]
        wide = 0.75 * wide if kind == "sign" else wide
        top, left = rng.uniform(1, SIZE - tall - 1), rng.uniform(1, SIZE - wide - 1)
        box = top, left, top + tall, left + wide
        if all(_apart(box, other.box) for other in things):
            things.append(Thing(str(kind), str(color), box))
    for thing in things:
        _paint(image, thing, rng)
    image = image + rng.normal(0, 9, image.shape)
    return np.clip(image, 0, 255).astype("uint8"), things


def _apart(box, other, gap=2):
    """Whether two boxes leave a gap between them."""
    below = box[0] >= other[2] + gap or other[0] >= box[2] + gap
    return below or box[1] >= other[3] + gap or other[1] >= box[3] + gap


def _paint(image, thing, rng):
    top, left, bottom, right = thing.box
    y, x = np.mgrid[:SIZE, :SIZE] + 0.5
    v, u = (y - top) / (bottom - top), (x - left) / (right - left)
    paint = np.array(COLORS[thing.color]) + rng.uniform(-14, 14, 3)
    inside = (u > 0) & (u < 1) & (v > 0) & (v < 1)
    if thing.kind == "ball":
        image[np.hypot(u - 0.5, v - 0.5) < 0.5] = paint
        image[np.hypot(u - 0.36, v - 0.34) < 0.12] = 0.4 * paint + 150
    elif thing.kind == "house":
        image[inside & (v > 0.42) & (np.abs(u - 0.5) < 0.44)] = paint
        image[inside & (v < 0.46) & (np.abs(u - 0.5) < 0.5 * v / 0.45)] = 0.55 * paint
        image[inside & (v > 0.66) & (np.abs(u - 0.5) < 0.1)] = (60, 50, 44)
    elif thing.kind == "sign":
        image[inside & (np.abs(u - 0.5) < 0.08)] = (70, 70, 72)
        image[inside & (v < 0.6)] = paint
        image[inside & (v > 0.12) & (v < 0.48) & (np.abs(u - 0.5) < 0.36)] = 235
    else:
        image[inside & (v > 0.4) & (v < 0.85)] = paint
        image[inside & (v <= 0.45) & (np.abs(u - 0.5) < 0.3)] = 0.75 * paint
        wheels = np.abs(np.abs(u - 0.5) - 0.28) < 0.12
        image[inside & (v > 0.72) & wheels] = (24, 24, 26)


def scenes(count, seed=0, things=None, allowed=None):
    """Draws scenes.

    Args:
        count: Integer.
        seed: Integer.
        things: Integer, objects in each, or `None` for 1 to 4.
        allowed: As for `draw`.

    Returns:
        Images, `uint8` of shape (count, 64, 64, 3), and a list of lists of `Thing`s.
    """
    rng = np.random.default_rng(seed)
    pairs = [draw(rng, things or rng.integers(1, 5), allowed) for _ in range(count)]
    return np.stack([image for image, _ in pairs]), [found for _, found in pairs]


def sentence(things):
    """Says what is on a scene of two objects.

    Args:
        things: Two `Thing`s.

    Returns:
        String such as `"a red car left of a blue house"`. The relation is that of the
        larger distance; the object further left, or further up, comes first.
    """
    one, other = things
    down = (other.box[0] + other.box[2] - one.box[0] - one.box[2]) / 2
    right = (other.box[1] + other.box[3] - one.box[1] - one.box[3]) / 2
    if max(down, right, key=abs) < 0:
        one, other, down, right = other, one, -down, -right
    relation = "left of" if abs(right) >= abs(down) else "above"
    return f"a {one.color} {one.kind} {relation} a {other.color} {other.kind}"
