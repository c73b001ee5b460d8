"""The library gives the same numbers under TensorFlow, JAX and torch.

This file is also a script: a process with another `KERAS_BACKEND` runs it, and the test
compares what it writes with what this process computes.

    KERAS_BACKEND=jax python tests/layerwise/test_backends.py OUT.npz
"""

import contextlib
import importlib.util
import os
import subprocess
import sys

import keras
import numpy as np
import pytest
from backend_results import measure as measure_switches
from keras import ops

from layerwise import (
    checks,
    data,
    detection,
    dqn,
    processes,
    profiler,
    quantize,
    style,
)
from layerwise.models import (
    alexnet,
    dcgan,
    efficientnet_lite,
    googlenet,
    resnet,
    segnet,
    vgg,
)

pytestmark = pytest.mark.kernel

SHAPE = (8, 8, 1)
# A name, the function that makes the block, its input's shape, its other arguments.
BLOCKS = [
    (
        "grouped convolution with LRN",
        alexnet.convolution,
        (9, 9, 8),
        {"filters": 6, "kernel_size": 3, "groups": 2, "norm": True},
    ),
    (
        "inverted block",
        efficientnet_lite.inverted_block,
        (8, 8, 4),
        {"filters": 4, "kernel_size": 3, "strides": 2, "expansion": 6, "name": "b"},
    ),
    ("VGG block", vgg.vgg_block, (6, 6, 2), {"num_convs": 2, "filters": 3}),
    (
        "inception block",
        googlenet.inception_block,
        (6, 6, 4),
        {"filters": (2, (3, 4), (2, 3), 2)},
    ),
    ("SegNet", lambda x: segnet.segnet((8, 8, 3), 4, (2, 3))(x), (8, 8, 3), {}),
    ("generator", lambda x: dcgan.generator((8, 8, 1), 2, 5)(x), (5,), {}),
    ("discriminator", lambda x: dcgan.discriminator((8, 8, 1), 2)(x), (8, 8, 1), {}),
    ("detector", lambda x: detection.detector(16, 2, 2)(x), (16, 16, 3), {}),
    ("Q-network", lambda x: dqn.q_network(2)(x), (10, 10, 1), {}),
    ("painter", lambda x: style.transform_net(2, 1)(x), (8, 8, 3), {}),
]


def drawn_weights(model, rng):
    """Weights that do not depend on a backend's generator."""
    weights = []
    for array in model.get_weights():
        if array.ndim == 1:  # scales, offsets, moving statistics: all may be positive
            weights.append(rng.uniform(0.5, 1.5, array.shape))
        else:
            fan_in = np.prod(array.shape[:-1])
            weights.append(rng.normal(0, np.sqrt(2 / fan_in), array.shape))
    return weights


@contextlib.contextmanager
def zero_start():
    """Makes kernels start as zeros: they are replaced, and JAX compiles each draw."""
    kind = keras.initializers.VarianceScaling
    original = kind.__call__
    kind.__call__ = lambda self, shape, dtype=None: ops.zeros(shape, dtype)
    try:
        yield
    finally:
        kind.__call__ = original


def measure():
    """Runs what the course needs of a backend; returns named arrays."""
    rng = np.random.default_rng(1)
    x = rng.uniform(0, 1, (12, *SHAPE)).astype("float32")
    y = np.arange(12) % 3
    found = measure_switches()

    with zero_start():
        model = resnet.small_resnet(1, SHAPE, num_classes=3, filters=4)
        block = checks.as_model(resnet.bottleneck_block, (4, 4, 3), filters=2)
    weights = drawn_weights(model, rng)
    model.set_weights(weights)
    found["forward"] = ops.convert_to_numpy(model(x, training=False))
    found["gradient"] = checks.gradient(model, x)
    profiled = profiler.profile(model, batch_size=2, rounds=1).layers
    found["profiled"] = np.array([(p.multiply_adds, p.bytes) for p in profiled])
    few = quantize.quantized(model, x, weight_bits=4, input_bits=4)
    found["four bits"] = ops.convert_to_numpy(few(x))

    found["gradient in training"] = checks.gradient(
        lambda x: model(x, training=True) ** 2, x
    )
    for name, fn, dims, options in BLOCKS:
        with zero_start():
            made = checks.as_model(fn, dims, **options)
        made.set_weights(drawn_weights(made, rng))
        images = rng.uniform(0, 1, (2, *dims)).astype("float32")
        found[name] = ops.convert_to_numpy(made(images))
        found[f"{name}, gradient"] = checks.gradient(made, images)
    norm = checks.find_layers(model, "BatchNormalization")[0]
    found["moving mean"] = ops.convert_to_numpy(norm.moving_mean)

    model.compile(
        keras.optimizers.SGD(0.01),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    for name, batches in (
        ("arrays", {"x": x, "y": y, "batch_size": 6, "shuffle": False}),
        ("pipeline", {"x": data.batches(x, y, batch_size=6), "shuffle": False}),
    ):
        model.set_weights(weights)
        losses = model.fit(**batches, epochs=2, verbose=0).history["loss"]
        found[f"losses, {name}"] = np.array(losses)
        found[f"prediction after fit, {name}"] = model.predict(x, verbose=0)
        for index, array in enumerate(model.get_weights()):
            found[f"weight {index} after fit, {name}"] = array

    block.set_weights(drawn_weights(block, rng))
    found["bottleneck"] = ops.convert_to_numpy(
        block(rng.normal(size=(2, 4, 4, 3)).astype("float32"))
    )

    for name in ("one", "other"):
        with checks.seeded(4):
            found[f"drawn, {name}"] = ops.convert_to_numpy(keras.random.normal((5,)))
    return found


@pytest.fixture(scope="module")
def here():
    return measure()


@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_backends_agree(backend, here, tmp_path):
    if backend == keras.backend.backend():
        pytest.skip("is the one that the others are compared with")
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    out = tmp_path / "found.npz"
    run = subprocess.run(
        [sys.executable, __file__, str(out)],
        env=os.environ
        | {
            "KERAS_BACKEND": backend,
            "CUDA_VISIBLE_DEVICES": "",
            # Compiling takes longer here than what is compiled saves.
            "JAX_DISABLE_MOST_OPTIMIZATIONS": "1",
        },
        capture_output=True,
        text=True,
        timeout=processes.WALL_SECONDS,
    )
    assert run.returncode == 0, run.stderr
    with np.load(out) as there:
        assert str(there["backend"]) == backend
        np.testing.assert_array_equal(there["drawn, one"], there["drawn, other"])
        assert set(there.files) == {*here, "backend"}
        for name, expected in here.items():
            if name.startswith("drawn"):  # each backend has a generator of its own
                continue
            scale = np.abs(expected).max()
            what = f"{name} ({backend})"
            checks.close(there[name], expected, what, rtol=1e-3, atol=1e-4 * scale)


def test_fit_on_arrays_and_on_a_pipeline_agree(here):
    np.testing.assert_array_equal(here["drawn, one"], here["drawn, other"])
    checks.close(here["losses, pipeline"], here["losses, arrays"])
    checks.close(
        here["prediction after fit, pipeline"], here["prediction after fit, arrays"]
    )


def test_fit_moves_the_weights(here):
    first, last = here["losses, arrays"]
    assert last < first


if __name__ == "__main__":
    np.savez(sys.argv[1], backend=keras.backend.backend(), **measure())
