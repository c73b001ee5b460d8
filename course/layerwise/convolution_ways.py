"""One convolution computed in several ways, and what each of them multiplies.

Stride 1, no padding, one image: an image is (height, width, channels), a kernel is
(size, size, channels, filters), and the result (rows, columns, filters).
"""

import numpy as np
from keras import ops

from layerwise import backends


def three_loops(x, filters):
    """Computes each number of the result by a small call of its own.

    Args:
        x: Array (height, width, channels).
        filters: Array (filters, size, size, channels); a filter may lie in one piece.

    Returns:
        Array (rows, columns, filters).
    """
    size = filters.shape[1]
    out = np.empty((len(x) - size + 1, x.shape[1] - size + 1, len(filters)), x.dtype)
    for i, j, f in np.ndindex(*out.shape):
        out[i, j, f] = np.sum(x[i : i + size, j : j + size] * filters[f])
    return out


def each_window(x, kernel):
    """Computes all filters at one window by one product, window after window.

    Args:
        x: Array (height, width, channels).
        kernel: Array (size, size, channels, filters).

    Returns:
        Array (rows, columns, filters).
    """
    size, filters = len(kernel), kernel.shape[-1]
    columns = kernel.reshape(-1, filters)
    out = np.empty((len(x) - size + 1, x.shape[1] - size + 1, filters), x.dtype)
    for i, j in np.ndindex(*out.shape[:2]):
        out[i, j] = x[i : i + size, j : j + size].reshape(-1) @ columns
    return out


def all_windows(x, kernel):
    """Puts windows into rows and filters into columns, for one product in all.

    Args:
        x: Array (height, width, channels).
        kernel: Array (size, size, channels, filters).

    Returns:
        Array (rows, columns, filters).
    """
    size, filters = len(kernel), kernel.shape[-1]
    rows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(0, 1))
    shape = rows.shape[:2]
    # (rows, columns, channels, size, size) -> channels last, as the kernel has them
    rows = rows.transpose(0, 1, 3, 4, 2).reshape(shape[0] * shape[1], -1)
    return (rows @ kernel.reshape(-1, filters)).reshape(*shape, filters)


def winograd(d, g):
    """Computes two outputs of a filter of three, with four products in place of six.

    Args:
        d: Sequence of four numbers.
        g: Sequence of three, the filter.

    Returns:
        Pair of numbers.

    Source: A. Lavin, S. Gray, *Fast Algorithms for Convolutional Neural Networks*,
    2015, arXiv:1509.09308, section 4.1.
    """
    m1 = (d[0] - d[2]) * g[0]
    m2 = (d[1] + d[2]) * (g[0] + g[1] + g[2]) / 2
    m3 = (d[2] - d[1]) * (g[0] - g[1] + g[2]) / 2
    m4 = (d[1] - d[3]) * g[2]
    return m1 + m2 + m3, m2 - m3 - m4


def direct_products(side, size, stride, channels, filters):
    """Counts the multiplications of a convolution as it is defined.

    Args:
        side: Integer, rows and columns of the image, its padding included.
        size: Integer, side of the square kernel.
        stride: Integer.
        channels: Integer.
        filters: Integer.

    Returns:
        Integer.
    """
    outputs = (side - size) // stride + 1
    return outputs**2 * size**2 * channels * filters


def fourier_products(side, channels, filters):
    """Counts the multiplications by way of a Fourier transform of P×P points.

    P is a power of two. A product of two spectra gives the outputs at all positions,
    whatever the stride: it does not depend on it, nor on the kernel's size. The
    transforms of kernels are not counted.

    Args:
        side: Integer, rows and columns of the image, its padding included.
        channels: Integer.
        filters: Integer.

    Returns:
        Float: four real products for each complex one, for half of the frequencies, and
        2·P²·log₂ P for each transform.
    """
    points = 2 ** int(np.ceil(np.log2(side)))
    transforms = (channels + filters) * 2 * points**2 * np.log2(points)
    return 4 * channels * filters * points * (points // 2 + 1) + transforms


def compiled_gradient(part):
    """Compiles the gradient of a model's summed outputs.

    Args:
        part: Keras model.

    Returns:
        Function of an input to a tuple: the gradient by the input, and by each of the
        trainable weights.
    """
    weights = part.trainable_variables

    def gradient(x):
        return tuple(
            backends.differentiate(lambda x: ops.sum(part(x)), [x], weights)[1]
        )

    return backends.compiled(gradient, weights)
