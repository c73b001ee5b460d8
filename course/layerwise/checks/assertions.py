"""Assertions on data, whose messages name the fault and what was received."""

from numbers import Number

import keras
import numpy as np
from keras import ops


def describe(value):
    """Returns a short text for a value, as error messages show it."""
    if isinstance(value, str | bool | int | float | complex) or value is None:
        text = repr(value)
        return text if len(text) <= 80 else text[:77] + "..."
    dims = getattr(value, "shape", None)
    if dims is not None:
        return f"{type(value).__name__} of shape {tuple(dims)}"
    return f"a {type(value).__name__}"


def _array(value, what):
    """Returns the value as a NumPy array, or says that it is none."""
    if value is None:
        raise AssertionError(
            f"{what} is None: is a `return` missing, or still to be written?"
        )
    if isinstance(value, keras.KerasTensor):
        raise AssertionError(
            f"{what} is a symbolic Keras tensor of shape {value.shape}, not numbers"
        )
    try:
        array = ops.convert_to_numpy(value)
        if array.dtype.kind == "O" and all(isinstance(x, Number) for x in array.flat):
            # Fractions, Decimals, and integers of any size.
            array = array.astype("float64")
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise AssertionError(
            f"{what} is not an array of numbers. Received: {describe(value)}"
        ) from error
    if array.dtype.kind not in "biufc" and array.dtype.name != "bfloat16":
        raise AssertionError(
            f"{what} is not an array of numbers. Received: {describe(value)}"
        )
    return array


def shape(value, expected, what="the output"):
    """Asserts that an array or a tensor has a shape.

    Args:
        value: Array or tensor, symbolic ones too.
        expected: Tuple of integers, with `None` where any size will do.
        what: String, the value's name in the message.

    Raises:
        AssertionError: If the shape differs; the message names both.
    """
    if not isinstance(value, keras.KerasTensor):
        value = _array(value, what)
    received = tuple(value.shape)
    fits = len(received) == len(expected) and all(
        want is None or have == want
        for have, want in zip(received, expected, strict=True)
    )
    assert fits, f"{what} has shape {received}; expected {tuple(expected)}"


def close(value, expected, what="the output", rtol=1e-4, atol=1e-5):
    """Asserts that numbers are those expected, up to rounding.

    Args:
        value: Number, array or tensor: what was received.
        expected: Number, array or tensor of the same shape.
        what: String, the value's name in the message.
        rtol: Float, tolerance relative to `expected`.
        atol: Float, absolute tolerance.

    Raises:
        AssertionError: If shapes differ, a number is not finite where the expected one
            is, or a difference is over `atol + rtol * abs(expected)`.
    """
    received, wanted = _array(value, what), _array(expected, "the expected value")
    assert received.shape == wanted.shape, (
        f"{what} has shape {received.shape}; expected {wanted.shape}"
    )
    kind = "complex128" if "c" in received.dtype.kind + wanted.dtype.kind else "float64"
    received, wanted = received.astype(kind), wanted.astype(kind)
    if not np.all(np.isfinite(received[np.isfinite(wanted)])):
        raise AssertionError(f"{what} holds numbers that are not finite (NaN or inf)")
    wrong = ~np.isclose(received, wanted, rtol=rtol, atol=atol, equal_nan=True)
    if not np.any(wrong):
        return
    if received.ndim == 0:
        raise AssertionError(f"{what} is {received:.6g}; expected {wanted:.6g}")
    # Places that agree do not compete: there, NaN and inf have no usable difference.
    off = np.zeros(received.shape)
    off[wrong] = np.nan_to_num(np.abs(received[wrong] - wanted[wrong]), nan=np.inf)
    worst = np.unravel_index(np.argmax(off), received.shape)
    place = ", ".join(str(int(index)) for index in worst)
    raise AssertionError(
        f"{what} is wrong in {int(wrong.sum())} of {wrong.size} numbers, most at "
        f"[{place}]: {received[worst]:.6g}; expected {wanted[worst]:.6g}"
    )


def unchanged(values, before, what="the weights"):
    """Asserts that arrays did not move by a bit.

    Args:
        values: List of arrays, as they are now.
        before: List of arrays, copies made earlier.
        what: String, the arrays' name in the message.

    Raises:
        AssertionError: If the lists differ in length, or an array in shape or value.
    """
    assert len(values) == len(before), (
        f"{what}: there are {len(values)} arrays; before there were {len(before)}"
    )
    moved = [
        index
        for index, (now, then) in enumerate(zip(values, before, strict=True))
        if not np.array_equal(_array(now, what), _array(then, what), equal_nan=True)
    ]
    assert not moved, f"{what} changed in {len(moved)} of {len(before)} arrays"


def raises(fn, *args, error=ValueError, what=None):
    """Asserts that a call fails with the right kind of error.

    Args:
        fn: The function to call.
        *args: Its arguments.
        error: Exception class, or a tuple of them, of which one must be raised.
        what: String, the call's name in the message.

    Raises:
        AssertionError: If the call returns, or fails with another error.
    """
    kinds = error if isinstance(error, tuple) else (error,)
    names = " or ".join(kind.__name__ for kind in kinds)
    if what is None:
        shown = ", ".join(map(describe, args))
        what = f"the call with {shown}" if args else "the call"
    try:
        result = fn(*args)
    except kinds:
        return
    except NotImplementedError:
        # A stub: who shows the error says that the exercise is not begun.
        raise
    except Exception as other:
        raise AssertionError(
            f"{what} must raise {names}; it raised {type(other).__name__}: {other}"
        ) from other
    raise AssertionError(f"{what} must raise {names}; it returned {describe(result)}")


def model(value, input_shape=None, output_shape=None, what="the result"):
    """Asserts that a value is a Keras model with the shapes asked for.

    A subclass of `keras.Model` with its own `call` has no shapes to look at: it is
    given an input of zeros, as large as `input_shape` says.

    Args:
        value: What the student's function returned.
        input_shape: Tuple with the batch axis, such as `(None, 28, 28, 1)`.
        output_shape: Tuple with the batch axis.
        what: String, the value's name in the message.

    Raises:
        AssertionError: If it is no `keras.Model`, or a shape differs.
    """
    if value is None:
        raise AssertionError(f"{what} is None: is a `return` missing?")
    # A model with layers of the student's own stays in the student's process when it is
    # graded; what stands for it here says so.
    stands_for_one = getattr(type(value), "is_remote_model", False)
    assert stands_for_one or isinstance(value, keras.Model), (
        f"{what} is not a keras.Model. Received: {describe(value)}"
    )
    shapes = [getattr(value, f"{name}_shape", None) for name in ("input", "output")]
    if input_shape is not None and shapes[0] is None:
        shapes = [tuple(input_shape), _called_shape(value, input_shape, what)]
    for name, received, expected in zip(
        ("input", "output"), shapes, (input_shape, output_shape), strict=True
    ):
        assert expected is None or received == tuple(expected), (
            f"{what}: the {name} shape is {received}; expected {tuple(expected)}"
        )


def _called_shape(value, input_shape, what):
    """Returns what shape a model gives for inputs of a shape, the batch axis `None`."""
    # Where any size will do, one that halves five times.
    zeros = np.zeros([2, *(size or 32 for size in input_shape[1:])], "float32")
    try:
        output = value(zeros, training=False)
    except Exception as error:
        raise AssertionError(
            f"{what} takes no input of shape {zeros.shape}: {error}"
        ) from error
    received = _array(output, f"the output of {what}").shape
    assert received[:1] == (2,), (
        f"{what} gives an output of shape {received} for 2 inputs of shape "
        f"{zeros.shape[1:]}"
    )
    return (None, *received[1:])


def unpack(value, count, what="the result"):
    """Returns the entries of a tuple, a list or an array that must have so many.

    Args:
        value: What the student's function returned.
        count: Integer.
        what: String, the value's name in the message.

    Raises:
        AssertionError: If it is none of them, or has more entries or fewer.
    """
    dims = getattr(value, "shape", None)
    if dims is not None and len(dims) and not isinstance(value, keras.KerasTensor):
        value = list(ops.convert_to_numpy(value))
    assert isinstance(value, tuple | list), (
        f"{what} must be {count} values. Received: {describe(value)}"
    )
    assert len(value) == count, f"{what} must be {count} values, not {len(value)}"
    return tuple(value)


def find_layers(value, class_name=None):
    """Lists the layers of a model, nested ones too, in the order in which they run.

    Args:
        value: A `keras.Model` or a layer.
        class_name: String such as `"Conv2D"`; without it, all layers.

    Returns:
        List of layers that contain no others; by class name, of containers such as
        `LSTM` too. A layer given as another one's `activation` follows that one.
    """
    found, seen = [], set()

    def visit(layer):
        if id(layer) in seen:
            return
        seen.add(id(layer))
        inner = getattr(layer, "layers", None) or list(
            layer._flatten_layers(include_self=False, recursive=False)
        )
        activation = getattr(layer, "activation", None)
        inner = [child for child in inner if child is not activation]
        for child in inner:
            visit(child)
        if class_name in (None, type(layer).__name__) and (class_name or not inner):
            found.append(layer)
        if isinstance(activation, keras.Layer):
            visit(activation)

    visit(value)
    return found


def weight_count(value, trainable=None):
    """Counts the numbers in a model's weights.

    Args:
        value: A `keras.Model` or a layer.
        trainable: `True` counts trainable weights, `False` the others, `None` all.

    Returns:
        Integer.
    """
    weights = {
        None: lambda: value.weights,
        True: lambda: value.trainable_weights,
        False: lambda: value.non_trainable_weights,
    }[trainable]()
    return sum(int(np.prod(weight.shape)) for weight in weights)
