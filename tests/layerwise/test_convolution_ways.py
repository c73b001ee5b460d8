"""`layerwise.convolution_ways`: the same numbers, and counts done by hand."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from layerwise import convolution_ways as ways


def test_all_ways_give_the_convolution():
    rng = np.random.default_rng(0)
    x, kernel = rng.normal(size=(6, 7, 3)), rng.normal(size=(3, 3, 3, 4))
    expected = ops.convert_to_numpy(ops.conv(x[None], kernel))[0]
    filters = np.moveaxis(kernel, -1, 0)
    for found in (
        ways.three_loops(x, filters),
        ways.each_window(x, kernel),
        ways.all_windows(x, kernel),
    ):
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_winograd_gives_two_outputs_of_a_filter():
    d, g = [1.0, -2.0, 5.0, 0.5], [3.0, 0.25, -1.0]
    np.testing.assert_allclose(ways.winograd(d, g), np.correlate(d, g))


def test_products_of_alexnets_first_convolution():
    direct = ways.direct_products(227, 11, 4, 3, 96)
    assert direct == 55 * 55 * 11 * 11 * 3 * 96
    # All positions of 256×256 points: more than the one in sixteen that are wanted.
    products = 4 * 3 * 96 * 256 * 129
    assert ways.fourier_products(227, 3, 96) == products + 99 * 2 * 256**2 * 8
    assert ways.fourier_products(227, 3, 96) > direct


@pytest.mark.parametrize(("side", "points"), [(15, 16), (16, 16), (17, 32)])
def test_points_are_the_next_power_of_two(side, points):
    found = ways.fourier_products(side, 0, 1)
    assert found == 2 * points**2 * np.log2(points)


def test_the_gradient_by_input_and_weights():
    inputs = keras.Input((2,))
    part = keras.Model(inputs, layers.Dense(3)(inputs))
    x = np.array([[1.0, 2.0], [3.0, 4.0]], "float32")
    by_x, by_kernel, by_bias = ways.compiled_gradient(part)(x)
    kernel = part.layers[1].get_weights()[0]
    np.testing.assert_allclose(by_x, np.tile(kernel.sum(1), (2, 1)), rtol=1e-5)
    np.testing.assert_allclose(by_kernel, np.tile(x.sum(0)[:, None], (1, 3)))
    np.testing.assert_allclose(by_bias, [2, 2, 2])
