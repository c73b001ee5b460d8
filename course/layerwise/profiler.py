"""Where the time of a forward pass goes: each layer timed, counted and compared.

Time is measured on this machine and differs from run to run. Multiplications and bytes
are counted and never differ.
"""

import statistics
import time
from dataclasses import dataclass

import keras
import numpy as np

from layerwise.backends import forward, synchronise
from layerwise.costs import layer_costs, total

# The lecture's four kinds of layers, by Keras's class names.
GROUPS = {
    "conv": ("Conv2D", "DepthwiseConv2D", "SeparableConv2D", "Conv2DTranspose"),
    "fc": ("Dense",),
    "pool": ("MaxPooling2D", "AveragePooling2D", "GlobalAveragePooling2D"),
    "norm": (
        "BatchNormalization",
        "GroupNormalization",
        "LayerNormalization",
        "LocalResponseNormalization",
    ),
}


@dataclass(frozen=True)
class LayerProfile:
    """What one layer took and what it had to do, for a whole batch.

    Attributes:
        name: String, the layer's name.
        kind: String, its class, such as `"Conv2D"`.
        group: String, `"conv"`, `"fc"`, `"pool"`, `"norm"` or `"other"`.
        seconds: Float, median time of a forward pass.
        multiply_adds: Integer, as `layerwise.costs` counts them.
        bytes: Integer, input, output and weights, each moved once. More may be moved;
            less cannot, unless it lies in a cache already.
    """

    name: str
    kind: str
    group: str
    seconds: float
    multiply_adds: int
    bytes: int

    @property
    def intensity(self):
        """Floating-point operations for each byte; a multiply-add is two."""
        return 2 * self.multiply_adds / self.bytes

    @property
    def flops(self):
        """Floating-point operations in a second."""
        return 2 * self.multiply_adds / self.seconds if self.seconds else 0.0


@dataclass(frozen=True)
class Profile:
    """A model's layers, and the model as a whole, timed in the same rounds.

    Attributes:
        layers: Tuple of `LayerProfile`, in the order in which they run.
        whole: Float, median seconds of the whole model's forward pass.
        batch_size: Integer.
    """

    layers: tuple
    whole: float
    batch_size: int

    @property
    def total(self):
        """Seconds of all layers together."""
        return sum(layer.seconds for layer in self.layers)

    def shares(self, what="seconds"):
        """Sums a quantity over each group of layers, as a share of the whole.

        Args:
            what: String, `"seconds"`, `"multiply_adds"` or `"bytes"`.

        Returns:
            Dictionary from each group that the model has to a float; they sum to 1.

        Raises:
            ValueError: If the quantity is 0 in all layers. No layer has seconds of its
                own where each is done as fast as a call that does nothing.
        """
        sums = {}
        for layer in self.layers:
            sums[layer.group] = sums.get(layer.group, 0) + getattr(layer, what)
        whole = sum(sums.values())
        if not whole:
            faster = "no layer took longer than a call that does nothing"
            nothing = faster if what == "seconds" else f"the layers have no {what}"
            raise ValueError(
                f"shares of {what!r} cannot be told: {nothing}. Received: "
                f"{len(self.layers)} layers, batch size {self.batch_size}"
            )
        order = (*GROUPS, "other")
        return {group: sums[group] / whole for group in order if group in sums}


def profile(model, batch_size=1, rounds=7, seed=0):
    """Times each layer of a model's forward pass, and the whole of it.

    A round runs the whole model once and then layer after layer, each compiled and
    waited for; so a layer finds the caches as the layer before it leaves them. What a
    call costs by itself is measured beside them, with a layer that does nothing, and
    taken off. The first two rounds are not counted.

    Args:
        model: Functional Keras model with a fixed input size, or a `Sequential` one,
            in which each layer is used once. A model in it counts as one layer.
        batch_size: Integer, images at once.
        rounds: Integer, how many are counted; the median is taken.
        seed: Integer, of the images, which are drawn from a normal distribution.

    Returns:
        A `Profile`.

    Raises:
        ValueError: If the input's size is open, the model has several inputs, or a
            layer is used twice.
    """
    steps = _steps(model)
    multiply_adds = {cost.name: cost.multiply_adds for cost in layer_costs(model)}
    if len(model.inputs) != 1 or None in model.inputs[0].shape[1:]:
        raise ValueError(
            "profile needs a model with one input of a fixed size. Received inputs "
            f"of shapes {[tuple(tensor.shape) for tensor in model.inputs]}"
        )
    rng = np.random.default_rng(seed)
    shape = (batch_size, *model.inputs[0].shape[1:])
    images = keras.ops.convert_to_tensor(rng.normal(size=shape).astype("float32"))
    whole, nothing = forward(model), forward(keras.layers.Identity())
    calls = [(step, forward(step.operation)) for step in steps]
    times = [[] for _ in calls]
    whole_times, call_times, sizes = [], [], []
    for index in range(rounds + 2):
        whole_times.append(timed(whole, images)[0])
        call_times.append(timed(nothing, images)[0])
        values = {id(model.inputs[0]): images}
        for place, (step, call) in enumerate(calls):
            inputs = [values[key] for key in step.inputs]
            seconds, outputs = timed(call, *_arguments(step.operation, inputs))
            outputs = outputs if isinstance(outputs, list | tuple) else [outputs]
            values.update(zip(step.outputs, outputs, strict=True))
            times[place].append(seconds)
            if index == 0:
                sizes.append(_bytes(step.operation, [*inputs, *outputs]))
    found, call_cost = [], statistics.median(call_times[2:])
    for (step, _), seconds, size in zip(calls, times, sizes, strict=True):
        name, kind = step.operation.name, type(step.operation).__name__
        if getattr(step.operation, "layers", None):
            count = total(layer_costs(step.operation))[1]
        else:
            count = multiply_adds.get(name, 0)
        # A layer that does nothing, such as dropout here, comes out at 0, not below.
        own = max(statistics.median(seconds[2:]) - call_cost, 0.0)
        found.append(
            LayerProfile(name, kind, group(kind), own, count * batch_size, size)
        )
    return Profile(tuple(found), statistics.median(whole_times[2:]), batch_size)


def group(kind):
    """Names the lecture's group of a kind of layer.

    Args:
        kind: String, a class name such as `"Conv2D"`.

    Returns:
        `"conv"`, `"fc"`, `"pool"`, `"norm"`, or `"other"`.
    """
    for name, kinds in GROUPS.items():
        if kind in kinds:
            return name
    return "other"


def timed(fn, *args):
    """Runs a function until its result is there.

    Args:
        fn: Function that returns tensors.
        *args: Its arguments.

    Returns:
        Pair of a float, seconds, and what the function returned.
    """
    start = time.perf_counter()
    result = fn(*args)
    synchronise(result)
    return time.perf_counter() - start, result


def shortest(fn, *args, repeats=4):
    """Returns the shortest time of several calls; the first one may compile.

    Args:
        fn: Function that returns tensors.
        *args: Its arguments.
        repeats: Integer, calls.

    Returns:
        Float, seconds.
    """
    return min(timed(fn, *args)[0] for _ in range(repeats))


@dataclass(frozen=True)
class _Step:
    """An operation, and the tensors that it reads and writes, by identity."""

    operation: object
    inputs: tuple
    outputs: tuple


def _steps(model):
    """Lists what a model does, in order."""
    steps, known = [], {id(tensor) for tensor in model.inputs}
    # A Sequential model has layers only; a functional one may have bare operations.
    for operation in getattr(model, "operations", model.layers):
        if type(operation).__name__ == "InputLayer":
            continue
        try:
            inputs = _identities(operation.input)
            outputs = _identities(operation.output)
        except (AttributeError, ValueError) as error:
            raise ValueError(
                f"profile needs a model that uses each layer once. {operation.name}: "
                f"{error}"
            ) from error
        unknown = set(inputs) - known
        if unknown:
            raise ValueError(
                f"profile needs a model that uses each layer once; {operation.name} "
                "reads a tensor from elsewhere"
            )
        known.update(outputs)
        steps.append(_Step(operation, inputs, outputs))
    if not set(_identities(model.outputs)) <= known:
        raise ValueError(
            "profile needs a model that uses each layer once; its output comes from a "
            "second use"
        )
    return steps


def _identities(tensors):
    tensors = tensors if isinstance(tensors, list | tuple) else [tensors]
    return tuple(id(tensor) for tensor in tensors)


def _arguments(operation, inputs):
    """Returns what the operation is called with: layers take several as one list."""
    if isinstance(operation, keras.layers.Layer) and len(inputs) > 1:
        return [inputs]
    return inputs


def _bytes(operation, tensors):
    """Adds up the bytes of tensors and of the operation's weights."""
    arrays = [
        (tuple(t.shape), keras.backend.standardize_dtype(t.dtype)) for t in tensors
    ]
    compute = getattr(operation, "compute_dtype", None)
    for weight in getattr(operation, "weights", []):
        dtype = keras.backend.standardize_dtype(weight.dtype)
        # A float32 weight of a layer that computes with 16 bits is read as 16.
        arrays.append((tuple(weight.shape), compute or dtype))
    return sum(int(np.prod(shape)) * _width(dtype) for shape, dtype in arrays)


def _width(dtype):
    """Returns the bytes of one number."""
    if dtype == "bool":
        return 1
    return int("".join(filter(str.isdigit, dtype))) // 8
