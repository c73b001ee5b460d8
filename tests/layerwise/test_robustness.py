"""`layerwise.robustness`: changed inputs and changed kernels."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from layerwise import robustness


def net():
    return keras.Sequential([keras.Input((2, 2, 1)), layers.Flatten(), layers.Dense(2)])


def test_signs_say_where_the_loss_grows(rng):
    model = net()
    x = rng.uniform(0.2, 0.8, (6, 2, 2, 1)).astype("float32")
    y = np.array([0, 1] * 3)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    signs = robustness.gradient_signs(model, x, y, loss, batch_size=3)
    assert set(np.unique(signs)) <= {-1, 1}
    worse = robustness.moved(x, signs, 0.1)
    better = robustness.moved(x, signs, -0.1)
    values = [float(loss(y, model(images))) for images in (better, x, worse)]
    assert values == sorted(values)
    # In a linear network nothing of that size is worse.
    coins = rng.choice((-1, 1), x.shape)
    assert values[2] >= float(loss(y, model(robustness.moved(x, coins, 0.1))))


def test_pixels_move_by_epsilon_and_stay_images():
    x = np.array([0.0, 0.5, 1.0])
    found = robustness.moved(x, np.array([-1, 1, 1]), 0.25)
    np.testing.assert_array_equal(found, np.float32([0, 0.75, 1]))
    assert found.dtype == np.float32


def test_kernels_are_changed_for_one_question():
    model = net()
    model.layers[-1].bias.assign([3, 4])
    before = model.get_weights()
    x = np.ones((1, 2, 2, 1))

    def ask(model):
        return ops.convert_to_numpy(model(x))

    found = robustness.with_kernels(model, np.zeros_like, ask)
    np.testing.assert_array_equal(found, [[3, 4]])
    for kept, weight in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, weight)


def test_noise_is_as_large_as_the_change_of_each_filter(rng):
    kernel = rng.normal(size=(50, 50, 3)).astype("float32")
    change = robustness.noise_like(lambda k: k + np.float32([0, 0.1, 2]), rng)
    size = (change(kernel) - kernel).std((0, 1))
    assert size == pytest.approx([0, 0.1, 2], rel=0.1)


def test_a_copy_has_the_weights_of_its_own():
    model = net()
    model.compile("adam", "mse")
    copy = robustness.copy_of(model)
    model.layers[-1].bias.assign([1, 1])
    assert copy.get_weights()[1].tolist() == [0, 0]
    np.testing.assert_array_equal(copy.get_weights()[0], model.get_weights()[0])
