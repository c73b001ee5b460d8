"""GoogLeNet and its inception block (Szegedy et al., 2014, arXiv:1409.4842).

Blocks are functions from a tensor to a tensor, in Keras's functional style. Tensors are
channels-last: (batch, height, width, channels).
"""

import keras
from keras import layers

from layerwise.models.alexnet import LocalResponseNormalization

# Filters of each block (Table 1 of the paper), branch by branch: the 1×1; the 1×1 that
# reduces and the 3×3; the 1×1 that reduces and the 5×5; the 1×1 behind the pooling.
INCEPTION = {
    "3a": (64, (96, 128), (16, 32), 32),
    "3b": (128, (128, 192), (32, 96), 64),
    "4a": (192, (96, 208), (16, 48), 64),
    "4b": (160, (112, 224), (24, 64), 64),
    "4c": (128, (128, 256), (24, 64), 64),
    "4d": (112, (144, 288), (32, 64), 64),
    "4e": (256, (160, 320), (32, 128), 128),
    "5a": (256, (160, 320), (32, 128), 128),
    "5b": (384, (192, 384), (48, 128), 128),
}
# The smallest image whose blocks 4a to 4e are 5×5, as the auxiliary heads need it.
SMALLEST_SIDE = 65


def conv(x, filters, kernel_size, strides=1, norm=False, name=None):
    """Convolution that keeps the size at stride 1, and ReLU.

    Args:
        x: Tensor of shape (batch, height, width, channels).
        filters: Integer, output channels.
        kernel_size: Integer, side of the square kernel.
        strides: Integer, step of the kernel in both directions.
        norm: Whether batch normalisation comes between. It is younger than GoogLeNet;
            short trainings need it.
        name: String, the convolution's name; the normalisation's ends in `_norm`.

    Returns:
        Tensor of shape (batch, height / strides, width / strides, filters).
    """
    x = layers.Conv2D(
        filters,
        kernel_size,
        strides,
        padding="same",
        use_bias=not norm,
        kernel_initializer="he_normal",
        name=name,
    )(x)
    if norm:
        x = layers.BatchNormalization(momentum=0.9, name=name and f"{name}_norm")(x)
    return layers.ReLU()(x)


def naive_block(x, filters, norm=False, name=None):
    """The block without reductions: 1×1, 3×3, 5×5 and pooling, side by side.

    Args:
        x: Tensor of shape (batch, height, width, channels).
        filters: Three integers, of the 1×1, the 3×3 and the 5×5 convolution.
        norm: Whether batch normalisation follows each convolution.
        name: String, the concatenation's name.

    Returns:
        Tensor of shape (batch, height, width, sum(filters) + channels): the pooling has
        no filters, and hands on all the channels that it gets. Source: Figure 2(a) of
        Szegedy et al. (2014).
    """
    f1, f3, f5 = filters
    branches = [
        conv(x, f1, 1, norm=norm, name=name and f"{name}_1x1"),
        conv(x, f3, 3, norm=norm, name=name and f"{name}_3x3"),
        conv(x, f5, 5, norm=norm, name=name and f"{name}_5x5"),
        layers.MaxPooling2D(3, 1, padding="same")(x),
    ]
    return layers.Concatenate(name=name)(branches)


def inception_block(x, filters, norm=False, name=None):
    """The block with 1×1 reductions before the 3×3 and the 5×5 and behind the pooling.

    Args:
        x: Tensor of shape (batch, height, width, channels).
        filters: `(f1, (r3, f3), (r5, f5), fp)`, as in `INCEPTION`.
        norm: Whether batch normalisation follows each convolution.
        name: String, the concatenation's name. With "3a" the convolutions are called
            "3a_1x1", "3a_3x3_reduce", "3a_3x3", "3a_5x5_reduce", "3a_5x5", "3a_pool".

    Returns:
        Tensor of shape (batch, height, width, f1 + f3 + f5 + fp). Source: Figure 2(b)
        of Szegedy et al. (2014).
    """

    def part(x, filters, kernel_size, suffix):
        return conv(x, filters, kernel_size, 1, norm, name and f"{name}_{suffix}")

    f1, (r3, f3), (r5, f5), fp = filters
    pooled = layers.MaxPooling2D(3, 1, padding="same")(x)
    branches = [
        part(x, f1, 1, "1x1"),
        part(part(x, r3, 1, "3x3_reduce"), f3, 3, "3x3"),
        part(part(x, r5, 1, "5x5_reduce"), f5, 5, "5x5"),
        part(pooled, fp, 1, "pool"),
    ]
    return layers.Concatenate(name=name)(branches)


def auxiliary_head(x, num_classes, name=None):
    """A small classifier on the features halfway, which helps while training.

    Args:
        x: Tensor of shape (batch, height, width, channels), at least 5×5.
        num_classes: Integer.
        name: String, of the layer that puts out the probabilities.

    Returns:
        Tensor of probabilities, (batch, num_classes). Source: section 5 of Szegedy et
        al. (2014).
    """
    x = layers.AveragePooling2D(5, 3)(x)
    x = conv(x, 128, 1)
    x = layers.Flatten()(x)
    x = layers.Dense(1024, "relu", kernel_initializer="he_normal")(x)
    x = layers.Dropout(0.7)(x)
    return layers.Dense(num_classes, "softmax", name=name)(x)


def stem(x):
    """What comes before the first block: three convolutions, eight times smaller.

    Args:
        x: Tensor of images, (batch, height, width, channels).

    Returns:
        Tensor of shape (batch, height / 8, width / 8, 192).
    """
    x = conv(x, 64, 7, strides=2)
    x = layers.MaxPooling2D(3, 2, padding="same")(x)
    x = LocalResponseNormalization()(x)
    x = conv(x, 64, 1)
    x = conv(x, 192, 3)
    x = LocalResponseNormalization()(x)
    return layers.MaxPooling2D(3, 2, padding="same")(x)


def googlenet(input_shape=(224, 224, 3), num_classes=1000, heads=True):
    """GoogLeNet for ImageNet: 6,998,552 parameters at 1000 classes without its heads.

    The two heads have 6,379,728 more. They are for training only: the paper adds their
    losses to the main one with a weight of 0.3 each, and throws them away afterwards.

    Args:
        input_shape: Tuple `(height, width, channels)`; with heads at least 65×65.
        num_classes: Integer.
        heads: Whether the two auxiliary heads, behind blocks 4a and 4d, are there.

    Returns:
        A `keras.Model` from images (batch, height, width, channels) to probabilities
        (batch, num_classes); with heads, to a list of three such, the main one first,
        which are called `main`, `head_4a` and `head_4d`. Source: Table 1 and Figure 3
        of Szegedy et al. (2014).

    Raises:
        ValueError: If the image is too small for the heads.
    """
    if heads and min(input_shape[:2]) < SMALLEST_SIDE:
        raise ValueError(
            f"the heads need images of at least {SMALLEST_SIDE}×{SMALLEST_SIDE}. "
            f"Received: {tuple(input_shape)}"
        )
    inputs = keras.Input(input_shape)
    x, outputs = stem(inputs), []
    for name, filters in INCEPTION.items():
        if name in ("4a", "5a"):
            x = layers.MaxPooling2D(3, 2, padding="same", name=f"pool_{name[0]}")(x)
        x = inception_block(x, filters, name=f"inception_{name}")
        if heads and name in ("4a", "4d"):
            outputs.append(auxiliary_head(x, num_classes, f"head_{name}"))
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.4)(x)
    main = layers.Dense(num_classes, "softmax", name="main")(x)
    return keras.Model(inputs, [main, *outputs] if heads else main, name="googlenet")


def small_inception(unit=2, input_shape=(28, 28, 1), num_classes=10):
    """Four inception blocks for small images, with batch normalisation.

    A convolution that halves the image, two blocks of `16 * unit` channels, pooling,
    two blocks of `32 * unit`, the mean over each channel, one dense layer. The branches
    keep the proportions of block 3a, nearly: 4 : (6, 8) : (1, 2) : 2.

    Args:
        unit: Integer, the scale of all widths.
        input_shape: Tuple `(height, width, channels)`.
        num_classes: Integer.

    Returns:
        A `keras.Model` from images (batch, height, width, channels) to logits
        (batch, num_classes).
    """
    inputs = keras.Input(input_shape)
    x = conv(inputs, 8 * unit, 3, strides=2, norm=True)
    for index, u in enumerate((unit, unit, 2 * unit, 2 * unit)):
        if index == 2:
            x = layers.MaxPooling2D(3, 2, padding="same")(x)
        widths = (4 * u, (6 * u, 8 * u), (u, 2 * u), 2 * u)
        x = inception_block(x, widths, norm=True, name=f"block_{index + 1}")
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(num_classes)(x), name="small_inception")


def small_plain(filters, dense=False, input_shape=(28, 28, 1), num_classes=10):
    """A VGG-like network of the same depth: two 3×3 convolutions for each block.

    Args:
        filters: Integer, of the convolutions before the pooling; those behind it have
            twice that.
        dense: Whether it ends as VGG does, in two dense layers before the last, here
            of `8 * filters` units each. Without them the mean over each channel comes
            last, as in GoogLeNet.
        input_shape: Tuple `(height, width, channels)`.
        num_classes: Integer.

    Returns:
        A `keras.Model` from images (batch, height, width, channels) to logits
        (batch, num_classes).
    """
    inputs = keras.Input(input_shape)
    x = conv(inputs, filters, 3, strides=2, norm=True)
    for index in range(8):
        if index == 4:
            x = layers.MaxPooling2D(3, 2, padding="same")(x)
        x = conv(x, filters if index < 4 else 2 * filters, 3, norm=True)
    if dense:
        x = layers.Flatten()(x)
        for _ in range(2):
            x = layers.Dense(8 * filters, "relu", kernel_initializer="he_normal")(x)
    else:
        x = layers.GlobalAveragePooling2D()(x)
    outputs = layers.Dense(num_classes)(x)
    name = "vgg_like" if dense else "small_plain"
    return keras.Model(inputs, outputs, name=name)
