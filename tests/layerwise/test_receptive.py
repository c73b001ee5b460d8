"""`layerwise.receptive`: measured fields against those that follow from the layers."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from layerwise import receptive


def net(*stack, shape=(15, 15, 2)):
    return keras.Sequential([keras.Input(shape), *stack])


def conv(size, filters=3, **options):
    return layers.Conv2D(filters, size, padding="same", **options)


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        ([conv(1)], (1, 1)),
        ([conv(3)], (3, 3)),
        ([conv((3, 5))], (3, 5)),
        ([conv(3, activation="relu"), conv(3, activation="relu")], (5, 5)),
        ([conv(3), conv(3), conv(3)], (7, 7)),
        ([conv(3), layers.AveragePooling2D(2), conv(3)], (8, 8)),
        ([conv(3), layers.MaxPooling2D(2), conv(3)], (8, 8)),
        ([conv(3, dilation_rate=2)], (5, 5)),
    ],
)
def test_field_of_stacks(stack, expected):
    keras.utils.set_random_seed(0)
    assert receptive.field(receptive.influence(net(*stack))) == expected


def test_influence_is_the_absolute_gradient():
    model = net(layers.Conv2D(1, 3, use_bias=False), shape=(5, 5, 1))
    kernel = np.arange(-4, 5, dtype="float32").reshape(3, 3, 1, 1)
    model.set_weights([kernel])
    found = receptive.influence(model, np.zeros((2, 5, 5, 1)))
    expected = np.zeros((5, 5))
    expected[1:4, 1:4] = np.abs(kernel[..., 0, 0])
    # The output's direction scales the whole by one positive number.
    scale = found.sum() / expected.sum()
    assert scale > 0
    np.testing.assert_allclose(found, scale * expected, rtol=1e-5)
    # The kernel's middle is 0: a hole, inside the box.
    assert found[2, 2] == 0
    assert receptive.bounds(found) == (1, 3, 1, 3)


@pytest.mark.parametrize("position", [(0, 0), (4, 7), None])
def test_position(position):
    found = receptive.influence(net(conv(3), shape=(9, 9, 1)), position=position)
    row, column = position or (4, 4)
    expected = max(row - 1, 0), min(row + 1, 8), max(column - 1, 0), min(column + 1, 8)
    assert receptive.bounds(found) == expected


def test_several_draws_open_paths_that_one_closes():
    keras.utils.set_random_seed(3)
    model = net(layers.MaxPooling2D(5), shape=(5, 5, 1))
    assert np.count_nonzero(receptive.influence(model, draws=1)) == 1
    assert np.count_nonzero(receptive.influence(model, draws=40)) > 10


def test_the_seed_decides():
    keras.utils.set_random_seed(0)
    model = net(conv(3, activation="relu"))
    one, same, other = (receptive.influence(model, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_core():
    spread = np.zeros((9, 9))
    spread[2:7, 2:7] = 1
    assert receptive.core(spread, 1.0) == 5
    assert receptive.core(spread, 9 / 25) == 3
    spread[4, 4] = 1000
    assert receptive.core(spread) == 1
    # A field that touches the border is cut off there, and is still found.
    corner = np.zeros((9, 9))
    corner[:3, :3] = 1
    assert receptive.core(corner, 1.0) == 3


def test_inputs_for_an_open_size():
    model = net(conv(3), shape=(None, None, 1))
    with pytest.raises(ValueError, match="give `inputs`"):
        receptive.influence(model)
    found = receptive.influence(model, ops.ones((1, 6, 7, 1)))
    assert found.shape == (6, 7)
    assert receptive.field(found) == (3, 3)


def test_errors():
    with pytest.raises(ValueError, match="must put out a map"):
        receptive.influence(net(layers.GlobalAveragePooling2D()))
    with pytest.raises(ValueError, match="no input pixel"):
        receptive.bounds(np.zeros((4, 4)))
