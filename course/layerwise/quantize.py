"""Symmetric quantisation of convolutions and dense layers, simulated and in integers.

A number x is stored as the integer q = round(x / scale). Zero stays zero, and integers
run from -(2^(bits - 1) - 1) to 2^(bits - 1) - 1. B. Jacob et al., *Quantization and
Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference*, 2017,
arXiv:1712.05877, has the scheme with a zero point; without one, sums need no
correction.
"""

import keras
import numpy as np
from keras import layers, ops


def largest(bits):
    """Returns the largest integer of so many bits, the sign included: 127 for 8.

    Args:
        bits: Integer, 1 to 16. One bit keeps the sign alone.

    Raises:
        ValueError: If `bits` is out of range.
    """
    if not 1 <= bits <= 16:
        raise ValueError(f"bits must be from 1 to 16. Received: {bits!r}")
    return max(2 ** (bits - 1) - 1, 1)


def find_scale(x, bits=8, axis=None, percentile=100):
    """Finds the step between two neighbouring integers.

    Args:
        x: Array of floats.
        bits: Integer. For one bit the scale is the mean of |x|, which loses least.
        axis: Integer, an axis with a scale of its own for each index, such as the last
            axis of a kernel, its filters. One scale for all if not given.
        percentile: Float, how much of |x| must be in range; the rest is clipped. 100
            keeps the largest.

    Returns:
        `float32` array of x's rank, of size 1 but for `axis`; all are positive.
    """
    x = np.abs(np.asarray(x, "float32"))
    others = None
    if axis is not None:
        others = tuple(i for i in range(x.ndim) if i != axis % x.ndim)
    if bits == 1:
        reach = x.mean(others, keepdims=True)
    elif percentile == 100:
        reach = x.max(others, keepdims=True)
    else:
        reach = np.percentile(x, percentile, others, keepdims=True)
    scale = reach / largest(bits)
    # Where all is zero any step will do.
    return np.where(scale > 0, scale, 1).astype("float32")


def quantize(x, scale, bits=8):
    """Rounds numbers to integers: to the nearest, ties to the even one.

    Args:
        x: Array of floats.
        scale: Array that `find_scale` returned.
        bits: Integer.

    Returns:
        Array of x's shape: `int8` up to 8 bits, else `int16`.
    """
    top = largest(bits)
    x = np.asarray(x, "float32")
    q = np.where(x < 0, -1, 1) if bits == 1 else np.round(x / scale)
    return np.clip(q, -top, top).astype("int8" if bits <= 8 else "int16")


def dequantize(q, scale):
    """Returns the numbers for which integers stand.

    Args:
        q: Array of integers.
        scale: Array that `find_scale` returned.

    Returns:
        `float32` array of q's shape.
    """
    return np.asarray(q, "float32") * scale


def straight_through(x, scale, bits):
    """Quantises and dequantises a tensor; the gradient passes as if it had not.

    Rounding has gradient 0 almost everywhere, so nothing would be learned through it.
    Where numbers are clipped the gradient is 0 here too.

    Args:
        x: Tensor of floats.
        scale: Tensor that broadcasts to x.
        bits: Integer.

    Returns:
        Tensor of x's shape. Source: Bengio, Léonard and Courville, 2013,
        arXiv:1308.3432, the straight-through estimator.
    """
    top = largest(bits)
    if bits == 1:
        inside = ops.clip(x, -scale, scale)
        rounded = ops.where(x < 0, -scale, scale) + 0 * x
    else:
        inside = ops.clip(x, -top * scale, top * scale)
        rounded = ops.round(inside / scale) * scale
    return inside + ops.stop_gradient(rounded - inside)


class _Quantized:
    """What both quantised layers share: their bits, and the scale of their input."""

    def __init__(self, *args, weight_bits=8, input_bits=8, per_channel=True, **options):
        super().__init__(*args, **options)
        self.weight_bits, self.input_bits = weight_bits, input_bits
        self.per_channel = per_channel

    def build(self, input_shape):
        """Makes the kernel, the bias and the input's scale."""
        super().build(input_shape)
        self.input_scale = self.add_weight(
            shape=(), initializer="ones", trainable=False, name="input_scale"
        )

    def call(self, x):
        """Computes with the rounded input and the rounded kernel."""
        y = self.product(*_rounded(self, x))
        y = y + self.bias if self.use_bias else y
        return self.activation(y) if self.activation else y

    def save_own_variables(self, store):
        """Saves the input's scale beside kernel and bias."""
        super().save_own_variables(store)
        store["input_scale"] = self.input_scale

    def load_own_variables(self, store):
        """Loads what `save_own_variables` saved."""
        super().load_own_variables(store)
        self.input_scale.assign(store["input_scale"])

    def get_config(self):
        """Returns the arguments with which the layer was made."""
        names = ("weight_bits", "input_bits", "per_channel")
        return super().get_config() | {name: getattr(self, name) for name in names}


@keras.saving.register_keras_serializable(package="layerwise")
class QuantizedConv2D(_Quantized, layers.Conv2D):
    """A convolution whose input and kernel are rounded to few bits.

    Training goes straight through the rounding (`straight_through`).

    Args:
        *args: As of `keras.layers.Conv2D`.
        weight_bits: Integer; 0 leaves the kernel as it is.
        input_bits: Integer; 0 leaves the input as it is.
        per_channel: Whether each filter has a scale of its own.
        **options: As of `keras.layers.Conv2D`.
    """

    def product(self, x, kernel):
        """Convolves (batch, height, width, channels)."""
        options = {"padding": self.padding, "dilation_rate": self.dilation_rate}
        return ops.conv(x, kernel, list(self.strides), **options)


@keras.saving.register_keras_serializable(package="layerwise")
class QuantizedDense(_Quantized, layers.Dense):
    """A dense layer whose input and kernel are rounded to few bits.

    Args:
        *args: As of `keras.layers.Dense`.
        weight_bits: Integer; 0 leaves the kernel as it is.
        input_bits: Integer; 0 leaves the input as it is.
        per_channel: Whether each output has a scale of its own.
        **options: As of `keras.layers.Dense`.
    """

    def product(self, x, kernel):
        """Multiplies (batch, ..., channels)."""
        return ops.matmul(x, kernel)


def quantized(
    model, images, weight_bits=8, input_bits=8, per_channel=True, percentile=100
):
    """Copies a model, with its convolutions and dense layers rounded to few bits.

    Args:
        model: Functional or `Sequential` Keras model, trained.
        images: Array of shape (n, height, width, channels) for calibration: the scale
            of each layer's input is taken from what these images put there.
        weight_bits: Integer, of the kernels; 0 leaves them as they are. Biases stay.
        input_bits: Integer, of what goes into these layers; 0 leaves it as it is.
        per_channel: Whether each filter has a scale of its own.
        percentile: Float, share of the calibration's values that must be in range.

    Returns:
        A `keras.Model` that computes with the rounded numbers and can be trained on.
    """
    kinds = {layers.Conv2D: QuantizedConv2D, layers.Dense: QuantizedDense}
    bits = {"weight_bits": weight_bits, "input_bits": input_bits}

    def copy(layer):
        kind = kinds.get(type(layer))
        if kind is None:
            return type(layer).from_config(layer.get_config())
        config = layer.get_config() | bits | {"per_channel": per_channel}
        return kind.from_config(config)

    result = keras.models.clone_model(model, clone_function=copy)
    rounded = [layer for layer in model.layers if type(layer) in kinds]
    probe = keras.Model(model.inputs, [layer.input for layer in rounded])
    seen = iter(probe.predict(images, verbose=0) if rounded else [])
    for layer, new in zip(model.layers, result.layers, strict=True):
        weights = layer.get_weights()
        if type(layer) in kinds:
            reach = find_scale(next(seen), input_bits or 8, percentile=percentile)
            weights.append(reach.reshape(()))
        new.set_weights(weights)
    return result


def integer_conv(x, kernel, strides=1):
    """Convolves integers, with sums of 32 bits and no rounding at all.

    Args:
        x: `int8` array of shape (batch, height, width, channels).
        kernel: `int8` array of shape (kernel_size, kernel_size, channels, filters).
        strides: Integer, step of the kernel in both directions. Nothing is padded.

    Returns:
        `int32` array of shape (batch, out_height, out_width, filters). Times both
        scales it is what the convolution of the dequantised numbers would be.
    """
    size = kernel.shape[0]
    rows, columns = ((n - size) // strides + 1 for n in x.shape[1:3])
    total = np.zeros((len(x), rows, columns, kernel.shape[-1]), "int32")
    for i in range(size):
        for j in range(size):
            part = x[:, i : i + rows * strides : strides]
            part = part[:, :, j : j + columns * strides : strides].astype("int32")
            total += part @ kernel[i, j].astype("int32")
    return total


def _rounded(layer, x):
    """Returns a layer's input and kernel, rounded to its bits."""
    kernel = ops.convert_to_tensor(layer.kernel)
    if layer.input_bits:
        x = straight_through(
            x, ops.convert_to_tensor(layer.input_scale), layer.input_bits
        )
    if not layer.weight_bits:
        return x, kernel
    axes = tuple(range(len(kernel.shape) - int(layer.per_channel)))
    size = ops.abs(ops.stop_gradient(kernel))
    if layer.weight_bits == 1:
        scale = ops.mean(size, axes, keepdims=True)
    else:
        scale = ops.max(size, axes, keepdims=True) / largest(layer.weight_bits)
    # Where all is zero any step will do.
    scale = ops.maximum(scale, 1e-12)
    return x, straight_through(kernel, scale, layer.weight_bits)
