"""`layerwise.precision`: instructions, timings in turn, policies, recorded ratios."""

import itertools
import time

import keras
import numpy as np
import pytest
from keras import layers, ops

from layerwise import precision


def test_instructions_are_read_from_the_processors_flags(tmp_path):
    path = tmp_path / "cpuinfo"
    path.write_text("model name : a\nflags : fpu f16c avx512_bf16 avx512_vnni\n")
    assert precision.instructions(path) == {
        "bfloat16": ["avx512_bf16"],
        "float16": [],
        "int8": ["avx512_vnni"],
    }
    path.write_text("Features : fp asimd asimdhp bf16\n")
    assert precision.instructions(path)["float16"] == ["asimdhp"]
    assert precision.instructions(tmp_path / "none") is None
    assert precision.describe_instructions()


def test_calls_are_timed_in_turn():
    order = []

    def work(name, seconds):
        order.append(name)
        time.sleep(seconds)

    found = precision.in_turn(
        {"a": lambda: work("a", 0.004), "b": lambda: work("b", 0)}, 3, 2
    )
    assert order[4:8] == ["a", "b", "a", "b"]
    assert [len(values) for values in found.values()] == [3, 3]
    assert min(found["a"]) > 0.004


@pytest.mark.parametrize(
    ("first", "text"),
    [([1, 1, 1], "faster by 2.0"), ([1.9, 1.9, 1.9], "less than 1.1 apart")],
)
def test_a_small_margin_is_no_difference(first, text):
    assert text in precision.faster(first, [2, 2, 2])


def test_a_policy_is_put_back_even_after_an_error():
    before, seen = keras.config.dtype_policy().name, []

    def fail():
        seen.append(layers.Dense(1).dtype_policy.name)
        raise KeyError

    with pytest.raises(KeyError), precision.policy("mixed_float16"):
        fail()
    assert seen == ["mixed_float16"]
    assert keras.config.dtype_policy().name == before


def test_the_loss_is_scaled_if_the_models_policy_says_so():
    def net(policy=None):
        inputs = keras.Input((2,))
        return keras.Model(inputs, layers.Dense(1, dtype=policy)(inputs))

    by_layer = net("mixed_float16")
    with precision.policy("mixed_float16"):
        by_model = net()
    for model in (by_layer, by_model):
        model.compile("adam", "mse")
    assert isinstance(by_model.optimizer, keras.optimizers.LossScaleOptimizer)
    # What chapter 08 warns of; should Keras change it, the chapter must.
    assert isinstance(by_layer.optimizer, keras.optimizers.Adam)


def test_recorded_times_are_compared_with_float32():
    def trace(dtype, seconds, **entry):
        entry = {"model": "m", "phase": "forward", "batch_size": 1} | entry
        entry |= {"dtype": dtype, "seconds": seconds}
        return {"provenance": {"device": "d"}, "entries": [entry]}

    traces = [
        trace("float32", 6),
        trace("bfloat16", 3),
        trace("bfloat16", 1, batch_size=2),
    ]
    (found,) = precision.speedups(traces)
    assert (found["dtype"], found["ratio"], found["batch_size"]) == ("bfloat16", 2, 1)
    assert (
        found["text"]
        == "d, m, forward, batch 1: bfloat16 2.00 times as fast as float32"
    )


def test_a_layers_gradients_are_those_of_kernel_bias_and_input(rng):
    x = rng.normal(size=(5, 3)).astype("float32")
    layer = layers.Dense(2)
    calls = precision.layer_calls(layer, ops.convert_to_tensor(x))
    np.testing.assert_allclose(calls["forward"](), layer(x), rtol=1e-5)
    by_input, by_kernel, by_bias = map(ops.convert_to_numpy, calls["gradients"]())
    kernel = ops.convert_to_numpy(layer.kernel)
    np.testing.assert_allclose(by_input, np.tile(kernel.sum(1), (5, 1)), rtol=1e-5)
    np.testing.assert_allclose(by_kernel, np.tile(x.sum(0)[:, None], (1, 2)), rtol=1e-4)
    np.testing.assert_allclose(by_bias, [5, 5])


def test_layers_are_timed_in_each_format():
    found = precision.layer_times(("float32", "bfloat16"), 4, groups=1)
    assert len(found) == 4
    assert set(found["conv, gradients"]) == {"float32", "bfloat16"}


def test_sizes_of_gradients_are_those_of_weights_and_of_a_layers_output():
    inputs = keras.Input((2,))
    middle = layers.Dense(2, use_bias=False, name="middle")(inputs)
    model = keras.Model(inputs, layers.Dense(1, use_bias=False)(middle))
    model.set_weights([np.eye(2), np.array([[3.0], [0.0]])])
    found = precision.gradient_sizes(
        model, np.array([[1.0, 2.0]]), 0, lambda y, z: ops.sum(z), "middle"
    )
    assert found["way back"].tolist() == [3]  # the other is 0
    assert sorted(found["weights"]) == [1, 2, 3, 6]


def test_an_overflow_is_skipped_and_a_good_scale_moves_the_weight():
    plain = precision.follow_scale(keras.optimizers.SGD(1.0), 1e-8, 3)
    assert plain == [(0, 1)] * 3
    scaled = keras.optimizers.LossScaleOptimizer(
        keras.optimizers.SGD(1.0), initial_scale=2.0**44, dynamic_growth_steps=5
    )
    history = precision.follow_scale(scaled, 1e-8, 9)
    weights = [0.0, *(weight for weight, _ in history)]
    moved = [after != before for before, after in itertools.pairwise(weights)]
    # Chapter 08 names the steps: the scale fits from the third on, step 8 is skipped.
    assert moved == [False, False, *[True] * 5, False, True]
