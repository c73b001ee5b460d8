"""AlexNet (Krizhevsky, Sutskever and Hinton, 2012): the layers of the paper.

*ImageNet Classification with Deep Convolutional Neural Networks*, NIPS 2012. Initial
weights are not the paper's (a normal distribution of standard deviation 0.01, and
biases of 1 in some layers) but He's of 2015, which suit ReLU. Tensors are
channels-last: (batch, height, width, channels).
"""

import keras
import numpy as np
from keras import layers, ops


@keras.saving.register_keras_serializable(package="layerwise")
class LocalResponseNormalization(layers.Layer):
    """Divides each number by a power of what its neighbouring channels hold.

    b_i = a_i / (bias + alpha * Σ a_j²)^beta, where j runs over the `size` channels
    around i, fewer at either end (section 3.3 of the paper). No weights.

    Args:
        size: Odd integer, n in the paper: channels in the sum.
        bias: Float, k in the paper.
        alpha: Float, of the sum itself, not of its mean.
        beta: Float, the power.
        **options: Arguments of `keras.layers.Layer`.

    Raises:
        ValueError: If `size` is not odd and positive.
    """

    def __init__(self, size=5, bias=2.0, alpha=1e-4, beta=0.75, **options):
        super().__init__(**options)
        if size < 1 or size % 2 == 0:
            raise ValueError(f"size must be odd and positive. Received: {size!r}")
        self.size, self.bias, self.alpha, self.beta = size, bias, alpha, beta

    def call(self, x):
        """Normalises (batch, height, width, channels); the shape stays."""
        place = np.arange(x.shape[-1])
        near = abs(place[:, None] - place) <= self.size // 2  # a band of ones
        total = ops.matmul(ops.square(x), ops.cast(near, x.dtype))
        # A power by way of the logarithm is much faster on a CPU.
        return x * ops.exp(-self.beta * ops.log(self.bias + self.alpha * total))

    def compute_output_shape(self, input_shape):
        """Returns the input's shape."""
        return input_shape

    def get_config(self):
        """Returns the arguments with which the layer was made."""
        own = {name: getattr(self, name) for name in ("size", "bias", "alpha", "beta")}
        return super().get_config() | own


def convolution(
    x,
    filters,
    kernel_size,
    strides=1,
    groups=1,
    padding="same",
    activation="relu",
    norm=False,
    pool=0,
    split=False,
    alpha=1e-4,
):
    """One of AlexNet's five: convolve, activate, perhaps normalise, perhaps pool.

    Args:
        x: Tensor of shape (batch, height, width, channels).
        filters: Integer, output channels.
        kernel_size: Integer, side of the square kernel.
        strides: Integer, step of the kernel.
        groups: Integer. With 2, each half of the filters sees one half of the channels:
            what lies on the same GPU.
        padding: `"same"` or `"valid"`.
        activation: String, Keras's name for it.
        norm: Whether local response normalisation follows.
        pool: Integer, side of the max-pooling window, which steps by 2; 0 pools not.
            With 3, windows overlap.
        split: Whether groups are convolutions of their own, side by side: the same
            numbers. On a CPU, TensorFlow trains them ten times faster.
        alpha: Float, of the normalisation.

    Returns:
        Tensor of shape (batch, height, width, filters) with what height and width are
        left.
    """
    parts = ops.split(x, groups, axis=-1) if split and groups > 1 else [x]
    outputs = [
        layers.Conv2D(
            filters // len(parts),
            kernel_size,
            strides,
            padding,
            groups=groups // len(parts),
            activation=activation,
            kernel_initializer=initializer(activation),
        )(part)
        for part in parts
    ]
    x = layers.Concatenate()(outputs) if len(parts) > 1 else outputs[0]
    if norm:
        x = LocalResponseNormalization(alpha=alpha)(x)
    return layers.MaxPooling2D(pool, 2)(x) if pool else x


def initializer(activation):
    """Names the initial scale that suits an activation: He's for ReLU, else Glorot's.

    Args:
        activation: String, Keras's name for it.

    Returns:
        String, Keras's name of the initialiser.
    """
    return "he_normal" if activation == "relu" else "glorot_uniform"


def head(x, units, num_classes, activation="relu", dropout=0.5):
    """AlexNet's end: two wide dense layers with dropout, and one for the classes.

    Args:
        x: Tensor of shape (batch, height, width, channels).
        units: Integer, of both wide layers.
        num_classes: Integer.
        activation: String, Keras's name for it.
        dropout: Float, share of each wide layer's outputs that is set to 0.

    Returns:
        Tensor of logits, (batch, num_classes).
    """
    x = layers.Flatten()(x)
    start = initializer(activation)
    for _ in range(2):
        x = layers.Dense(units, activation, kernel_initializer=start)(x)
        if dropout:
            x = layers.Dropout(dropout)(x)
    return layers.Dense(num_classes)(x)


def alexnet(input_shape=(227, 227, 3), num_classes=1000, split=False):
    """AlexNet for ImageNet: 60,965,224 parameters at 1000 classes.

    The paper says 224×224, but its 55×55 outputs need 227×227 without padding.

    Args:
        input_shape: Tuple `(height, width, channels)`.
        num_classes: Integer.
        split: Whether groups are convolutions of their own, as `convolution` has it.

    Returns:
        A `keras.Model` from images (batch, height, width, channels) to probabilities
        (batch, num_classes). Source: section 3.5 and Figure 2 of Krizhevsky et al.
        (2012).
    """
    inputs = keras.Input(input_shape)
    x = convolution(inputs, 96, 11, strides=4, padding="valid", norm=True, pool=3)
    x = convolution(x, 256, 5, groups=2, norm=True, pool=3, split=split)
    x = convolution(x, 384, 3)
    x = convolution(x, 384, 3, groups=2, split=split)
    x = convolution(x, 256, 3, groups=2, pool=3, split=split)
    x = head(x, 4096, num_classes)
    return keras.Model(inputs, layers.Softmax()(x), name="alexnet")


def small_alexnet(
    input_shape=(28, 28, 1),
    num_classes=10,
    filters=12,
    units=256,
    activation="relu",
    dropout=0.5,
    norm=True,
    overlapping=True,
    alpha=1e-4,
):
    """A narrow AlexNet for small images, with a switch for each idea of 2012.

    The five convolutions keep the paper's proportions of 96 : 256 : 384 : 384 : 256,
    its groups, and where it normalises and pools; the first kernel and its stride are
    smaller. On 28×28 both kinds of pooling leave 11, 5 and 2 rows, as both would leave
    27, 13 and 6 in the paper: the switch changes no shape.

    Args:
        input_shape: Tuple `(height, width, channels)`, at least 20×20.
        num_classes: Integer.
        filters: Integer, a multiple of 6: the first convolution's.
        units: Integer, of both wide dense layers.
        activation: String, `"relu"` or `"tanh"`.
        dropout: Float; 0 leaves it out.
        norm: Whether local response normalisation is there.
        overlapping: Whether pooling windows are 3×3, which overlap, or 2×2. They step
            by 2 in both cases.
        alpha: Float, of the normalisation. The paper's 1e-4 is for images from 0 to
            255; for images that were divided by d it is 1e-4 · d².

    Returns:
        A `keras.Model` from images (batch, height, width, channels) to logits
        (batch, num_classes).
    """
    pool = 3 if overlapping else 2
    second, third = filters * 8 // 3, filters * 4
    options = {"activation": activation, "split": True, "alpha": alpha}
    inputs = keras.Input(input_shape)
    x = convolution(
        inputs, filters, 6, padding="valid", norm=norm, pool=pool, **options
    )
    x = convolution(x, second, 5, groups=2, norm=norm, pool=pool, **options)
    x = convolution(x, third, 3, **options)
    x = convolution(x, third, 3, groups=2, **options)
    x = convolution(x, second, 3, groups=2, pool=pool, **options)
    outputs = head(x, units, num_classes, activation, dropout)
    return keras.Model(inputs, outputs, name="small_alexnet")
