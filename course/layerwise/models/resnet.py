"""Residual networks (He, Zhang, Ren and Sun, 2015, arXiv:1512.03385).

Blocks and stages are functions from a tensor to a tensor, in Keras's functional style.
Tensors are channels-last: (batch, height, width, channels).
"""

import keras
from keras import layers

# Blocks in each stage (Table 1 of the paper), and which block they are made of.
IMAGENET_DEPTHS = {
    18: ("basic", (2, 2, 2, 2)),
    34: ("basic", (3, 4, 6, 3)),
    50: ("bottleneck", (3, 4, 6, 3)),
    101: ("bottleneck", (3, 4, 23, 3)),
    152: ("bottleneck", (3, 8, 36, 3)),
}
# What keras.applications writes, so that its weights give the same outputs here.
EPSILON = 1.001e-5


def conv_bn(
    x, filters, kernel_size, strides=1, relu=True, use_bias=False, momentum=0.9
):
    """Convolution, batch normalisation and, unless told otherwise, ReLU.

    Args:
        x: Tensor of shape (batch, height, width, channels).
        filters: Integer, output channels.
        kernel_size: Integer, side of the square kernel.
        strides: Integer, step of the kernel in both directions.
        relu: Whether ReLU follows.
        use_bias: Whether the convolution has a bias, which the normalisation's own
            offset makes superfluous.
        momentum: Float, of the moving statistics. Keras's default of 0.99 needs
            hundreds of steps to settle; 0.9 suits short trainings.

    Returns:
        Tensor of shape (batch, height / strides, width / strides, filters).
    """
    x = layers.Conv2D(
        filters,
        kernel_size,
        strides,
        padding="same",
        use_bias=use_bias,
        kernel_initializer="he_normal",
    )(x)
    x = layers.BatchNormalization(momentum=momentum, epsilon=EPSILON)(x)
    return layers.ReLU()(x) if relu else x


def shortcut(x, filters, strides=1, use_bias=False, momentum=0.9):
    """The path past the block: the identity where shapes agree, else a projection.

    Args:
        x: Tensor of shape (batch, height, width, channels).
        filters: Integer, channels that the block puts out.
        strides: Integer, the block's stride.
        use_bias: Whether the projection has a bias.
        momentum: Float, of the projection's moving statistics.

    Returns:
        `x` itself, or a 1×1 projection of it with the block's output shape (option B
        in section 3.3 of the paper).
    """
    if strides == 1 and x.shape[-1] == filters:
        return x
    return conv_bn(x, filters, 1, strides, False, use_bias, momentum)


def basic_block(x, filters, strides=1, use_bias=False, momentum=0.9, residual=True):
    """Two 3×3 convolutions, and the input added to what they make: F(x) + x.

    Args:
        x: Tensor of shape (batch, height, width, channels).
        filters: Integer, channels of both convolutions.
        strides: Integer, of the first convolution.
        use_bias: Whether convolutions have a bias.
        momentum: Float, of the moving statistics.
        residual: Whether the shortcut is there. Without it this is the plain block
            with the same convolutions.

    Returns:
        Tensor of shape (batch, height / strides, width / strides, filters). Source:
        Figure 5, left, of He et al. (2015).
    """
    y = conv_bn(x, filters, 3, strides, True, use_bias, momentum)
    y = conv_bn(y, filters, 3, 1, False, use_bias, momentum)
    if residual:
        y = layers.Add()([shortcut(x, filters, strides, use_bias, momentum), y])
    return layers.ReLU()(y)


def bottleneck_block(x, filters, strides=1, use_bias=True, momentum=0.99):
    """1×1 down, 3×3, 1×1 up to four times the filters, plus the shortcut.

    The stride is in the first 1×1 convolution, as in the paper and in
    `keras.applications`.

    Args:
        x: Tensor of shape (batch, height, width, channels).
        filters: Integer, channels of the 3×3 convolution.
        strides: Integer, of the first convolution.
        use_bias: Whether convolutions have a bias.
        momentum: Float, of the moving statistics.

    Returns:
        Tensor of shape (batch, height / strides, width / strides, 4 * filters).
        Source: Figure 5, right, of He et al. (2015).
    """
    side = shortcut(x, 4 * filters, strides, use_bias, momentum)
    y = conv_bn(x, filters, 1, strides, True, use_bias, momentum)
    y = conv_bn(y, filters, 3, 1, True, use_bias, momentum)
    y = conv_bn(y, 4 * filters, 1, 1, False, use_bias, momentum)
    return layers.ReLU()(layers.Add()([side, y]))


def stage(x, block, filters, num_blocks, strides=1, **options):
    """Blocks in a row, of which the first may halve the image.

    Args:
        x: Tensor of shape (batch, height, width, channels).
        block: `basic_block` or `bottleneck_block`.
        filters: Integer, given to each block.
        num_blocks: Integer, at least 1.
        strides: Integer, of the first block; the others have stride 1.
        **options: Further arguments of the block.

    Returns:
        Tensor, the last block's output.
    """
    x = block(x, filters, strides, **options)
    for _ in range(num_blocks - 1):
        x = block(x, filters, **options)
    return x


def resnet(depth, input_shape=(224, 224, 3), num_classes=1000):
    """A ResNet for ImageNet (Table 1 of the paper).

    Args:
        depth: Integer, 18, 34, 50, 101 or 152. From 50 on, the weights of the model of
            the same depth in `keras.applications` fit: `set_weights` takes them.
        input_shape: Tuple `(height, width, channels)`.
        num_classes: Integer.

    Returns:
        A `keras.Model` from images (batch, height, width, channels) to probabilities
        (batch, num_classes).

    Raises:
        ValueError: If `depth` is none of the five.
    """
    if depth not in IMAGENET_DEPTHS:
        raise ValueError(
            f"depth must be one of {', '.join(map(str, IMAGENET_DEPTHS))}. "
            f"Received: {depth!r}"
        )
    kind, blocks = IMAGENET_DEPTHS[depth]
    if kind == "basic":
        block, options = basic_block, {"use_bias": False, "momentum": 0.99}
    else:
        block, options = bottleneck_block, {"use_bias": True, "momentum": 0.99}
    inputs = keras.Input(input_shape)
    # Padding by hand: "same" would pad an even image on one side only.
    x = layers.ZeroPadding2D(3)(inputs)
    x = layers.Conv2D(
        64, 7, 2, use_bias=options["use_bias"], kernel_initializer="he_normal"
    )(x)
    x = layers.BatchNormalization(epsilon=EPSILON)(x)
    x = layers.ReLU()(x)
    x = layers.ZeroPadding2D(1)(x)
    x = layers.MaxPooling2D(3, 2)(x)
    for index, num_blocks in enumerate(blocks):
        strides = 1 if index == 0 else 2
        x = stage(x, block, 64 * 2**index, num_blocks, strides, **options)
    x = layers.GlobalAveragePooling2D()(x)
    outputs = layers.Dense(num_classes, activation="softmax")(x)
    return keras.Model(inputs, outputs, name=f"resnet{depth}")


def small_resnet(
    n, input_shape=(28, 28, 1), num_classes=10, filters=16, residual=True, strides=1
):
    """The ResNet-(6n+2) family for small images (section 4.2 of the paper).

    One convolution, three stages of `n` basic blocks each, global average pooling and
    a dense layer: 6n + 2 layers with weights. Where shapes change the shortcut is a
    projection; the paper pads with zeros there, which saves 2,752 trainable weights.

    Args:
        n: Integer, blocks in a stage: 3 gives ResNet-20, 9 gives ResNet-56.
        input_shape: Tuple `(height, width, channels)`, such as (28, 28, 1) or
            (32, 32, 3).
        num_classes: Integer.
        filters: Integer, of the first stage; the next have twice and four times that.
        residual: Whether the shortcuts are there; without them this is the plain
            network of the same depth.
        strides: Integer, of the first convolution. 2 makes everything after it four
            times cheaper.

    Returns:
        A `keras.Model` from images (batch, height, width, channels) to logits
        (batch, num_classes).

    Raises:
        ValueError: If `n` is less than 1.
    """
    if n < 1:
        raise ValueError(f"n must be at least 1. Received: {n!r}")
    inputs = keras.Input(input_shape)
    x = conv_bn(inputs, filters, 3, strides)
    for index in range(3):
        first = 1 if index == 0 else 2
        x = stage(x, basic_block, filters * 2**index, n, first, residual=residual)
    x = layers.GlobalAveragePooling2D()(x)
    kind = "resnet" if residual else "plain"
    return keras.Model(inputs, layers.Dense(num_classes)(x), name=f"{kind}{6 * n + 2}")
