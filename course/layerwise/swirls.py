"""A painting of swirls, drawn by a program: a style that needs no licence.

Line integral convolution (Cabral and Leedom, 1993, SIGGRAPH): noise is smeared along
the lines of a field, so that each line becomes a brush stroke.
"""

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates

# From the deepest shadow to a light, red, green and blue from 0 to 255.
COLORS = np.array(
    [
        (12, 22, 66),
        (26, 58, 128),
        (52, 104, 176),
        (122, 170, 206),
        (222, 214, 150),
        (250, 206, 70),
        (246, 166, 34),
    ],
    "float32",
)


def swirls(height=256, width=256, seed=0, count=7):
    """Paints whirls in blues and yellows.

    Args:
        height: Integer, pixels.
        width: Integer, pixels.
        seed: Integer.
        count: Integer, number of whirls; each has a light at its centre.

    Returns:
        `float32` array of shape (height, width, 3), 0 to 255.
    """
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width].astype("float32")
    side = min(height, width)
    # A wind from left to right that waves, and whirls in it.
    down, right = 0.35 * np.sin(2.5 * np.pi * x / side + 0.02 * y), np.ones_like(x)
    light = np.zeros_like(x)
    centres = _apart(rng, count, height, width)
    for index, (row, column) in enumerate(centres):
        radius = side * rng.uniform(0.09, 0.16)
        dy, dx = (y - row) / radius, (x - column) / radius
        pull = 4.5 * np.exp(-(dx**2 + dy**2) / 2) * (-1) ** index
        down, right = down + pull * dx, right - pull * dy
        ring = np.sqrt(dx**2 + dy**2)
        light += np.exp(-3 * ring**2) + 0.45 * np.exp(-6 * (ring - 1.1) ** 2)
    length = np.sqrt(down**2 + right**2) + 1e-6
    field = np.stack([down / length, right / length])
    grain = side / 256
    fine = _smear(rng.normal(size=(height, width)), field, 1.0 * grain, 14)
    broad = _smear(rng.normal(size=(height, width)), field, 2.2 * grain, 26)
    shade = 1.5 + 0.8 * broad + 0.4 * fine + 3.8 * np.minimum(light, 1.1)
    shade = np.clip(shade, 0, len(COLORS) - 1.001)
    lower = shade.astype(int)
    part = (shade - lower)[..., None]
    painted = (1 - part) * COLORS[lower] + part * COLORS[lower + 1]
    painted += 12 * fine[..., None]
    return np.clip(painted, 0, 255).astype("float32")


def _apart(rng, count, height, width):
    """Draws places, each the farthest from the others of a few tries."""
    places = [rng.uniform(0.15, 0.85, 2) * (height, width)]
    while len(places) < count:
        tries = rng.uniform(0.05, 0.95, (12, 2)) * (height, width)
        gaps = [min(np.linalg.norm(one - p) for p in places) for one in tries]
        places.append(tries[int(np.argmax(gaps))])
    return places


def _smear(noise, field, grain, steps):
    """Averages noise along the field's lines, both ways; mean 0, deviation 1."""
    noise = gaussian_filter(noise, grain)
    total = noise.copy()
    start = np.mgrid[: noise.shape[0], : noise.shape[1]].astype("float64")
    for sign in (1, -1):
        place = start.copy()
        for _ in range(steps):
            step = [map_coordinates(f, place, order=1, mode="nearest") for f in field]
            place += sign * 1.2 * np.stack(step)
            total += map_coordinates(noise, place, order=1, mode="mirror")
    return (total - total.mean()) / total.std()
