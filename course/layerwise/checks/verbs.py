"""Verbs: what a test does with a student's function, where the function lives."""

import contextlib
import random

import keras
import numpy as np
from keras import ops

from layerwise import backends
from layerwise.checks.assertions import describe


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
            f"{name} must return a Keras tensor. Received: {describe(outputs)}{hint}"
        )
    try:
        return keras.Model(inputs if len(inputs) > 1 else inputs[0], outputs)
    except ValueError as error:
        raise TypeError(
            f"{name} returned a Keras tensor that does not depend on its input"
        ) from error


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
    arrays = [
        ops.convert_to_numpy(arg) if ops.is_tensor(arg) else np.asarray(arg)
        for arg in args
    ]
    places = [
        index
        for index, array in enumerate(arrays)
        if array.dtype.kind == "f" or array.dtype.name == "bfloat16"
    ]
    if not places:
        raise ValueError(
            "gradient needs an argument of floating-point numbers. "
            f"Received: {', '.join(map(describe, args)) or 'no argument'}"
        )

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
    _, slopes = backends.differentiate(total, chosen)
    slopes = tuple(map(ops.convert_to_numpy, slopes))
    return slopes[0] if len(slopes) == 1 else slopes


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
            shown = ", ".join(map(describe, case))
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
