"""`layerwise.training`: gradients by hand, under TensorFlow and under JAX.

This file is also a script: a process with another `KERAS_BACKEND` runs it, and the test
compares what it writes with what this process computes.
"""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import layers, ops

from layerwise import checks, data, processes, training


def small_model(seed=0):
    model = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(4),
            layers.BatchNormalization(),
            layers.Dense(1),
        ]
    )
    rng = np.random.default_rng(seed)
    model.set_weights([rng.uniform(0.2, 1, w.shape) for w in model.get_weights()])
    return model


def measure():
    """Two models, one trained on what the other says; returns named arrays."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(8, 3)).astype("float32")
    model, other = small_model(0), small_model(1)

    def loss(x):
        return ops.mean(ops.square(model(x, training=True) - other(x, training=True)))

    found = {}
    value, slopes = training.gradients(lambda: loss(x), model.trainable_variables)
    found["value"] = ops.convert_to_numpy(value)
    for index, slope in enumerate(slopes):
        found[f"slope {index}"] = ops.convert_to_numpy(slope)
    step = training.make_step(loss, model, keras.optimizers.SGD(0.05), others=[other])
    found["losses"] = np.array([float(step(x)) for _ in range(5)])
    for name, one in (("model", model), ("other", other)):
        for index, array in enumerate(one.get_weights()):
            found[f"{name} {index}"] = array
    value, slope = training.value_and_gradient(
        lambda x, y: (ops.sum(x**2 * y), ops.max(x))
    )(x, 2 * x)
    found["first"], found["second"] = map(ops.convert_to_numpy, value)
    found["by x"] = ops.convert_to_numpy(slope)
    return found


@pytest.fixture(scope="module")
def here():
    return measure()


def test_the_gradient_is_that_of_the_first_array(here):
    x = np.random.default_rng(1).normal(size=(8, 3)).astype("float32")
    np.testing.assert_allclose(here["by x"], 4 * x * x, rtol=1e-4)
    np.testing.assert_allclose(here["second"], x.max(), rtol=1e-6)


def test_a_step_moves_one_model_and_only_statistics_of_the_other(here):
    before = small_model(1).get_weights()
    kept = [index for index, w in enumerate(before) if w.shape]
    after = [here[f"other {index}"] for index in kept]
    # Dense 1 (2), gamma, beta, moving mean, moving variance, dense 2 (2).
    moved = [
        i
        for i, (a, b) in enumerate(zip(after, before, strict=True))
        if not np.array_equal(a, b)
    ]
    assert moved == [4, 5]
    assert here["losses"][-1] < here["losses"][0]


def test_gradients_change_no_weight():
    model = small_model()
    before = model.get_weights()
    _, slopes = training.gradients(
        lambda: ops.sum(model(np.ones((2, 3), "float32"))), model.trainable_variables
    )
    checks.unchanged(model.get_weights(), before)
    assert len(slopes) == len(model.trainable_variables)


def test_a_variable_that_is_not_used_has_gradient_zero():
    one, other = keras.Variable([1.0, 2.0]), keras.Variable([3.0])
    _, slopes = training.gradients(lambda: ops.sum(one**2), [one, other])
    np.testing.assert_allclose(slopes[0], [2, 4])
    np.testing.assert_allclose(slopes[1], [0])


def test_minimize_finds_the_minimum_within_bounds():
    goal = np.array([[0.5, 3.0]], "float32")
    slope = training.value_and_gradient(lambda x: ops.sum(ops.square(x - goal)))
    np.testing.assert_allclose(
        training.minimize(slope, np.zeros((1, 2)), 50), goal, atol=1e-3
    )
    bounded = training.minimize(slope, np.zeros((1, 2)), 50, bounds=(0, 1))
    np.testing.assert_allclose(bounded, [[0.5, 1.0]], atol=1e-3)


def test_jax_gives_the_same_numbers(here, tmp_path):
    out = tmp_path / "found.npz"
    subprocess.run(
        [sys.executable, __file__, str(out)],
        env=os.environ | {"KERAS_BACKEND": "jax", "CUDA_VISIBLE_DEVICES": ""},
        check=True,
        timeout=processes.WALL_SECONDS,
    )
    with np.load(out) as there:
        assert set(there.files) == set(here)
        for name, array in here.items():
            np.testing.assert_allclose(
                there[name], array, rtol=2e-3, atol=1e-4, err_msg=name
            )


if __name__ == "__main__":
    np.savez(sys.argv[1], **measure())


def compiled(seed):
    """A model with dropout, whose calls are counted while it is traced."""

    class Counted(layers.Dense):
        calls = 0

        def call(self, x):
            Counted.calls += 1
            return super().call(x)

    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [keras.Input((3,)), layers.Dense(8, "relu"), layers.Dropout(0.5), Counted(2)]
    )
    model.compile(
        keras.optimizers.SGD(0.1, momentum=0.9),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=False,
    )
    return model, Counted


X = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")
Y = (X[:, 0] > 0).astype("int64")


def test_a_seed_gives_the_same_run_again_whatever_was_trained_between():
    def run(seed):
        model, _ = compiled(seed)
        history = training.fit(model, X, Y, epochs=3, seed=seed, batch_size=8)
        return np.concatenate([w.ravel() for w in model.get_weights()]), history

    first, history = run(0)
    other, _ = run(1)
    again, repeated = run(0)
    np.testing.assert_allclose(again, first, atol=1e-6)
    for metric, values in history.items():
        np.testing.assert_allclose(repeated[metric], values, rtol=1e-5)
    assert abs(other - first).max() > 1e-3
    assert len(history["accuracy"]) == 3


def test_the_order_of_the_batches_follows_the_seed_and_changes_each_epoch():
    def order(seed):
        batches = data.batches(X, Y, 8, shuffle=True, seed=seed)
        return [
            np.concatenate([ops.convert_to_numpy(x)[:, 0] for x, _ in batches])
            for _ in range(2)
        ]

    keras.utils.set_random_seed(0)
    first = order(0)
    keras.utils.set_random_seed(0)
    again = order(0)
    np.testing.assert_array_equal(again, first)
    assert (first[0] != first[1]).any()
    assert (order(1)[0] != first[0]).any()


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="counts traces")
def test_a_step_is_traced_once_when_all_is_built_before():
    def traces(train):
        model, counted = compiled(0)
        before = counted.calls
        train(model)
        return counted.calls - before

    def plain_fit(model):
        model.fit(data.batches(X, Y, 8), epochs=2, shuffle=False, verbose=0)

    # One call is made while building; the step itself is traced once instead of twice.
    assert traces(lambda m: training.fit(m, X, Y, epochs=2, seed=0, batch_size=8)) == 2
    assert traces(plain_fit) == 2, "TensorFlow no longer traces twice: `build` can go"


def test_a_call_in_training_mode_leaves_the_model_as_it_was():
    model = small_model()
    before = [array.copy() for array in model.get_weights()]
    found = training.in_training_mode(lambda: model(X, training=True), model)
    assert found.shape == (40, 1)
    checks.unchanged(model.get_weights(), before)
    model(X, training=True)
    moved = [abs(a - b).max() for a, b in zip(model.get_weights(), before, strict=True)]
    assert max(moved) > 1e-3, "training mode moves the statistics"


def test_the_clock_reads_the_batches_of_each_epoch_and_no_test(monkeypatch):
    ticks = iter(range(100))
    monkeypatch.setattr(training.time, "perf_counter", lambda: next(ticks))
    clock = training.EpochTimes()
    for epoch in range(2):
        clock.on_epoch_begin(epoch)
        for batch in range(3):
            clock.on_train_batch_end(batch)
        next(ticks)  # what happens before the end of the epoch
        clock.on_epoch_end(epoch)
    assert clock.seconds == [3, 3]
