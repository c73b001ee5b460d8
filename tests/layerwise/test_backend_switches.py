"""`layerwise.backends`: each switch, on the backend of this process.

`test_backends` measures the same in a process of each other backend and compares.
"""

import ast
from pathlib import Path

import keras
import numpy as np
import pytest
from backend_results import X, measure
from keras import layers, ops

from layerwise import backends

LIBRARY = Path(backends.__file__).parent


@pytest.fixture(scope="module")
def found():
    return measure()


def test_a_scalar_is_differentiated_by_tensors_and_by_variables(found):
    np.testing.assert_allclose(found["value 0"], (X**2 * X[0]).sum())
    np.testing.assert_allclose(found["value 1"], 3)
    np.testing.assert_allclose(found["slope 0"], 2 * X * X[0])
    np.testing.assert_allclose(found["slope 2"], [(X**2).sum(axis=0), [0, 0], [0, 0]])


def test_what_is_not_used_has_gradient_zero(found):
    np.testing.assert_array_equal(found["slope 1"], np.zeros(3))
    np.testing.assert_array_equal(found["slope 3"], np.zeros(2))
    _, (slope,) = backends.differentiate(lambda x: ops.ones(()), [ops.ones(3)])
    np.testing.assert_array_equal(ops.convert_to_numpy(slope), np.zeros(3))


def test_statistics_that_move_can_be_used_afterwards():
    norm = layers.BatchNormalization(momentum=0.5)
    norm.build(X.shape)
    backends.differentiate(
        lambda x: ops.sum(norm(x, training=True)), [ops.convert_to_tensor(X)]
    )
    np.testing.assert_allclose(norm.moving_mean, X.mean(axis=0) / 2)


def test_what_is_compiled_reads_and_moves_its_variables(found):
    # Two steps on X, then one on its first row alone.
    mean = X.mean(axis=0)
    np.testing.assert_allclose(found["norm 2"], (0.75 * mean + X[0]) / 2, rtol=1e-6)
    assert found["count 0"] == 3
    assert found["steps 0"] != found["steps 1"]  # the second sees the new gamma
    # One row is its own mean: it comes out as beta, 0, and gamma stays.
    np.testing.assert_allclose(found["another step 0"], 0, atol=1e-6)
    np.testing.assert_allclose(found["norm 0"], [1, 1])


def test_a_forward_pass_is_not_training(found):
    gamma, beta, mean, variance = (found[f"norm {index}"] for index in range(4))
    wanted = gamma * (X - mean) / np.sqrt(variance + 1e-3) + beta
    np.testing.assert_allclose(found["forward 0"], wanted, rtol=1e-5)


def test_a_layer_of_several_tensors_takes_a_list(found):
    np.testing.assert_array_equal(found["forward of a list 0"], 2 * X)


def test_a_forward_pass_sees_later_weights():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1), layers.Dropout(0.9)])
    call, x = backends.forward(model), ops.convert_to_tensor(X)
    for value in (1.0, 2.0):
        model.set_weights([np.full((2, 1), value), np.zeros(1)])
        wanted = value * X.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(ops.convert_to_numpy(call(x)), wanted)


def test_an_operation_has_a_forward_pass():
    class Double(keras.Operation):
        def call(self, x):
            return 2 * x

    result = backends.forward(Double())(ops.convert_to_tensor(X))
    backends.synchronise(result)
    backends.synchronise([result, result])
    np.testing.assert_array_equal(ops.convert_to_numpy(result), 2 * X)


def test_a_backend_without_gradients_is_named(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "numpy")
    with pytest.raises(NotImplementedError, match="the backend 'numpy'"):
        backends.differentiate(ops.sum, [X])
    # What needs no gradient runs as it is.
    np.testing.assert_array_equal(backends.compiled(lambda x: 2 * x)(X), 2 * X)
    np.testing.assert_array_equal(backends.forward(layers.Identity())(X), X)
    assert backends.accelerator() is None


def test_a_gpu_is_named(monkeypatch):
    tf = pytest.importorskip("tensorflow")
    monkeypatch.setattr(keras.backend, "backend", lambda: "tensorflow")
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [])
    assert backends.accelerator() is None
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: ["one"])
    monkeypatch.setattr(
        tf.config.experimental, "get_device_details", lambda gpu: {"device_name": gpu}
    )
    assert backends.accelerator() == ("one", "gpu")


def test_tf32_is_allowed_and_refused(monkeypatch):
    tf = pytest.importorskip("tensorflow")
    monkeypatch.setattr(keras.backend, "backend", lambda: "tensorflow")
    before = tf.config.experimental.tensor_float_32_execution_enabled()
    try:
        for allowed in (False, True):
            backends.allow_tf32(allowed)
            now = tf.config.experimental.tensor_float_32_execution_enabled()
            assert now is allowed
    finally:
        backends.allow_tf32(before)


def test_no_other_module_has_a_switch_of_its_own():
    # Two train under a strategy, which TensorFlow alone has; a `train_step` that a
    # chapter shows is written as Keras's own examples write it.
    own = ("backends.py", "multiworker.py", "second_worker.py", "gan_model.py")
    differentiating = {"GradientTape", "value_and_grad", "grad", "jit", "function"}
    for path in LIBRARY.rglob("*.py"):
        if path.name in own:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            where = f"{path.relative_to(LIBRARY)}, line {getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Import):
                names = {alias.name.partition(".")[0] for alias in node.names}
                assert not names & {"jax", "torch"}, where
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                of_backend = node.value.id in ("tf", "jax", "torch")
                assert not (of_backend and node.attr in differentiating), where
