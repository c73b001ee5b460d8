"""`layerwise.models.alexnet`: counts, shapes, and outputs against plain NumPy."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from layerwise import checks, costs
from layerwise.models import alexnet


@pytest.fixture
def quick_start(monkeypatch):
    """Makes kernels start as zeros: drawing 60 million that nobody reads is slow."""
    for kind in (keras.initializers.VarianceScaling,):
        monkeypatch.setattr(
            kind,
            "__call__",
            lambda self, shape, dtype=None: ops.zeros(shape, dtype),
        )


def run(model, x):
    return ops.convert_to_numpy(model(x, training=False))


def randomise(model, rng):
    weights = [rng.normal(0, 0.3, weight.shape) for weight in model.weights]
    model.set_weights(weights)
    return weights


# The same in plain NumPy, loop by loop, in double precision


def plain_convolution(x, kernel, bias, strides=1, groups=1, padding="same"):
    """A convolution as its definition says, for a square kernel."""
    side, _, depth, filters = kernel.shape
    if padding == "same":
        pads = []
        for length in x.shape[1:3]:
            total = max((-(-length // strides) - 1) * strides + side - length, 0)
            pads.append((total // 2, total - total // 2))
        x = np.pad(x, [(0, 0), *pads, (0, 0)])
    height, width = ((length - side) // strides + 1 for length in x.shape[1:3])
    y = np.zeros((len(x), height, width, filters))
    for f in range(filters):
        first = f // (filters // groups) * depth  # of the channels that f sees
        for i in range(height):
            for j in range(width):
                top, left = i * strides, j * strides
                seen = x[:, top : top + side, left : left + side, first : first + depth]
                y[:, i, j, f] = (seen * kernel[..., f]).sum((1, 2, 3)) + bias[f]
    return y


def plain_norm(x, size=5, bias=2.0, alpha=1e-4, beta=0.75):
    y = np.zeros_like(x)
    half, channels = size // 2, x.shape[-1]
    for i in range(channels):
        near = x[..., max(0, i - half) : min(channels - 1, i + half) + 1]
        y[..., i] = x[..., i] / (bias + alpha * (near**2).sum(-1)) ** beta
    return y


def plain_pool(x, size):
    height, width = ((length - size) // 2 + 1 for length in x.shape[1:3])
    y = np.zeros((len(x), height, width, x.shape[-1]))
    for i in range(height):
        for j in range(width):
            y[:, i, j] = x[:, 2 * i : 2 * i + size, 2 * j : 2 * j + size].max((1, 2))
    return y


def plain_head(x, weights, act):
    x = x.reshape(len(x), -1)
    for kernel, bias in (weights[0:2], weights[2:4]):
        x = act(x @ kernel + bias)
    return x @ weights[4] + weights[5]


def relu(x):
    return np.maximum(x, 0)


# Local response normalisation


@pytest.mark.parametrize(
    "options", [{}, {"size": 3, "bias": 1.0, "alpha": 0.5, "beta": 0.5}, {"size": 1}]
)
def test_norm_equals_its_formula(rng, options):
    x = rng.normal(0, 30, (2, 3, 4, 9)).astype("float32")
    found = ops.convert_to_numpy(alexnet.LocalResponseNormalization(**options)(x))
    checks.close(found, plain_norm(x.astype("float64"), **options))


def test_norm_with_fewer_channels_than_its_size(rng):
    x = rng.normal(0, 30, (1, 2, 2, 2)).astype("float32")
    found = ops.convert_to_numpy(alexnet.LocalResponseNormalization()(x))
    checks.close(found, plain_norm(x.astype("float64")))


def test_norm_travels(rng, tmp_path):
    options = {"size": 3, "bias": 1.5, "alpha": 0.1, "beta": 0.6}
    model = keras.Sequential(
        [keras.Input((4, 4, 6)), alexnet.LocalResponseNormalization(**options)]
    )
    model.save(tmp_path / "norm.keras")
    again = keras.saving.load_model(tmp_path / "norm.keras")
    config = again.layers[0].get_config()
    assert {name: config[name] for name in options} == options
    x = rng.normal(size=(1, 4, 4, 6)).astype("float32")
    checks.close(run(again, x), run(model, x))
    name = keras.saving.get_registered_name(alexnet.LocalResponseNormalization)
    assert name == "layerwise>LocalResponseNormalization"


def test_norm_works_in_half_precision(rng):
    layer = alexnet.LocalResponseNormalization(dtype="mixed_float16")
    x = rng.normal(size=(1, 2, 2, 6)).astype("float32")
    found = ops.convert_to_numpy(layer(x))
    assert found.dtype == np.float16
    checks.close(found, plain_norm(x), rtol=1e-2, atol=1e-2)


def test_norm_has_a_gradient(rng):
    layer = alexnet.LocalResponseNormalization(alpha=0.1)
    x = rng.normal(size=(1, 1, 1, 6)).astype("float32")
    found = checks.gradient(layer, x)
    step = 1e-3
    for i in range(6):
        ahead, behind = x.astype("float64"), x.astype("float64")
        ahead[..., i] += step
        behind[..., i] -= step
        change = plain_norm(ahead, alpha=0.1) - plain_norm(behind, alpha=0.1)
        checks.close(found[0, 0, 0, i], change.sum() / (2 * step), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("size", [0, 2, -1])
def test_norm_needs_an_odd_size(size):
    with pytest.raises(ValueError, match=f"odd and positive. Received: {size}"):
        alexnet.LocalResponseNormalization(size)


# Blocks


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("strides", [1, 2])
def test_convolution_equals_numpy(rng, groups, padding, strides):
    arguments = {"strides": strides, "groups": groups, "padding": padding}
    model = checks.as_model(
        alexnet.convolution,
        (8, 9, 4),
        filters=6,
        kernel_size=3,
        norm=True,
        pool=3,
        **arguments,
    )
    kernel, bias = randomise(model, rng)
    x = rng.normal(0, 10, (2, 8, 9, 4)).astype("float32")
    y = relu(plain_convolution(x, kernel, bias, **arguments))
    checks.close(run(model, x), plain_pool(plain_norm(y), 3), rtol=1e-3, atol=1e-4)


def test_groups_side_by_side_are_the_same(rng):
    options = {"filters": 6, "kernel_size": 3, "groups": 2}
    one = checks.as_model(alexnet.convolution, (5, 5, 8), **options)
    two = checks.as_model(alexnet.convolution, (5, 5, 8), split=True, **options)
    kernel, bias = randomise(one, rng)
    assert checks.weight_count(one) == checks.weight_count(two)
    two.set_weights([kernel[..., :3], bias[:3], kernel[..., 3:], bias[3:]])
    x = rng.normal(size=(2, 5, 5, 8)).astype("float32")
    checks.close(run(two, x), run(one, x))


def test_groups_do_not_talk(rng):
    model = checks.as_model(
        alexnet.convolution, (5, 5, 4), filters=4, kernel_size=3, groups=2, split=True
    )
    randomise(model, rng)
    x = rng.normal(size=(1, 5, 5, 4)).astype("float32")
    other = x.copy()
    other[..., 2:] = 0
    checks.unchanged([run(model, x)[..., :2]], [run(model, other)[..., :2]], "half")
    assert not np.array_equal(run(model, x)[..., 2:], run(model, other)[..., 2:])


@pytest.mark.parametrize(
    ("activation", "name"), [("relu", "HeNormal"), ("tanh", "GlorotUniform")]
)
def test_initial_scale_suits_the_activation(activation, name):
    model = alexnet.small_alexnet(activation=activation)
    for kind in ("Conv2D", "Dense"):
        for layer in checks.find_layers(model, kind)[:-1]:
            assert type(layer.kernel_initializer).__name__ == name
            assert layer.activation.__name__ == activation


# AlexNet


def test_alexnet_has_the_size_and_the_layers_of_2012(quick_start):
    model = alexnet.alexnet()
    checks.model(model, (None, 227, 227, 3), (None, 1000))
    assert checks.weight_count(model) == 60_965_224
    rows = [row for row in costs.layer_costs(model) if row.parameters]
    assert [row.output_shape for row in rows] == [
        (55, 55, 96),
        (27, 27, 256),
        (13, 13, 384),
        (13, 13, 384),
        (13, 13, 256),
        (4096,),
        (4096,),
        (1000,),
    ]
    assert sum(row.parameters for row in rows[:5]) == 2_334_080
    assert len(checks.find_layers(model, "LocalResponseNormalization")) == 2
    assert [c.groups for c in checks.find_layers(model, "Conv2D")] == [1, 2, 1, 2, 2]
    for pool in checks.find_layers(model, "MaxPooling2D"):
        assert pool.pool_size == (3, 3)
        assert pool.strides == (2, 2)
    assert [d.rate for d in checks.find_layers(model, "Dropout")] == [0.5, 0.5]


@pytest.mark.parametrize("options", [{}, {"activation": "tanh"}, {"norm": False}])
def test_small_alexnet_equals_numpy(rng, options):
    shape = (20, 20, 2)
    model = alexnet.small_alexnet(shape, num_classes=3, filters=6, units=5, **options)
    weights = randomise(model, rng)
    act = np.tanh if options.get("activation") else relu
    norm = plain_norm if options.get("norm", True) else lambda x: x
    x = rng.normal(0, 5, (2, *shape)).astype("float32")

    def both(y, first):
        """Two convolutions side by side, whose weights begin at `first`."""
        kernels, biases = weights[first : first + 4 : 2], weights[first + 1 :][:3:2]
        kernel, bias = np.concatenate(kernels, -1), np.concatenate(biases)
        return act(plain_convolution(y, kernel, bias, groups=2))

    y = act(plain_convolution(x, *weights[:2], padding="valid"))
    y = both(plain_pool(norm(y), 3), 2)
    y = act(plain_convolution(plain_pool(norm(y), 3), *weights[6:8]))
    y = plain_pool(both(both(y, 8), 12), 3)
    expected = plain_head(y, weights[16:], act)
    scale = np.abs(expected).max()
    checks.close(run(model, x), expected, rtol=1e-3, atol=1e-4 * scale)


@pytest.mark.parametrize(
    "options",
    [
        {"activation": "tanh"},
        {"dropout": 0},
        {"norm": False},
        {"overlapping": False},
    ],
)
def test_a_switch_changes_no_weight(options):
    model, base = alexnet.small_alexnet(**options), alexnet.small_alexnet()
    checks.model(model, (None, 28, 28, 1), (None, 10))
    assert [w.shape for w in model.weights] == [w.shape for w in base.weights]


def test_switches_do_what_they_say():
    def count(kind, **options):
        return len(checks.find_layers(alexnet.small_alexnet(**options), kind))

    assert count("Dropout") == 2
    assert count("Dropout", dropout=0) == 0
    assert count("LocalResponseNormalization") == 2
    assert count("LocalResponseNormalization", norm=False) == 0
    pools = checks.find_layers(alexnet.small_alexnet(overlapping=False), "MaxPooling2D")
    assert {pool.pool_size for pool in pools} == {(2, 2)}


def test_small_alexnet_keeps_the_proportions():
    model = alexnet.small_alexnet(filters=24)
    widths = [c.filters for c in checks.find_layers(model, "Conv2D")]
    assert widths == [24, 32, 32, 96, 48, 48, 32, 32]
    assert isinstance(model.layers[-1], layers.Dense)


def test_small_alexnet_travels(rng):
    model = alexnet.small_alexnet(filters=6, units=8)
    again = keras.Model.from_config(model.get_config())
    again.set_weights(model.get_weights())
    x = rng.uniform(0, 1, (1, 28, 28, 1)).astype("float32")
    checks.close(run(again, x), run(model, x))
