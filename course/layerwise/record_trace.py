"""Records how long networks take on this machine, as a JSON file with its provenance.

    python -m layerwise.record_trace OUT.json --batch-sizes 1 8 64 --training

runs on any machine with any Keras backend: KERAS_BACKEND=jax or torch where there is no
TensorFlow. `layerwise.traces` reads the file.
"""

import argparse
import contextlib
import datetime
import importlib.metadata
import json
import os
import platform
import statistics
import sys
import time
from dataclasses import asdict
from pathlib import Path

import keras
import numpy as np

from layerwise import backends, profiler, traces
from layerwise.models import alexnet, resnet, vgg

MODELS = {
    "alexnet": alexnet.alexnet,
    "vgg16": lambda: vgg.vgg(16),
    "resnet50": lambda: resnet.resnet(50),
}
# The same network for training on TensorFlow's CPU, where the gradient of a grouped
# convolution takes many times as long as that of two convolutions side by side.
SPLIT = {"alexnet": lambda: alexnet.alexnet(split=True)}
# What a name means for Keras: the policy of its layers, and TF32 for float32 products.
DTYPES = {
    "float32": ("float32", False),
    "tf32": ("float32", True),
    "bfloat16": ("mixed_bfloat16", False),
    "float16": ("mixed_float16", False),
}


def record(
    names, batch_sizes, dtypes=("float32",), training=False, rounds=7, say=print
):
    """Times models, forwards layer by layer and in training.

    Args:
        names: Sequence of strings from `MODELS`.
        batch_sizes: Sequence of integers.
        dtypes: Sequence of strings from `DTYPES`.
        training: Whether training steps are timed too.
        rounds: Integer, runs of which the median is taken.
        say: Function that takes a line of text, for progress.

    Returns:
        List of dictionaries, the entries of a trace.
    """
    entries = []
    for dtype in dtypes:
        for name in names:
            with _computing_in(dtype):
                model = MODELS[name]()
                trained = model
                if training and name in SPLIT and _on_tensorflows_cpu():
                    trained = SPLIT[name]()
                for batch_size in batch_sizes:
                    entry = {"model": name, "batch_size": batch_size, "dtype": dtype}
                    entry["repeats"] = rounds
                    entries.append(entry | forward(model, batch_size, rounds))
                    if training:
                        entries.append(entry | train(trained, batch_size, rounds))
                    for done in entries[-1 - training :]:
                        say(
                            f"{name}, {dtype}, batch {batch_size}, {done['phase']}: "
                            f"{1000 * done['seconds']:.1f} ms"
                        )
            keras.utils.clear_session()
    return entries


def forward(model, batch_size, rounds):
    """Times a model's forward pass.

    Args:
        model: Keras model with a fixed input size.
        batch_size: Integer.
        rounds: Integer.

    Returns:
        Dictionary, part of an entry; without `"layers"` if these do not add up to the
        whole.
    """
    found = profiler.profile(model, batch_size, rounds)
    entry = {"phase": "forward", "seconds": found.whole, "fastest": found.fastest}
    entry["call"] = found.call
    if abs(found.coverage - 1) > 0.05:
        # Then the layers' times are of something else, and would mislead.
        return entry
    return entry | {"layers": [asdict(layer) for layer in found.layers]}


def train(model, batch_size, rounds):
    """Times a training step: forward, backward, SGD with momentum, the batch's way in.

    Args:
        model: Keras model from images to probabilities.
        batch_size: Integer.
        rounds: Integer.

    Returns:
        Dictionary, part of an entry.
    """
    model.compile(
        keras.optimizers.SGD(1e-3, momentum=0.9),
        "sparse_categorical_crossentropy",
        jit_compile=False if _on_tensorflows_cpu() else "auto",
    )
    rng = np.random.default_rng(0)
    x = rng.normal(size=(batch_size, *model.input_shape[1:])).astype("float32")
    y = rng.integers(0, model.output_shape[-1], batch_size)
    times = []
    for _ in range(rounds + 2):
        start = time.perf_counter()
        # The loss comes back as a number, so the step is over when this returns.
        float(np.asarray(model.train_on_batch(x, y)).ravel()[0])
        times.append(time.perf_counter() - start)
    middle, fastest = statistics.median(times[2:]), min(times[2:])
    return {"phase": "training", "seconds": middle, "fastest": fastest}


def provenance(command):
    """Says where, when and how a trace is recorded.

    Args:
        command: String, the command line.

    Returns:
        Dictionary.
    """
    backend = keras.backend.backend()
    versions = {"python": platform.python_version(), "keras": keras.__version__}
    for package in (backend, "numpy", "layerwise"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions[package] = importlib.metadata.version(package)
    name, kind = device()
    return {
        "device": name,
        "platform": kind,
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "backend": backend,
        "versions": versions,
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "script": "layerwise.record_trace",
        "command": command,
    }


def device():
    """Names the device that the backend computes on.

    Returns:
        Pair of strings: its name, and `"gpu"`, `"tpu"` or `"cpu"`.
    """
    found = backends.accelerator()
    if found is not None:
        return found
    return f"{_processor()}, {os.cpu_count()} cores", "cpu"


def _on_tensorflows_cpu():
    return keras.backend.backend() == "tensorflow" and device()[1] == "cpu"


def _processor():
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


@contextlib.contextmanager
def _computing_in(dtype):
    """Sets the policy of layers made inside, and whether products may use TF32."""
    policy, tf32 = DTYPES[dtype]
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    backends.allow_tf32(tf32)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def main(arguments=None):
    """Runs the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m layerwise.record_trace", description=__doc__.splitlines()[0]
    )
    parser.add_argument("out", type=Path, help="JSON file to write")
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--batch-sizes", nargs="+", type=int, default=[1, 8, 64])
    parser.add_argument("--dtypes", nargs="+", choices=DTYPES, default=["float32"])
    parser.add_argument("--training", action="store_true", help="time training too")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args(arguments)
    if min(options.batch_sizes) < 1 or options.rounds < 1:
        parser.error("batch sizes and rounds must be at least 1")
    words = sys.argv[1:] if arguments is None else arguments
    # Whoever reads the trace wants the options, not where the file lay.
    shown = [options.out.name if word == str(options.out) else word for word in words]
    command = " ".join(["python -m layerwise.record_trace", *shown])
    trace = {
        "provenance": provenance(command),
        "entries": record(
            options.models,
            options.batch_sizes,
            options.dtypes,
            options.training,
            options.rounds,
        ),
    }
    traces.check_trace(trace)
    options.out.write_text(json.dumps(trace, indent=1) + "\n", encoding="utf-8")
    print(f"{len(trace['entries'])} entries in {options.out}")


if __name__ == "__main__":
    main()
