"""The vocabulary of test cells: assertions with messages that help, and verbs.

Assertions judge data and raise `AssertionError` with the fault and what was received.
Verbs (`as_model`, `gradient`, `each`, `seeded`) run where the student's function lives;
what they bring back is data for the assertions, never a verdict.
"""

import contextlib
import random

import keras
import numpy as np
from keras import ops

__all__ = [
    "as_model",
    "close",
    "each",
    "find_layers",
    "gradient",
    "model",
    "raises",
    "seeded",
    "shape",
    "unchanged",
    "weight_count",
]


def _describe(value):
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
    except (TypeError, ValueError, AttributeError) as error:
        raise AssertionError(
            f"{what} is not an array of numbers. Received: {_describe(value)}"
        ) from error
    if array.dtype.kind not in "biufc" and array.dtype.name != "bfloat16":
        raise AssertionError(
            f"{what} is not an array of numbers. Received: {_describe(value)}"
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
        shown = ", ".join(map(_describe, args))
        what = f"the call with {shown}" if args else "the call"
    try:
        result = fn(*args)
    except kinds:
        return
    except Exception as other:
        raise AssertionError(
            f"{what} must raise {names}; it raised {type(other).__name__}: {other}"
        ) from other
    raise AssertionError(f"{what} must raise {names}; it returned {_describe(result)}")


def model(value, input_shape=None, output_shape=None, what="the result"):
    """Asserts that a value is a Keras model with the shapes asked for.

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
    assert isinstance(value, keras.Model), (
        f"{what} is not a keras.Model. Received: {_describe(value)}"
    )
    for name, expected in (("input", input_shape), ("output", output_shape)):
        if expected is not None:
            received = getattr(value, f"{name}_shape", None)
            assert received == tuple(expected), (
                f"{what}: the {name} shape is {received}; expected {tuple(expected)}"
            )


def find_layers(value, class_name=None):
    """Lists the layers of a model, nested ones too, in the order in which they run.

    Args:
        value: A `keras.Model` or a layer.
        class_name: String such as `"Conv2D"`; without it, all layers.

    Returns:
        List of layers that contain no others; by class name, of containers such as
        `LSTM` too.
    """
    found, seen = [], set()

    def visit(layer):
        if id(layer) in seen:
            return
        seen.add(id(layer))
        inner = getattr(layer, "layers", None) or list(
            layer._flatten_layers(include_self=False, recursive=False)
        )
        for child in inner:
            visit(child)
        if type(layer).__name__ == class_name or not (inner or class_name):
            found.append(layer)

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


def as_model(fn, *shapes, **arguments):
    """Makes a model of a function on Keras tensors.

    Args:
        fn: Function, or layer, from one or more tensors to a tensor.
        *shapes: Tuples without the batch axis, one for each tensor, such as
            `(8, 8, 32)`.
        **arguments: Further arguments, given to `fn` by name. A call by name keeps
            the test free of code that would have to travel.

    Returns:
        A `keras.Model` from the tensors to what `fn` made of them.

    Raises:
        TypeError: If `fn` returns no Keras tensor that depends on its inputs.
    """
    inputs = [keras.Input(dims) for dims in shapes]
    outputs = fn(*inputs, **arguments)
    name = getattr(fn, "__name__", type(fn).__name__)
    if not isinstance(outputs, keras.KerasTensor):
        hint = ": is a `return` missing?" if outputs is None else ""
        raise TypeError(
            f"{name} must return a Keras tensor. Received: {_describe(outputs)}{hint}"
        )
    try:
        return keras.Model(inputs if len(inputs) > 1 else inputs[0], outputs)
    except ValueError as error:
        raise TypeError(
            f"{name} returned a Keras tensor that does not depend on its input"
        ) from error


class _Updates(keras.StatelessScope):
    """Holds back what is assigned to variables, and knows to which."""

    def __init__(self):
        super().__init__()
        self.variables = []

    def add_update(self, update):
        if self.get_current_value(update[0]) is None:
            self.variables.append(update[0])
        super().add_update(update)


def gradient(fn, *args):
    """Differentiates the sum of a function's output.

    Args:
        fn: Function, layer or model, from tensors to a tensor.
        *args: Arrays. The floating-point ones are differentiated; others are passed on
            as they are.

    Returns:
        NumPy array of the shape of the floating-point argument; a tuple of arrays
        where there are several. An argument that `fn` does not use has gradient 0.

    Raises:
        ValueError: If no argument is of floating-point numbers.
        TypeError: If `fn` returns `None`.
    """
    arrays = [np.asarray(arg) for arg in args]
    places = [
        index
        for index, array in enumerate(arrays)
        if array.dtype.kind == "f" or array.dtype.name == "bfloat16"
    ]
    if not places:
        raise ValueError(
            "gradient needs an argument of floating-point numbers. "
            f"Received: {', '.join(map(_describe, args)) or 'no argument'}"
        )
    backend = keras.backend.backend()

    def total(*chosen):
        full = list(args)
        for place, tensor in zip(places, chosen, strict=True):
            full[place] = tensor
        value = fn(*full)
        if value is None:
            name = getattr(fn, "__name__", type(fn).__name__)
            raise TypeError(f"{name} returned None: is a `return` missing?")
        return ops.sum(value)

    chosen = [ops.convert_to_tensor(arrays[place]) for place in places]
    if backend == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(chosen)
            value = total(*chosen)
        grads = tape.gradient(value, chosen)
    elif backend == "jax":
        import jax

        updates = _Updates()

        def stateless(*chosen):
            with updates:
                value = total(*chosen)
            return value, list(map(updates.get_current_value, updates.variables))

        # An assignment under `jax.grad` (moving statistics, say) would leave a tracer
        # in the variable: the value comes out beside the gradient, and is assigned now.
        differentiate = jax.grad(stateless, tuple(range(len(chosen))), has_aux=True)
        grads, values = differentiate(*chosen)
        for variable, value in zip(updates.variables, values, strict=True):
            variable.assign(value)
    elif backend == "torch":
        import torch

        chosen = [tensor.detach().requires_grad_() for tensor in chosen]
        value = total(*chosen)
        grads = [None] * len(chosen)
        if value.requires_grad:
            grads = torch.autograd.grad(value, chosen, allow_unused=True)
    else:
        raise NotImplementedError(f"gradient does not know the backend {backend!r}")
    result = tuple(
        np.zeros(arrays[place].shape, arrays[place].dtype)
        if grad is None
        else ops.convert_to_numpy(grad)
        for place, grad in zip(places, grads, strict=True)
    )
    return result[0] if len(result) == 1 else result


def each(fn, cases):
    """Calls a function once for each case, in one trip.

    Args:
        fn: Function.
        cases: List of tuples, the positional arguments of each call.

    Returns:
        List of the results.
    """
    results = []
    for case in cases:
        try:
            results.append(fn(*case))
        except Exception as error:
            shown = ", ".join(map(_describe, case))
            error.add_note(f"in the call with ({shown})")
            raise
    return results


@contextlib.contextmanager
def seeded(seed):
    """Makes what is drawn inside the same each time, on every backend.

    The generators of Python and NumPy are put back afterwards. Those of Keras and of
    its backend stay where the draws inside left them: they have no public state.

    Args:
        seed: Integer.
    """
    python_state, numpy_state = random.getstate(), np.random.get_state()
    keras.utils.set_random_seed(seed)
    try:
        yield
    finally:
        random.setstate(python_state)
        np.random.set_state(numpy_state)
