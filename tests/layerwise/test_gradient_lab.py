"""`layerwise.gradient_lab`: stacks whose gradient is known."""

import keras
import numpy as np
import pytest
from keras import ops

from layerwise import gradient_lab


class Zero(keras.initializers.Initializer):
    """Draws kernels of zeros."""

    def __init__(self, seed=None):
        super().__init__()

    def __call__(self, shape, dtype=None):
        return ops.zeros(shape)


def test_with_weights_of_zero_only_shortcuts_pass_a_gradient():
    plain, residual = (
        gradient_lab.gradient_norm(0, 4, Zero, residual, gradient_lab.leave)
        for residual in (False, True)
    )
    assert plain == 0
    # The ReLU after each addition is closed where the input is 0, which is one half.
    assert residual == pytest.approx(np.sqrt(0.5), abs=0.02)


def test_normalise_gives_each_channel_mean_0_and_variance_1():
    x = np.random.default_rng(0).normal(3, 2, (4, 5, 6, 2)).astype("float32")
    y = ops.convert_to_numpy(gradient_lab.normalise(x))
    np.testing.assert_allclose(y.mean((0, 1, 2)), 0, atol=1e-5)
    np.testing.assert_allclose(y.var((0, 1, 2)), 1, atol=1e-3)
    assert gradient_lab.leave(x) is x


def test_a_stack_is_that_of_its_blocks():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1, 4, 4, 2)).astype("float32")
    kernels = [rng.normal(size=(3, 3, 2, 2)).astype("float32") for _ in range(4)]
    for residual in (False, True):
        options = residual, gradient_lab.leave
        half = gradient_lab.through(x, kernels[:2], *options)
        whole = gradient_lab.through(x, kernels, *options)
        again = gradient_lab.through(half, kernels[2:], *options)
        np.testing.assert_allclose(again, whole, rtol=1e-4)
        assert ops.convert_to_numpy(whole).min() >= 0


def test_a_seed_gives_the_same_number_again():
    he = keras.initializers.HeNormal
    first, again, other = (
        gradient_lab.gradient_norm(seed, 2, he, True, gradient_lab.normalise)
        for seed in (0, 0, 1)
    )
    assert first == pytest.approx(again)
    assert first != pytest.approx(other)
