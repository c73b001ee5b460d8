"""Quantisation of convolutions and dense layers, simulated and in integers.

A number x is stored as the integer q = round(x / scale), and zero stays zero. Weights
have both signs, so their integers run from -(2^(bits - 1) - 1) to 2^(bits - 1) - 1;
what a ReLU puts out is never negative, and unsigned integers from 0 to 2^bits - 1 waste
none. B. Jacob et al., *Quantization and Training of Neural Networks for Efficient
Integer-Arithmetic-Only Inference*, 2017, arXiv:1712.05877, has the scheme with a zero
point; without one, sums need no correction.
"""

import keras
import numpy as np
from keras import layers, ops


def largest(bits, signed=True):
    """Returns the largest integer of so many bits: 127 for 8 with a sign, else 255.

    Args:
        bits: Integer, 1 to 16. One bit with a sign keeps the sign alone.
        signed: Whether one of the bits is the sign.

    Raises:
        ValueError: If `bits` is out of range.
    """
    if not 1 <= bits <= 16:
        raise ValueError(f"bits must be from 1 to 16. Received: {bits!r}")
    return max(2 ** (bits - 1) - 1, 1) if signed else 2**bits - 1


def find_scale(x, bits=8, axis=None, reach="best", signed=True):
    """Finds the step between two neighbouring integers.

    Args:
        x: Array of floats.
        bits: Integer.
        axis: Integer, an axis with a scale of its own for each index, such as the last
            axis of a kernel, its filters. One scale for all if not given.
        reach: `"best"` for the scale with the least squared error, or a float: the
            largest integer stands for this percentile of |x|, and the rest is clipped.
            100 reaches the largest.
        signed: Whether integers have a sign.

    Returns:
        `float32` array of x's rank, of size 1 but for `axis`; all are positive.
    """
    x = np.asarray(x, "float32")
    others = tuple(i for i in range(x.ndim) if axis is None or i != axis % x.ndim)
    if reach == "best":
        scale = least_squares(x, bits, others, signed)
    else:
        scale = np.percentile(np.abs(x), reach, others, keepdims=True)
        scale = scale / largest(bits, signed)
    # Where all is zero any step will do.
    return np.where(scale > 0, scale, 1).astype("float32")


def least_squares(x, bits, axes, signed=True):
    """Finds the scale with the least squared error among 20, each of them improved.

    For integers q that are given, the best scale is sum(x q) / sum(q q). For one bit
    with a sign that is the mean of |x|.

    Args:
        x: Array of floats.
        bits: Integer.
        axes: Tuple of integers, the axes that share a scale.
        signed: Whether integers have a sign.

    Returns:
        Array of x's rank, of size 1 in `axes`. Source: M. Rastegari et al.,
        *XNOR-Net*, 2016, arXiv:1603.05279, section 3.1, for one bit.
    """
    end = np.maximum(np.abs(x).max(axes, keepdims=True), 1e-12) / largest(bits, signed)
    scale, least = end, np.inf
    for share in np.geomspace(0.05, 1, 20):  # of the largest number
        q = quantize(x, np.float32(share) * end, bits, signed).astype("float32")
        fitted = (x * q).sum(axes, keepdims=True)
        fitted = fitted / np.maximum(np.square(q).sum(axes, keepdims=True), 1e-12)
        error = np.square(x - fitted * q).sum(axes, keepdims=True)
        scale = np.where(error < least, fitted, scale)
        least = np.minimum(error, least)
    return scale


def quantize(x, scale, bits=8, signed=True):
    """Rounds numbers to integers: to the nearest, ties to the even one.

    Args:
        x: Array of floats.
        scale: Array that `find_scale` returned.
        bits: Integer.
        signed: Whether the integers have a sign.

    Returns:
        Array of x's shape: `int8` or `uint8` up to 8 bits, else of 16 bits.
    """
    top = largest(bits, signed)
    x = np.asarray(x, "float32")
    one_bit = bits == 1 and signed
    q = np.where(x < 0, -1, 1) if one_bit else np.round(x / scale)
    kind = f"{'' if signed else 'u'}int{8 if bits <= 8 else 16}"
    return np.clip(q, -top if signed else 0, top).astype(kind)


def dequantize(q, scale):
    """Returns the numbers for which integers stand.

    Args:
        q: Array of integers.
        scale: Array that `find_scale` returned.

    Returns:
        `float32` array of q's shape.
    """
    return np.asarray(q, "float32") * scale


def straight_through(x, scale, bits, signed=True):
    """Quantises and dequantises a tensor; the gradient passes as if it had not.

    Rounding has gradient 0 almost everywhere, so nothing would be learned through it.
    Where numbers are clipped the gradient is 0 here too.

    Args:
        x: Tensor of floats.
        scale: Tensor that broadcasts to x.
        bits: Integer.
        signed: Whether the integers have a sign.

    Returns:
        Tensor of x's shape. Source: Bengio, Léonard and Courville, 2013,
        arXiv:1308.3432, the straight-through estimator.
    """
    top = largest(bits, signed)
    inside = ops.clip(x, -top * scale if signed else 0, top * scale)
    if bits == 1 and signed:
        rounded = ops.where(x < 0, -scale, scale) + 0 * x
    else:
        rounded = ops.round(inside / scale) * scale
    return inside + ops.stop_gradient(rounded - inside)


class _Quantized:
    """What both quantised layers share: their bits, and the scales of both factors."""

    def __init__(
        self,
        *args,
        weight_bits=8,
        input_bits=8,
        per_channel=True,
        signed_input=True,
        **options,
    ):
        super().__init__(*args, **options)
        self.weight_bits, self.input_bits = weight_bits, input_bits
        self.per_channel, self.signed_input = per_channel, signed_input

    def build(self, input_shape):
        """Makes the kernel, the bias and the scales of input and kernel."""
        super().build(input_shape)
        *others, channels = self.kernel.shape
        shape = (*(1 for _ in others), channels if self.per_channel else 1)
        options = {"initializer": "ones", "trainable": False}
        self.input_scale = self.add_weight((), name="input_scale", **options)
        self.kernel_scale = self.add_weight(shape, name="kernel_scale", **options)

    def call(self, x):
        """Computes with the rounded input and the rounded kernel."""
        kernel = ops.convert_to_tensor(self.kernel)
        if self.input_bits:
            scale = ops.convert_to_tensor(self.input_scale)
            x = straight_through(x, scale, self.input_bits, self.signed_input)
        if self.weight_bits:
            scale = ops.convert_to_tensor(self.kernel_scale)
            kernel = straight_through(kernel, scale, self.weight_bits)
        y = self.product(x, kernel)
        y = y + self.bias if self.use_bias else y
        return self.activation(y) if self.activation else y

    def save_own_variables(self, store):
        """Saves the scales beside kernel and bias."""
        super().save_own_variables(store)
        for name in ("input_scale", "kernel_scale"):
            store[name] = getattr(self, name)

    def load_own_variables(self, store):
        """Loads what `save_own_variables` saved."""
        super().load_own_variables(store)
        for name in ("input_scale", "kernel_scale"):
            getattr(self, name).assign(store[name])

    def get_config(self):
        """Returns the arguments with which the layer was made."""
        names = ("weight_bits", "input_bits", "per_channel", "signed_input")
        return super().get_config() | {name: getattr(self, name) for name in names}


@keras.saving.register_keras_serializable(package="layerwise")
class QuantizedConv2D(_Quantized, layers.Conv2D):
    """A convolution whose input and kernel are rounded to few bits.

    Training goes straight through the rounding (`straight_through`); the scales stay as
    `quantized` found them.

    Args:
        *args: As of `keras.layers.Conv2D`.
        weight_bits: Integer; 0 leaves the kernel as it is.
        input_bits: Integer; 0 leaves the input as it is.
        per_channel: Whether each filter has a scale of its own.
        signed_input: Whether the input's integers have a sign.
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
        signed_input: Whether the input's integers have a sign.
        **options: As of `keras.layers.Dense`.
    """

    def product(self, x, kernel):
        """Multiplies (batch, ..., channels)."""
        return ops.matmul(x, kernel)


def quantized(
    model,
    images,
    weight_bits=8,
    input_bits=8,
    per_channel=True,
    input_reach="best",
    weight_reach="best",
):
    """Copies a model, with its convolutions and dense layers rounded to few bits.

    Args:
        model: Functional or `Sequential` Keras model, trained.
        images: Array of shape (n, height, width, channels) for calibration: the scale
            of each layer's input is taken from what these images put there. Where
            nothing of it is negative, the input's integers have no sign.
        weight_bits: Integer, of the kernels; 0 leaves them as they are. Biases stay.
        input_bits: Integer, of what goes into these layers; 0 leaves it as it is.
        per_channel: Whether each filter has a scale of its own.
        input_reach: As `reach` of `find_scale`, for inputs.
        weight_reach: The same for kernels.

    Returns:
        A `keras.Model` that computes with the rounded numbers and can be trained on.
    """
    kinds = {layers.Conv2D: QuantizedConv2D, layers.Dense: QuantizedDense}
    rounded = [layer for layer in model.layers if type(layer) in kinds]
    probe = keras.Model(model.inputs, {layer.name: layer.input for layer in rounded})
    found = probe([images], training=False) if rounded else {}
    seen = {name: ops.convert_to_numpy(values) for name, values in found.items()}

    def copy(layer):
        kind = kinds.get(type(layer))
        if kind is None:
            return type(layer).from_config(layer.get_config())
        options = {
            "weight_bits": weight_bits,
            "input_bits": input_bits,
            "per_channel": per_channel,
            "signed_input": bool(seen[layer.name].min() < 0),
        }
        return kind.from_config(layer.get_config() | options)

    result = keras.models.clone_model(model, clone_function=copy)
    axis = -1 if per_channel else None
    for layer, new in zip(model.layers, result.layers, strict=True):
        new.set_weights(
            [*layer.get_weights(), *new.get_weights()[len(layer.weights) :]]
        )
        if layer.name in seen and input_bits:
            options = {"reach": input_reach, "signed": new.signed_input}
            scale = find_scale(seen[layer.name], input_bits, **options)
            new.input_scale.assign(scale.reshape(()))
        if layer.name in seen and weight_bits:
            kernel = ops.convert_to_numpy(layer.kernel)
            scale = find_scale(kernel, weight_bits, axis, weight_reach)
            new.kernel_scale.assign(scale)
    return result


def by_bits(models, images, widths, weights=True, inputs=True, per_channel=True):
    """Copies models, each rounded to each of several numbers of bits.

    Args:
        models: List of Keras models, trained.
        images: Array of images for calibration.
        widths: Sequence of integers, the bits.
        weights: Whether kernels are rounded.
        inputs: Whether inputs of layers are rounded.
        per_channel: Whether each filter has a scale of its own.

    Returns:
        List with a list for each model: a model for each of the widths.
    """
    return [
        [
            quantized(model, images, weights * bits, inputs * bits, per_channel)
            for bits in widths
        ]
        for model in models
    ]


def integer_conv(x, kernel, strides=1):
    """Convolves integers, with sums of 32 bits and no rounding at all.

    Args:
        x: `int8` or `uint8` array of shape (batch, height, width, channels).
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


def filter_errors(kernel, axis, bits=8):
    """Tells how loud the loudest filter is, and what rounding does to a quiet one.

    Args:
        kernel: Array.
        axis: Integer, its filters. Filters of zeros (below 1e-3) do not count.
        bits: Integer.

    Returns:
        Tuple of floats: the largest weight of the loudest filter as a multiple of that
        of the median filter; and the relative error of the median filter with one
        scale for all, and with one for each filter. All scales reach the largest.
    """
    rows = np.moveaxis(kernel, axis, 0).reshape(kernel.shape[axis], -1)
    rows = rows[np.abs(rows).max(1) > 1e-3]
    loud = np.abs(rows).max(1)
    errors = []
    for own in (None, 0):
        scale = find_scale(rows, bits, own, reach=100)
        gone = np.linalg.norm(quantize(rows, scale, bits) * scale - rows, axis=1)
        errors.append(np.median(gone / np.linalg.norm(rows, axis=1)))
    return loud.max() / np.median(loud), *errors
