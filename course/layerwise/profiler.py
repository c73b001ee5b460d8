"""Where the time of a forward pass goes: each layer timed, counted and compared.

Time is measured on this machine and differs from run to run. Multiplications and bytes
are counted and never differ. Layers whose times do not add up to the whole's are
refused.
"""

import dataclasses
import math
import re
import time
from dataclasses import dataclass

import keras
import numpy as np

from layerwise import verdicts
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
        seconds: Float, median time of a forward pass less that of an empty call. What
            is 0 or negative lies below the resolution of the clock.
        multiply_adds: Integer, as `layerwise.costs` counts them, and those of local
            response normalisation as it is computed here.
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
        """Floating-point operations in a second; 0 below the clock's resolution."""
        return 2 * self.multiply_adds / self.seconds if self.seconds > 0 else 0.0


@dataclass(frozen=True)
class Profile:
    """A model's layers, and the model as a whole, timed in the same rounds.

    Attributes:
        layers: Tuple of `LayerProfile`, in the order in which they run.
        whole: Float, median seconds of the whole model's forward pass, the call of it
            included.
        batch_size: Integer.
        call: Float, median seconds of a call that computes nothing.
        fastest: Float, seconds of the fastest of the whole's passes, or 0 if not known.
        repetitions: Tuple of `Profile`: the same from each third of the rounds, if
            there are enough of them.
    """

    layers: tuple
    whole: float
    batch_size: int
    call: float = 0.0
    fastest: float = 0.0
    repetitions: tuple = ()

    @property
    def total(self):
        """Seconds of all layers together."""
        return sum(layer.seconds for layer in self.layers)

    @property
    def coverage(self):
        """Seconds of all layers together, as a share of those of the whole."""
        return self.total / (self.whole - self.call)

    def shares(self, what="seconds"):
        """Sums a quantity over each group of layers, as a share of the whole.

        Args:
            what: String, `"seconds"`, `"multiply_adds"` or `"bytes"`.

        Returns:
            Dictionary from each group that the model has to a float; they sum to 1.

        Raises:
            ValueError: If the quantity is 0 in all layers, or if the seconds of the
                layers do not add up to 0.95 to 1.05 of the whole's: then they are the
                times of something else.
        """
        sums = {}
        for layer in self.layers:
            sums[layer.group] = sums.get(layer.group, 0) + getattr(layer, what)
        order = (*GROUPS, "other")
        sums = {group: sums[group] for group in order if group in sums}
        whole = sum(sums.values())
        if what == "seconds":
            return verdicts.shares(sums, self.whole - self.call)
        if not whole:
            raise ValueError(
                f"shares of {what!r} cannot be told: the layers have no {what}. "
                f"Received: {len(self.layers)} layers, batch size {self.batch_size}"
            )
        return {group: value / whole for group, value in sums.items()}

    def repeated_shares(self, group):
        """Returns a group's share of the seconds in each third of the rounds.

        Args:
            group: String, `"conv"` say.

        Returns:
            List of three floats, of the layers' sum; empty if there were too few
            rounds.
        """
        return [
            sum(layer.seconds for layer in third.layers if layer.group == group)
            / third.total
            for third in self.repetitions
        ]

    def repeated_rates(self, group):
        """Returns how fast a group of layers computes, in each third of the rounds.

        Args:
            group: String, `"conv"` say.

        Returns:
            List of floats, billions of floating-point operations in a second.
        """
        rates = []
        for third in self.repetitions:
            own = [layer for layer in third.layers if layer.group == group]
            work = 2 * sum(layer.multiply_adds for layer in own)
            rates.append(work / sum(layer.seconds for layer in own) / 1e9)
        return rates


def profile(model, batch_size=1, rounds=9, seed=0):
    """Times each layer of a model's forward pass, and the whole of it.

    A round runs the whole model once and then layer after layer, each compiled and
    waited for; so a layer finds the caches as the layer before it leaves them. What a
    call costs by itself is measured before each layer with one that does nothing, on a
    single number (some backends copy what such a layer is given), and is taken off. The
    first two rounds are not counted.

    Args:
        model: Functional Keras model with a fixed input size, or a `Sequential` one,
            in which each layer is used once. A model in it counts as one layer.
        batch_size: Integer, images at once.
        rounds: Integer, how many are counted; the median is taken. If the layers do
            not add up to the whole, as on a busy machine, as many are added, twice at
            most. From six on, every third of them makes a repetition.
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
    number = keras.ops.convert_to_tensor(np.zeros(1, "float32"))
    calls = [(step, forward(step.operation)) for step in steps]
    times, sizes = [], []  # times: a row for each round
    for index in range(3 * rounds + 2):
        if index > 2 and (index - 2) % rounds == 0 and _adds_up(times[2:]):
            break
        row, empty = [timed(whole, images)[0]], []
        values = {id(model.inputs[0]): images}
        for step, call in calls:
            inputs = [values[key] for key in step.inputs]
            empty.append(timed(nothing, number)[0])
            seconds, outputs = timed(call, *_arguments(step.operation, inputs))
            outputs = outputs if isinstance(outputs, list | tuple) else [outputs]
            values.update(zip(step.outputs, outputs, strict=True))
            row.append(seconds)
            if index == 0:
                sizes.append(_bytes(step.operation, [*inputs, *outputs]))
        times.append([row[0], np.median(empty), *row[1:]])
    work = []
    for step, size in zip(steps, sizes, strict=True):
        operation = step.operation
        if getattr(operation, "layers", None):
            count = total(layer_costs(operation))[1]
        else:
            count = multiply_adds.get(operation.name, 0) + _beside_kernels(operation)
        work.append((operation, count * batch_size, size))
    times = np.array(times[2:])
    thirds = [times[start::3] for start in range(3)] if rounds >= 6 else []
    repetitions = tuple(_summary(third, work, batch_size) for third in thirds)
    return dataclasses.replace(
        _summary(times, work, batch_size), repetitions=repetitions
    )


def _summary(times, work, batch_size):
    """Makes a profile of rounds: times has a row for each, (whole, call, *layers)."""
    whole, call, *seconds = map(float, np.median(times, axis=0))
    layers = []
    for (operation, count, size), own in zip(work, seconds, strict=True):
        kind = type(operation).__name__
        layers.append(
            LayerProfile(operation.name, kind, group(kind), own - call, count, size)
        )
    fastest = float(times[:, 0].min())
    return Profile(tuple(layers), whole, batch_size, call, fastest)


def _adds_up(times):
    whole, call, *seconds = np.median(times, axis=0)
    return abs((sum(seconds) - call * len(seconds)) / (whole - call) - 1) <= 0.05


def _beside_kernels(operation):
    """Counts multiply-adds that a layer runs and that papers do not count.

    Local response normalisation sums neighbours by a product with a band of ones, each
    channel by all of them, which is no slower than a sum of five.
    """
    if type(operation).__name__ != "LocalResponseNormalization":
        return 0
    return math.prod(operation.input.shape[1:]) * operation.input.shape[-1]


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


def alternate(
    fns, repetitions=5, runs=3, clock=time.perf_counter, of_runs=min, warm_up=1
):
    """Times several functions in turn, so that a busy machine slows all of them.

    Args:
        fns: Dictionary from a name to a function without arguments that returns a
            tensor, an array or a list of them.
        repetitions: Integer.
        runs: Integer, of each function in a repetition.
        clock: Function that returns seconds. `time.thread_time` leaves out what other
            programs do meanwhile, and suits functions that compute in one thread.
        of_runs: Function of a repetition's times to the one that counts. The fastest
            does, for what disturbs a run can only make it slower.
        warm_up: Integer, first runs of each that do not count.

    Returns:
        Dictionary from the same names to lists of seconds, one for each repetition.
    """
    for _ in range(warm_up):
        for fn in fns.values():
            synchronise(fn())
    found = {name: [] for name in fns}
    for _ in range(repetitions):
        taken = {name: [] for name in fns}
        for _ in range(runs):
            for name, fn in fns.items():
                start = clock()
                synchronise(fn())
                taken[name].append(clock() - start)
        for name, seconds in taken.items():
            found[name].append(float(of_runs(seconds)))
    return found


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
    """Adds up the bytes of tensors and of the operation's weights, as they are kept.

    A float32 weight is read with 4 bytes, also where a layer then computes with 16
    bits.
    """
    arrays = [*tensors, *getattr(operation, "weights", [])]
    return sum(
        -(-int(np.prod(a.shape)) * _bits(keras.backend.standardize_dtype(a.dtype)) // 8)
        for a in arrays
    )


def _bits(dtype):
    """Returns the bits of one number: 8 of `"float8_e4m3fn"`."""
    return 8 if dtype == "bool" else int(re.search(r"\d+", dtype)[0])
