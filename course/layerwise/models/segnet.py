"""SegNet (Badrinarayanan, Kendall and Cipolla, 2015, arXiv:1511.00561).

An encoder halves the picture again and again and remembers where each maximum was; a
decoder puts values back to these places. Tensors are channels-last: (batch, height,
width, channels).
"""

import keras
from keras import layers, ops

from layerwise.models import resnet

DECODERS = ("indices", "upsampling", "skips")


def corners(x):
    """Takes the four members of every window of 2×2, in reading order.

    Args:
        x: Tensor of shape (batch, height, width, channels), height and width even.

    Returns:
        List of four tensors of shape (batch, height / 2, width / 2, channels).
    """
    return [x[:, row::2, column::2] for row in (0, 1) for column in (0, 1)]


def from_corners(parts):
    """Puts windows together again: the inverse of `corners`."""
    _, height, width, channels = parts[0].shape
    rows = [
        ops.reshape(ops.stack(pair, axis=3), (-1, height, 2 * width, channels))
        for pair in (parts[:2], parts[2:])
    ]
    return ops.reshape(ops.stack(rows, axis=2), (-1, 2 * height, 2 * width, channels))


@keras.saving.register_keras_serializable(package="layerwise")
class MaxPoolWithIndices(layers.Layer):
    """Max pooling of 2×2 that also tells which of the four was the largest.

    Source: Badrinarayanan, Kendall and Cipolla (2015), section 3, Figure 3.

    It returns `(pooled, indices)`, both (batch, height / 2, width / 2, channels);
    indices are 0 to 3, in reading order. Of equal values the first counts.
    """

    def call(self, x):
        """Pools (batch, height, width, channels); height and width are even."""
        pooled = ops.max_pool(x, 2, 2)
        indices = ops.full_like(pooled, 3, dtype="int32")
        for place, part in list(enumerate(corners(x)))[2::-1]:
            indices = ops.where(part == pooled, place, indices)
        return pooled, indices

    def compute_output_spec(self, x):
        """Returns shapes and dtypes of both results."""
        batch, height, width, channels = x.shape
        half = (batch, height // 2, width // 2, channels)
        return keras.KerasTensor(half, x.dtype), keras.KerasTensor(half, "int32")


@keras.saving.register_keras_serializable(package="layerwise")
class MaxUnpool(layers.Layer):
    """Puts each value where its maximum was, and zeros around it."""

    def call(self, x, indices):
        """Unpools; both are (batch, height, width, channels)."""
        return from_corners([ops.where(indices == p, x, 0) for p in range(4)])

    def compute_output_spec(self, x, indices):
        """Returns shape and dtype of the result."""
        batch, height, width, channels = x.shape
        return keras.KerasTensor((batch, 2 * height, 2 * width, channels), x.dtype)


def segnet(
    input_shape=(64, 96, 3), num_classes=7, filters=(16, 32, 64, 64), decoder="indices"
):
    """A small SegNet: one convolution of 3×3 at each size, down and up again.

    All three decoders have the same weights in number and shape. Of the paper's
    networks SegNet-Basic is the closest: four encoders and four decoders, there with
    kernels of 7×7, 64 filters throughout and no ReLU in the decoder (section 3.1).
    SegNet itself has the 13 convolutions of VGG-16 as its encoder.

    Args:
        input_shape: Tuple `(height, width, channels)`; both sizes must be divisible by
            two as often as there are filters.
        num_classes: Integer.
        filters: Tuple of integers, filters at each size.
        decoder: `"indices"` is SegNet's. `"upsampling"` repeats each value four times
            instead. `"skips"` does that and adds what the encoder had at that size, as
            LinkNet does (Chaurasia and Culurciello, 2017, arXiv:1707.03718).

    Returns:
        A `keras.Model` from images, 0 to 255, (batch, height, width, channels) to
        logits (batch, height, width, num_classes).

    Raises:
        ValueError: If the decoder is none of the three.
    """
    if decoder not in DECODERS:
        raise ValueError(
            f"decoder must be one of {', '.join(DECODERS)}. Received: {decoder!r}"
        )
    inputs = keras.Input(input_shape)
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    remembered = []
    for width in filters:
        x = resnet.conv_bn(x, width, 3)
        if decoder == "indices":
            pooled, indices = MaxPoolWithIndices()(x)
        else:
            pooled, indices = layers.MaxPooling2D(2)(x), None
        remembered.append((x, indices))
        x = pooled
    below = (filters[0], *filters[:-1])
    for (before, indices), width in zip(remembered[::-1], below[::-1], strict=True):
        if decoder == "indices":
            x = MaxUnpool()(x, indices)
        else:
            x = layers.UpSampling2D(2)(x)
        if decoder == "skips":
            x = layers.Add()([x, before])
        x = resnet.conv_bn(x, width, 3)
    logits = layers.Conv2D(num_classes, 1)(x)
    return keras.Model(inputs, logits, name=f"segnet_{decoder}")
