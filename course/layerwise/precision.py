"""Number formats at work: what a processor has for them, and how to time and train."""

import contextlib
import platform
from pathlib import Path

import keras
import numpy as np
from keras import ops

from layerwise import backends, floats, profiler, verdicts

# Instructions that *compute* with few bits, by the names that Linux gives them. F16C is
# not here: it converts float16, and the arithmetic is that of float32.
INSTRUCTIONS = {
    "bfloat16": ("avx512_bf16", "amx_bf16", "bf16", "svebf16"),
    "float16": ("avx512_fp16", "amx_fp16", "asimdhp", "svehp"),
    "int8": ("avx512_vnni", "avx_vnni", "amx_int8", "asimddp", "i8mm"),
}
CPUINFO = Path("/proc/cpuinfo")


def instructions(cpuinfo=CPUINFO):
    """Says which instructions for few bits this processor names.

    Args:
        cpuinfo: `Path` of Linux's list of the processor's features.

    Returns:
        Dictionary from a format to a list of names, or `None` where no such list is
        found (macOS, Windows).
    """
    if not cpuinfo.is_file():
        return None
    flags = set()
    for line in cpuinfo.read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() in ("flags", "Features"):
            flags.update(value.split())
    return {
        kind: [name for name in names if name in flags]
        for kind, names in INSTRUCTIONS.items()
    }


def describe_instructions():
    """Returns a few lines: the processor, and its instructions for few bits."""
    found = instructions()
    if found is None:
        return f"{platform.machine()}: its instructions are not known here"
    lines = [
        f"{kind:9} {', '.join(names) or 'no instructions of its own'}"
        for kind, names in found.items()
    ]
    return "\n".join(lines)


def in_turn(calls, groups=3, repeats=5):
    """Times functions in turn, so that what else the machine does meets all of them.

    Args:
        calls: Dictionary from a name to a function without arguments.
        groups: Integer, how many medians to take.
        repeats: Integer, calls in each median.

    Returns:
        Dictionary from a name to a list of `groups` medians, in seconds.
    """
    # The first calls compile and fill caches.
    return profiler.alternate(calls, groups, repeats, of_runs=np.median, warm_up=2)


def faster(first, second, margin=1.1):
    """Says which of two lists of times is shorter, if by more than a margin.

    Args:
        first: Sequence of seconds, as `in_turn` returns them.
        second: Likewise.
        margin: Float, the smallest factor that counts.

    Returns:
        String.
    """
    verdict = verdicts.compare_times(first, second)
    ratio = np.median(second) / np.median(first)
    if verdict.kind in (verdicts.FASTER, verdicts.SLOWER) and (
        1 / margin < ratio < margin
    ):
        return f"no difference here: less than {margin:g} apart"
    return verdict.text


@contextlib.contextmanager
def policy(name):
    """Makes a dtype policy the global one; what it was before is put back.

    A model made inside has the policy itself, and so do its layers. `Model.compile`
    looks at the *model's* policy to decide whether it scales the loss.

    Args:
        name: String, such as `"mixed_float16"`.
    """
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def speedups(traces):
    """Compares recorded timings in float32 with the same in other formats.

    Args:
        traces: List of traces, as `layerwise.traces` reads them.

    Returns:
        List of dictionaries: `device`, `model`, `phase`, `batch_size`, `dtype`, `ratio`
        (the time in float32 divided by the other) and `text`, a line of all that.
    """
    names = ("model", "phase", "batch_size")
    times = {}
    for trace in traces:
        for entry in trace["entries"]:
            key = (trace["provenance"]["device"], *(entry[name] for name in names))
            times.setdefault(key, {})[entry["dtype"]] = entry["seconds"]
    rows = []
    for key, found in times.items():
        for dtype, seconds in found.items():
            if dtype == "float32" or "float32" not in found:
                continue
            row = dict(zip(("device", *names), key, strict=True))
            row |= {"dtype": dtype, "ratio": found["float32"] / seconds}
            place = "{device}, {model}, {phase}, batch {batch_size}".format(**row)
            text = f"{place}: {dtype} {row['ratio']:.2f} times as fast as float32"
            rows.append(row | {"text": text})
    return rows


def layer_calls(layer, x):
    """Compiles a layer, and its gradients.

    Args:
        layer: Keras layer; it is built here.
        x: Tensor, its input.

    Returns:
        Dictionary: `"forward"` is a function without arguments that computes the
        output, `"gradients"` one that computes the gradients of kernel, bias and input.
    """
    layer.build(x.shape)
    forward = backends.forward(layer)

    def slopes(x):
        weights = layer.trainable_variables
        return backends.differentiate(lambda x: ops.sum(layer(x)), [x], weights)[1]

    backward = backends.compiled(slopes, layer.variables)
    return {"forward": lambda: forward(x), "gradients": lambda: backward(x)}


def layer_times(dtypes, side, groups=3):
    """Times a dense layer and a convolution in several formats, in turn.

    Args:
        dtypes: Sequence of strings, formats of weights and inputs.
        side: Integer, rows and columns of the dense layer's two matrices. The
            convolution has 64 kernels 3×3, and 16 inputs of 32×32 with 32 channels.
        groups: Integer, medians of each.

    Returns:
        Dictionary from `"dense, forward"`, `"dense, gradients"`, and the same for
        `"conv"`, to a dictionary from a format to a list of seconds.
    """
    rng = np.random.default_rng(0)
    makers = {
        "dense": (keras.layers.Dense, (side,), (side, side)),
        "conv": (keras.layers.Conv2D, (64, 3), (16, 32, 32, 32)),
    }
    found = {}
    for name, (kind, arguments, shape) in makers.items():
        x = rng.normal(size=shape)
        calls = {
            dtype: layer_calls(kind(*arguments, dtype=dtype), ops.cast(x, dtype))
            for dtype in dtypes
        }
        for phase in ("forward", "gradients"):
            ways = {dtype: call[phase] for dtype, call in calls.items()}
            found[f"{name}, {phase}"] = in_turn(ways, groups)
    return found


def gradient_sizes(model, x, y, loss, layer):
    """Returns the sizes of a loss's gradients that are not 0.

    Args:
        model: Functional `keras.Model`.
        x: Array of inputs.
        y: Array of labels.
        loss: Function of labels and outputs to a scalar.
        layer: String, a layer of the model.

    Returns:
        Dictionary of flat arrays: `"weights"` for the gradients of all trainable
        weights, `"way back"` for that of the layer's output.
    """
    _, found = backends.differentiate(
        lambda: loss(y, model(x)), variables=model.trainable_variables
    )
    middle = model.get_layer(layer).output
    start, rest = keras.Model(model.input, middle), keras.Model(middle, model.output)
    _, back = backends.differentiate(lambda a: loss(y, rest(a)), [start(x)])
    flat = [np.abs(ops.convert_to_numpy(one)).ravel() for one in [*found, *back]]
    sizes = {"weights": np.concatenate(flat[:-1]), "way back": flat[-1]}
    return {name: values[values > 0] for name, values in sizes.items()}


def follow_scale(optimizer, gradient, steps):
    """Trains one weight on a gradient that is held in float16.

    Args:
        optimizer: Keras optimizer, such as `keras.optimizers.LossScaleOptimizer`.
        gradient: Float, what the gradient would be.
        steps: Integer.

    Returns:
        List of pairs of floats, one for each step: the weight after it, and the number
        by which the loss was multiplied.
    """
    weight = keras.Variable([0.0])
    optimizer.build([weight])
    history = []
    for _ in range(steps):
        scales = isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
        scale = float(optimizer.scale_loss(1.0)) if scales else 1.0
        # As the backward pass would hold it.
        held = floats.rounded([gradient * scale], "float16")
        optimizer.apply([ops.convert_to_tensor(held)], [weight])
        history.append((float(weight[0]), scale))
    return history
