"""`layerwise.models.efficientnet_lite`: against plain NumPy, and what it sees."""

import numpy as np
import pytest
from keras import ops

from layerwise import checks, photographs
from layerwise.models import efficientnet_lite as lite
from layerwise.pretrained import class_names, top_k


def run(model, x):
    return ops.convert_to_numpy(model(x, training=False))


def randomise(model, rng):
    """Draws all weights; variances must be positive."""
    model.set_weights([rng.uniform(0.1, 1, weight.shape) for weight in model.weights])
    signed = [
        weight * rng.choice((-1, 1), weight.shape)
        if variable.name == "kernel"
        else weight
        for variable, weight in zip(model.weights, model.get_weights(), strict=True)
    ]
    model.set_weights(signed)


def plain_norm(x, layer):
    gamma, beta, mean, variance = layer.get_weights()
    return (x - mean) / np.sqrt(variance + 1e-3) * gamma + beta


def plain_depthwise(x, kernel, strides):
    """TensorFlow's "same": what is odd is added at the bottom and on the right."""
    side, pads = len(kernel), []
    for length in x.shape[1:3]:
        total = max((-(-length // strides) - 1) * strides + side - length, 0)
        pads.append((total // 2, total - total // 2))
    x = np.pad(x, [(0, 0), *pads, (0, 0)])
    height, width = ((length - side) // strides + 1 for length in x.shape[1:3])
    y = np.zeros((len(x), height, width, x.shape[-1]))
    for i in range(height):
        for j in range(width):
            top, left = i * strides, j * strides
            seen = x[:, top : top + side, left : left + side]
            y[:, i, j] = (seen * kernel[..., 0]).sum((1, 2))
    return y


@pytest.mark.parametrize("size", [7, 8])
@pytest.mark.parametrize("kernel_size", [3, 5])
@pytest.mark.parametrize(("strides", "expansion"), [(1, 1), (1, 6), (2, 6)])
def test_block_equals_numpy(rng, size, kernel_size, strides, expansion):
    model = checks.as_model(
        lite.inverted_block,
        (size, size, 4),
        filters=4,
        kernel_size=kernel_size,
        strides=strides,
        expansion=expansion,
        name="blocks.0",
    )
    randomise(model, rng)
    x = rng.normal(0, 8, (2, size, size, 4)).astype("float32")

    def weight(name):
        return model.get_layer(f"blocks.0.{name}")

    y = x
    if expansion > 1:
        y = y @ weight("expand_conv").get_weights()[0][0, 0]
        y = np.clip(plain_norm(y, weight("bn0")), 0, 6)
    y = plain_depthwise(y, weight("depthwise_conv").get_weights()[0], strides)
    y = np.clip(plain_norm(y, weight("bn1")), 0, 6)
    assert 0.02 < np.mean(y == 6) < 0.98, "the clip at 6 must matter"
    y = y @ weight("project_conv").get_weights()[0][0, 0]
    y = plain_norm(y, weight("bn2"))
    checks.close(run(model, x), x + y if strides == 1 else y, rtol=1e-3, atol=1e-3)


def test_preprocess():
    pixels = np.array([0, 127, 255], "uint8").reshape(1, 1, 1, 3)
    found = lite.preprocess(pixels)
    assert found.dtype == np.float32
    checks.close(found.ravel(), [-127 / 128, 0, 1])


@pytest.fixture(scope="module")
def trained():
    return lite.pretrained()


def test_count(trained):
    # 4,652,008 are learned; the rest are moving statistics.
    assert checks.weight_count(trained, trainable=True) == 4_652_008
    checks.model(trained, (None, 224, 224, 3), (None, 1000))


def test_statistics_fit_the_preprocessing(trained):
    """The first normalisation knows the variance of what it saw in training."""
    images = photographs.photographs()
    norm = trained.get_layer("bn0")
    stem = ops.convert_to_numpy(trained.get_layer("conv_stem")(lite.preprocess(images)))
    known = norm.get_weights()[3]
    alive = known > 1e-3  # some channels are zero everywhere
    assert alive.sum() > 16
    ratio = np.median(stem.var((0, 1, 2))[alive] / known[alive])
    assert 0.5 < ratio < 2, ratio


def test_it_sees_what_is_there(trained):
    probabilities = run(trained, lite.preprocess(photographs.photographs()))
    checks.close(probabilities.sum(1), np.ones(len(probabilities)))
    guesses = top_k(probabilities, 5, class_names())
    for name, row, best in zip(
        photographs.names(), probabilities, guesses, strict=True
    ):
        right = photographs.PHOTOGRAPHS[name].classes
        if right:
            assert int(row.argmax()) in right, (name, best)
        else:
            # No class fits: none is believed.
            assert row.max() < 0.5, (name, best)
    assert "cat" in guesses[0][0][0]


def test_a_swap_of_weights_is_noticed(trained):
    arrays = {
        name: array
        for layer in trained.layers
        for name, array in named(layer, layer.get_weights())
    }
    small = lite.efficientnet_lite0((32, 32, 3))
    lite.load(small, arrays)  # weights do not depend on the size of the image
    x = np.linspace(-1, 1, 32 * 32 * 3, dtype="float32").reshape(1, 32, 32, 3)
    before = run(small, x)
    first, second = "_blocks.3._bn0.weight", "_blocks.3._bn1.weight"
    arrays[first], arrays[second] = arrays[second], arrays[first]
    lite.load(small, arrays)
    assert np.abs(run(small, x) - before).max() > 1e-4
    missing = dict(arrays)
    del missing["_fc.bias"]
    with pytest.raises(ValueError, match=r"the checkpoint lacks _fc\.bias"):
        lite.load(small, missing)
    with pytest.raises(ValueError, match=r"no layer takes _extra\.weight"):
        lite.load(small, arrays | {"_extra.weight": np.zeros(3)})
    with pytest.raises(ValueError, match="shape"):
        lite.load(small, arrays | {"_fc.bias": np.zeros(3)})


def named(layer, weights):
    """Gives arrays the names and the axes that PyTorch's file has."""
    parts = layer.name.split(".")
    prefix = ".".join(part if part.isdigit() else f"_{part}" for part in parts)
    for variable, array in zip(layer.weights, weights, strict=True):
        if array.ndim == 2:
            array = array.T
        elif array.ndim == 4:
            depthwise = "depthwise" in layer.name
            array = array.transpose((2, 3, 0, 1) if depthwise else (3, 2, 0, 1))
        yield f"{prefix}.{lite.TORCH_NAMES[variable.name]}", array
