"""Receptive fields, measured: which input pixels reach one output pixel.

The gradient of an output pixel with respect to the input is zero wherever the input
cannot change it. So one step of backpropagation draws the receptive field, whatever the
network is made of.
"""

import numpy as np

from layerwise import checks


def influence(model, inputs=None, position=None, draws=8, seed=0):
    """Measures how strongly each input pixel moves one output pixel.

    Args:
        model: Built Keras model from images (batch, height, width, channels) to a map
            of the same rank.
        inputs: Array of images for `model`. Without it, images drawn from the normal
            distribution, for which the model's input size must be fixed.
        position: Pair of integers, the row and the column of the output pixel. Without
            it, the one in the middle (of an even size, the one after the middle).
        draws: Integer, images to draw.
        seed: Integer, of the images and of the output's direction.

    Returns:
        Array of shape (height, width): the absolute value of the gradient, averaged
        over the images and summed over the input's channels. The gradient is that of a
        random mixture of the output pixel's channels. ReLU and maximum pooling pass a
        gradient on along the paths that an image opens, and an average over several
        images sees more paths than one.

    Raises:
        ValueError: If the input size is open and no inputs are given, or the model's
            output is no map.
    """
    rng = np.random.default_rng(seed)
    shape = tuple(model.input_shape[1:])
    if inputs is None:
        if None in shape:
            raise ValueError(
                f"the model's input size is open {shape}: give `inputs`, or build the "
                "model for a fixed size"
            )
        inputs = rng.normal(size=(draws, *shape))
    inputs = np.asarray(inputs, "float32")
    if len(model.output_shape) != 4:
        raise ValueError(
            "the model must put out a map (batch, height, width, channels). Received: "
            f"{model.output_shape}"
        )
    mixture = rng.uniform(0.5, 1.5, model.output_shape[-1]).astype("float32")

    def pixel(x):
        y = model(x, training=False)
        row, column = position or (y.shape[1] // 2, y.shape[2] // 2)
        return y[:, row, column] * mixture

    return np.abs(checks.gradient(pixel, inputs)).sum(axis=-1).mean(axis=0)


def bounds(influence):
    """Finds the smallest box around all pixels that have any influence.

    Args:
        influence: Array of shape (height, width), from `influence`.

    Returns:
        Tuple of four integers: the first and the last row, the first and the last
        column.

    Raises:
        ValueError: If no pixel has any.
    """
    rows, columns = np.nonzero(influence)
    if not len(rows):
        raise ValueError("no input pixel moves the output: the gradient is zero")
    return tuple(
        int(edge) for edge in (rows.min(), rows.max(), columns.min(), columns.max())
    )


def field(influence):
    """Measures the receptive field: the size of the box of `bounds`.

    Args:
        influence: Array of shape (height, width), from `influence`.

    Returns:
        Pair of integers, height and width.
    """
    top, bottom, left, right = bounds(influence)
    return bottom - top + 1, right - left + 1


def core(influence, share=0.9):
    """Finds how small a square in the middle holds most of the influence.

    Args:
        influence: Array of shape (height, width), from `influence`.
        share: Float, part of the sum that the square must hold.

    Returns:
        Integer, the side of the smallest square of odd side around the centre of the
        field that holds the share.
    """
    top, bottom, left, right = bounds(influence)
    row, column = (top + bottom) // 2, (left + right) // 2
    wanted = share * influence.sum()
    for reach in range(max(influence.shape)):
        rows = slice(max(row - reach, 0), row + reach + 1)
        columns = slice(max(column - reach, 0), column + reach + 1)
        if influence[rows, columns].sum() >= wanted:
            break
    return 2 * reach + 1
