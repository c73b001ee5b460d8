"""`layerwise.costs` against counts done by hand."""

import keras
import pytest
from keras import layers

from layerwise.costs import LayerCost, depth, layer_costs, total
from layerwise.models import resnet


def net(*stack, shape=(8, 6, 4)):
    return keras.Sequential([keras.Input(shape), *stack])


def only(layer, shape=(8, 6, 4)):
    (cost,) = layer_costs(net(layer, shape=shape))
    return cost


def test_a_convolution_uses_each_weight_once_a_position():
    cost = only(layers.Conv2D(5, (3, 2), strides=2, padding="same", name="conv"))
    kernel = 3 * 2 * 4 * 5
    assert cost == LayerCost("conv", "Conv2D", (4, 3, 5), kernel + 5, kernel * 12)


@pytest.mark.parametrize(
    ("layer", "parameters", "multiply_adds"),
    [
        (layers.Conv2D(6, 3, groups=2), 9 * 2 * 6 + 6, 9 * 2 * 6 * 24),
        (layers.DepthwiseConv2D(3, padding="same"), 9 * 4 + 4, 9 * 4 * 48),
        (
            layers.SeparableConv2D(7, 3, padding="same"),
            9 * 4 + 4 * 7 + 7,
            (9 * 4 + 4 * 7) * 48,
        ),
        # Each input position is spread over 2 × 2 outputs.
        (layers.Conv2DTranspose(3, 2, strides=2), 4 * 3 * 4 + 3, 4 * 3 * 4 * 48),
        (layers.Dense(10), 4 * 10 + 10, 40 * 48),
        (layers.BatchNormalization(), 16, 0),
        (layers.MaxPooling2D(), 0, 0),
    ],
)
def test_kinds_of_layers(layer, parameters, multiply_adds):
    cost = only(layer)
    assert (cost.parameters, cost.multiply_adds) == (parameters, multiply_adds)


def test_a_dense_layer_after_flatten():
    costs = layer_costs(net(layers.Flatten(), layers.Dense(10, use_bias=False)))
    assert [c.multiply_adds for c in costs] == [0, 192 * 10]
    assert total(costs) == (1920, 1920)


def test_nested_models_are_opened_and_the_sum_is_that_of_keras():
    inner = net(layers.Conv2D(4, 1), layers.ReLU())
    outer = net(inner, layers.GlobalAveragePooling2D(), layers.Dense(2))
    costs = layer_costs(outer)
    assert [c.kind for c in costs] == [
        "Conv2D",
        "ReLU",
        "GlobalAveragePooling2D",
        "Dense",
    ]
    assert total(costs)[0] == outer.count_params()


def test_an_open_size_is_an_error_that_says_what_to_do():
    model = net(layers.Conv2D(1, 3), shape=(None, None, 3))
    with pytest.raises(ValueError, match="fixed input size"):
        layer_costs(model)


@pytest.mark.parametrize("count", [18, 50])
def test_depth_counts_layers_as_papers_do(count):
    with keras.StatelessScope(initialize_variables=False):
        assert depth(resnet.resnet(count)) == count
    assert depth(resnet.small_resnet(1, filters=2)) == 8
    assert depth(resnet.small_resnet(1, filters=2, residual=False)) == 8
