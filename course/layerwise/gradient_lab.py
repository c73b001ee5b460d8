"""What is left of a gradient behind many layers, before any training.

A stack of 3×3 convolutions with 16 channels, plain or residual, as the basic blocks of
`layerwise.models.resnet` have them.
"""

import keras
import numpy as np
from keras import ops

from layerwise import checks
from layerwise.models.resnet import EPSILON


def leave(x):
    """No normalisation: returns its input.

    Args:
        x: Tensor.

    Returns:
        The same tensor.
    """
    return x


def normalise(x):
    """What batch normalisation computes before it has learned anything.

    Args:
        x: Tensor of shape (batch, height, width, channels).

    Returns:
        Tensor of the same shape, each channel with mean 0 and variance 1.
    """
    mean, variance = ops.moments(x, (0, 1, 2), keepdims=True)
    return (x - mean) / ops.sqrt(variance + EPSILON)


def through(x, kernels, residual, norm):
    """Basic blocks in a row, two kernels each.

    Args:
        x: Tensor of shape (batch, height, width, channels).
        kernels: List of tensors of shape (3, 3, channels, channels), an even number.
        residual: Whether the shortcuts are there.
        norm: `leave` or `normalise`.

    Returns:
        Tensor of the shape of `x`.
    """
    for first, second in zip(kernels[::2], kernels[1::2], strict=True):
        y = ops.relu(norm(ops.conv(x, first, padding="same")))
        y = norm(ops.conv(y, second, padding="same"))
        x = ops.relu(x + y if residual else y)
    return x


def gradient_norm(seed, depth, initializer, residual, norm):
    """Measures ‖dL/dx‖ through `depth` layers, where ‖dL/dy‖ is 1.

    Args:
        seed: Integer, of input, direction and weights.
        depth: Even integer, convolutions.
        initializer: Class of `keras.initializers`.
        residual: Whether the shortcuts are there.
        norm: `leave` or `normalise`.

    Returns:
        Float.
    """
    rng = np.random.default_rng(seed)
    x = np.maximum(rng.normal(size=(8, 16, 16, 16)), 0).astype("float32")
    direction = rng.normal(size=x.shape).astype("float32")
    direction /= np.linalg.norm(direction)
    draw = initializer(seed=keras.random.SeedGenerator(seed))
    kernels = [draw((3, 3, 16, 16)) for _ in range(depth)]
    return np.linalg.norm(
        checks.gradient(lambda v: through(v, kernels, residual, norm) * direction, x)
    )
