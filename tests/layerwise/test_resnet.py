"""`layerwise.models.resnet`: counts, shapes, and outputs against keras.applications."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from layerwise import checks
from layerwise.models import resnet


def run(model, x):
    return ops.convert_to_numpy(model(x, training=False))


def spread(path, array, rng):
    """Draws a value for a weight such that every weight matters to the output."""
    kind = path.rpartition("/")[2]
    if kind == "kernel":
        # He's variance keeps the signal alive through 152 layers.
        fan_in = np.prod(array.shape[:-1])
        noise = rng.standard_normal(array.shape, "float32")
        return noise * np.float32(np.sqrt(2 / fan_in))
    if kind == "gamma":
        return rng.uniform(0.2, 0.8, array.shape)
    if kind == "moving_variance":
        return rng.uniform(0.5, 1.5, array.shape)
    assert kind in ("bias", "beta", "moving_mean")
    return rng.uniform(-0.3, 0.3, array.shape)


def randomise(model, rng):
    """Gives a model drawn weights, moving statistics too; returns them."""
    weights = [spread(weight.path, weight, rng) for weight in model.weights]
    model.set_weights(weights)
    return weights


# Blocks


def test_conv_bn_pads_as_same_and_strides():
    model = checks.as_model(resnet.conv_bn, (9, 8, 3), filters=5, kernel_size=3)
    checks.model(model, (None, 9, 8, 3), (None, 9, 8, 5))
    model = checks.as_model(
        resnet.conv_bn, (9, 8, 3), filters=5, kernel_size=3, strides=2
    )
    checks.model(model, output_shape=(None, 5, 4, 5))


@pytest.mark.parametrize("relu", [True, False])
@pytest.mark.parametrize("use_bias", [True, False])
def test_conv_bn_options(rng, relu, use_bias):
    model = checks.as_model(
        resnet.conv_bn,
        (6, 6, 2),
        filters=4,
        kernel_size=3,
        relu=relu,
        use_bias=use_bias,
        momentum=0.7,
    )
    assert checks.weight_count(model) == 3 * 3 * 2 * 4 + 4 * use_bias + 4 * 4
    (norm,) = checks.find_layers(model, "BatchNormalization")
    assert norm.momentum == 0.7
    randomise(model, rng)
    y = run(model, rng.normal(size=(2, 6, 6, 2)).astype("float32"))
    assert (y.min() < 0) == (not relu)


def test_shortcut_is_the_identity_where_it_can_be():
    x = keras.Input((8, 8, 16))
    assert resnet.shortcut(x, 16) is x


@pytest.mark.parametrize(
    ("filters", "strides", "side"), [(32, 1, 8), (16, 2, 4), (32, 2, 4)]
)
def test_shortcut_projects_elsewhere(filters, strides, side):
    model = checks.as_model(
        resnet.shortcut, (8, 8, 16), filters=filters, strides=strides
    )
    checks.model(model, output_shape=(None, side, side, filters))
    (conv,) = checks.find_layers(model, "Conv2D")
    assert conv.kernel_size == (1, 1)
    assert checks.find_layers(model, "ReLU") == []


BLOCKS = [(resnet.basic_block, 1), (resnet.bottleneck_block, 4)]


@pytest.mark.parametrize(("block", "growth"), BLOCKS)
@pytest.mark.parametrize("strides", [1, 2])
def test_block_shapes(block, growth, strides):
    model = checks.as_model(block, (8, 8, 16), filters=4 * 4, strides=strides)
    side = 8 // strides
    checks.model(model, output_shape=(None, side, side, growth * 16))


@pytest.mark.parametrize(("block", "growth"), BLOCKS)
def test_block_with_nothing_in_its_branch_is_relu(rng, block, growth):
    # F(x) + x with F = 0. The last normalisation scales the branch: gamma 0 shuts it.
    model = checks.as_model(block, (6, 6, 4 * growth), filters=4)
    randomise(model, rng)
    last = checks.find_layers(model, "BatchNormalization")[-1]
    last.gamma.assign(ops.zeros(last.gamma.shape))
    last.beta.assign(ops.zeros(last.beta.shape))
    x = rng.normal(size=(2, 6, 6, 4 * growth)).astype("float32")
    checks.close(run(model, x), np.maximum(x, 0))


@pytest.mark.parametrize(("block", "growth"), BLOCKS)
def test_block_adds_before_the_last_relu(rng, block, growth):
    model = checks.as_model(block, (6, 6, 4 * growth), filters=4)
    randomise(model, rng)
    (add,) = checks.find_layers(model, "Add")
    both = keras.Model(model.input, [add.input[0], add.input[1], model.output])
    x = rng.normal(size=(2, 6, 6, 4 * growth)).astype("float32")
    side, branch, y = (ops.convert_to_numpy(part) for part in both(x))
    checks.close(side, x)
    assert branch.min() < 0, "the branch must not end in ReLU"
    checks.close(y, np.maximum(x + branch, 0))


def test_plain_block_is_the_basic_block_without_its_shortcut(rng):
    shape = (6, 6, 4)
    block = checks.as_model(resnet.basic_block, shape, filters=4)
    plain = checks.as_model(resnet.basic_block, shape, filters=4, residual=False)
    assert checks.find_layers(plain, "Add") == []
    plain.set_weights(randomise(block, rng))
    (add,) = checks.find_layers(block, "Add")
    branch = keras.Model(block.input, add.input[1])
    x = rng.normal(size=(2, *shape)).astype("float32")
    checks.close(run(plain, x), np.maximum(run(branch, x), 0))


def test_bottleneck_narrows_and_strides_first():
    model = checks.as_model(resnet.bottleneck_block, (8, 8, 64), filters=16, strides=2)
    found = {
        (conv.kernel_size[0], conv.filters, conv.strides[0])
        for conv in checks.find_layers(model, "Conv2D")
    }
    assert found == {(1, 16, 2), (3, 16, 1), (1, 64, 1), (1, 64, 2)}


@pytest.mark.parametrize(("block", "growth"), BLOCKS)
@pytest.mark.parametrize("num_blocks", [1, 3])
def test_stage_strides_once(block, growth, num_blocks):
    model = checks.as_model(
        lambda x: resnet.stage(x, block, 8, num_blocks, 2, use_bias=True), (8, 8, 6)
    )
    checks.model(model, output_shape=(None, 4, 4, 8 * growth))
    assert len(checks.find_layers(model, "Add")) == num_blocks
    convs = checks.find_layers(model, "Conv2D")
    # One stride in the first block's branch, one in its projection.
    assert sorted(conv.strides[0] for conv in convs)[-3:] == [1, 2, 2]
    assert all(conv.use_bias for conv in convs)


# ResNet-18 to 152


@pytest.fixture
def quick_start(monkeypatch):
    """Makes kernels start as zeros: drawing 60 million that are replaced is slow."""
    monkeypatch.setattr(
        keras.initializers.VarianceScaling,
        "__call__",
        lambda self, shape, dtype=None: ops.zeros(shape, dtype),
    )


def pair(depth):
    """Our model and that of keras.applications, with features beside the output."""
    shape = (64, 64, 3)
    ours = resnet.resnet(depth, shape)
    make = getattr(keras.applications, f"ResNet{depth}")
    theirs = make(weights=None, input_shape=shape)
    return [
        (model, keras.Model(model.input, [model.layers[-2].output, model.output]))
        for model in (ours, theirs)
    ]


def compare(found, expected):
    """Holds features and probabilities against each other."""
    for value, wanted, what in zip(
        found, expected, ("the features", "the probabilities"), strict=True
    ):
        wanted = ops.convert_to_numpy(wanted)
        # Rounding is relative to the largest number that was added up.
        checks.close(value, wanted, what, rtol=1e-3, atol=1e-4 * np.abs(wanted).max())


@pytest.mark.parametrize("depth", [50, 101, 152])
def test_counts_and_outputs_equal_keras_applications(quick_start, rng, depth):
    (ours, look_ours), (theirs, look_theirs) = pair(depth)
    assert ours.count_params() == theirs.count_params()
    for trainable in (True, False):
        assert checks.weight_count(ours, trainable) == checks.weight_count(
            theirs, trainable
        )
    weights = randomise(theirs, rng)
    ours.set_weights(weights)
    image = rng.uniform(0, 1, (1, 64, 64, 3)).astype("float32")
    expected = look_theirs(image, training=False)
    features, probabilities = map(ops.convert_to_numpy, expected)
    # The comparison means nothing if the signal died or saturated on the way.
    assert features.std() > 1e-3
    assert probabilities.std() > 1e-5
    assert probabilities.max() < 0.99
    compare(look_ours(image, training=False), expected)
    if depth == 50:
        assert_a_swap_is_noticed(ours, look_ours, theirs, weights, image, expected)


def assert_a_swap_is_noticed(ours, look_ours, theirs, weights, image, expected):
    """In stage 1 the projection and the last convolution have the same shapes."""
    paths = [weight.path for weight in theirs.weights]
    swapped = list(weights)
    for kind in ("conv/kernel", "conv/bias", "bn/gamma", "bn/moving_mean"):
        first, second = (
            paths.index(f"conv2_block1_{number}_{kind}") for number in (0, 3)
        )
        assert weights[first].shape == weights[second].shape
        swapped[first], swapped[second] = weights[second], weights[first]
    ours.set_weights(swapped)
    with pytest.raises(AssertionError, match="the features is wrong in"):
        compare(look_ours(image, training=False), expected)


@pytest.mark.parametrize(
    # As torchvision counts its models of the same depth.
    ("depth", "count"),
    [(18, 11_689_512), (34, 21_797_672)],
)
def test_trainable_counts_of_18_and_34(quick_start, depth, count):
    model = resnet.resnet(depth)
    assert checks.weight_count(model, trainable=True) == count
    checks.model(model, (None, 224, 224, 3), (None, 1000))
    assert model.name == f"resnet{depth}"
    # Weighted layers as the name counts them: projections apart.
    assert layers_with_weights(model) == depth
    sides = {add.output.shape[1:] for add in checks.find_layers(model, "Add")}
    assert sides == {(56, 56, 64), (28, 28, 128), (14, 14, 256), (7, 7, 512)}


def layers_with_weights(model):
    """Counts convolutions and dense layers, without the 1×1 projections."""
    projections = sum(
        isinstance(conv, layers.Conv2D)
        and conv.kernel_size == (1, 1)
        and conv.strides == (2, 2)
        for conv in checks.find_layers(model, "Conv2D")
    )
    convs = len(checks.find_layers(model, "Conv2D"))
    return convs + len(checks.find_layers(model, "Dense")) - projections


def test_probabilities_and_classes(rng):
    model = resnet.resnet(18, (32, 32, 3), num_classes=7)
    y = run(model, rng.uniform(0, 1, (2, 32, 32, 3)).astype("float32"))
    checks.shape(y, (2, 7))
    checks.close(y.sum(axis=1), [1, 1])


@pytest.mark.parametrize("depth", [20, 0, "50", None])
def test_bad_depth(depth):
    with pytest.raises(ValueError, match="18, 34, 50, 101, 152") as caught:
        resnet.resnet(depth)
    assert f"Received: {depth!r}" in str(caught.value)


# The ResNet-(6n+2) family


@pytest.mark.parametrize("residual", [True, False])
@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("shape", [(28, 28, 1), (32, 32, 3)])
def test_small_family(shape, n, residual):
    model = resnet.small_resnet(n, shape, residual=residual)
    checks.model(model, (None, *shape), (None, 10))
    assert layers_with_weights(model) == 6 * n + 2
    assert model.name == f"{'resnet' if residual else 'plain'}{6 * n + 2}"
    assert len(checks.find_layers(model, "Add")) == (3 * n if residual else 0)
    sides = [conv.output.shape[1] for conv in checks.find_layers(model, "Conv2D")]
    assert set(sides) == {shape[0], shape[0] // 2, shape[0] // 4}


def test_small_family_counts():
    def count(model):
        return checks.weight_count(model, trainable=True)

    for n in (1, 3):
        expected = 3 * 3 * 3 * 16 + 2 * 16 + 64 * 10 + 10
        before = 16
        for filters in (16, 32, 64):
            expected += 9 * before * filters + 9 * filters**2 * (2 * n - 1)
            expected += 2 * filters * 2 * n
            before = filters
        assert count(resnet.small_resnet(n, (32, 32, 3), residual=False)) == expected
        # Two projections, each with its normalisation.
        projections = 16 * 32 + 2 * 32 + 32 * 64 + 2 * 64
        assert projections == 2752
        assert count(resnet.small_resnet(n, (32, 32, 3))) == expected + projections


def test_small_family_has_the_size_that_the_paper_gives():
    # Table 6 of the paper: 0.27 million parameters for ResNet-20, with zero padding.
    plain = resnet.small_resnet(3, (32, 32, 3), residual=False)
    assert round(checks.weight_count(plain, trainable=True) / 1e6, 2) == 0.27


def test_small_family_options():
    model = resnet.small_resnet(1, (32, 32, 3), num_classes=4, filters=8, strides=2)
    checks.model(model, output_shape=(None, 4))
    widths = {add.output.shape[1:] for add in checks.find_layers(model, "Add")}
    assert widths == {(16, 16, 8), (8, 8, 16), (4, 4, 32)}


def test_small_family_gives_logits(rng):
    model = resnet.small_resnet(1)
    randomise(model, rng)
    y = run(model, rng.uniform(0, 1, (4, 28, 28, 1)).astype("float32"))
    assert not np.allclose(y.sum(axis=1), 1)
    assert y.min() < 0


@pytest.mark.parametrize("n", [0, -1])
def test_small_family_needs_a_block(n):
    with pytest.raises(ValueError, match=f"at least 1. Received: {n}"):
        resnet.small_resnet(n)


def test_small_family_carries_a_gradient_in_training(rng):
    x = rng.uniform(0, 1, (2, 28, 28, 1)).astype("float32")
    for residual in (True, False):
        model = resnet.small_resnet(1, residual=residual, filters=4)
        found = checks.gradient(lambda x, model=model: model(x, training=True) ** 2, x)
        checks.shape(found, x.shape)
        assert np.all(np.isfinite(found))
        assert np.any(found != 0)
