"""Films: frames in, an animated picture in the notebook out."""

import io

import numpy as np
from IPython.display import Image as Shown
from PIL import Image


def film(frames, seconds=0.1, scale=1, columns=None):
    """Makes an animated GIF that a notebook shows.

    Args:
        frames: `uint8` array of shape (frames, height, width, 3), or (frames, n,
            height, width, 3): n pictures in each frame, side by side.
        seconds: Float, how long a frame stays.
        scale: Integer, how often a pixel is repeated in both directions.
        columns: Integer, pictures in a row. All in one row if not given.

    Returns:
        An `IPython.display.Image`; its `data` are the file's bytes.

    Raises:
        ValueError: If the frames are not `uint8`, or have another shape.
    """
    frames = np.asarray(frames)
    if frames.dtype != np.uint8 or frames.ndim not in (4, 5) or frames.shape[-1] != 3:
        raise ValueError(
            "frames must be uint8 of shape (frames, height, width, 3) or (frames, n, "
            f"height, width, 3). Received: {frames.dtype} {frames.shape}"
        )
    if frames.ndim == 5:
        frames = np.stack([mosaic(pictures, columns) for pictures in frames])
    frames = frames.repeat(scale, axis=1).repeat(scale, axis=2)
    # One palette for all frames, from pixels of all of them: no flicker.
    some = frames.reshape(-1, 3)[:: max(1, frames.size // 3_000_000)]
    palette = Image.fromarray(some[None]).quantize(256)
    pictures = [Image.fromarray(f).quantize(palette=palette, dither=0) for f in frames]
    buffer = io.BytesIO()
    pictures[0].save(
        buffer,
        format="GIF",
        save_all=True,
        append_images=pictures[1:],
        duration=int(1000 * seconds),
        loop=0,
    )
    return Shown(data=buffer.getvalue(), format="gif")


def mosaic(pictures, columns=None, gap=1):
    """Lays pictures out in rows.

    Args:
        pictures: Array of shape (n, height, width, 3).
        columns: Integer, pictures in a row. All in one row if not given.
        gap: Integer, white pixels between pictures.

    Returns:
        Array of shape (all rows, all columns, 3).
    """
    pictures = np.asarray(pictures)
    columns = columns or len(pictures)
    n, height, width, _ = pictures.shape
    rows = -(-n // columns)
    high, wide = height + gap, width + gap
    sheet = np.full((rows * high - gap, columns * wide - gap, 3), 255, pictures.dtype)
    for index, picture in enumerate(pictures):
        top, left = index // columns * high, index % columns * wide
        sheet[top : top + height, left : left + width] = picture
    return sheet
