"""`layerwise.models.googlenet`: counts, shapes, branches, heads."""

import keras
import numpy as np
import pytest
from keras import ops

from layerwise import checks
from layerwise.costs import layer_costs, total
from layerwise.models import googlenet
from layerwise.models.googlenet import INCEPTION


def run(model, x):
    return ops.convert_to_numpy(model(x, training=False))


@pytest.fixture
def quick_start(monkeypatch):
    """Makes kernels start as zeros: drawing millions that nobody reads is slow."""
    for kind in (keras.initializers.VarianceScaling,):
        monkeypatch.setattr(
            kind, "__call__", lambda self, shape, dtype=None: ops.zeros(shape, dtype)
        )


# Blocks


@pytest.mark.parametrize("norm", [True, False])
def test_conv_keeps_the_size_and_cuts_at_zero(rng, norm):
    model = checks.as_model(
        googlenet.conv, (7, 6, 3), filters=4, kernel_size=5, norm=norm
    )
    checks.model(model, output_shape=(None, 7, 6, 4))
    assert checks.weight_count(model) == 25 * 3 * 4 + (16 if norm else 4)
    y = run(model, rng.normal(size=(2, 7, 6, 3)).astype("float32"))
    assert y.min() == 0
    assert y.max() > 0


def test_conv_strides():
    model = checks.as_model(
        googlenet.conv, (9, 8, 3), filters=4, kernel_size=3, strides=2
    )
    checks.model(model, output_shape=(None, 5, 4, 4))


def test_naive_block_hands_all_its_input_on(rng):
    model = checks.as_model(googlenet.naive_block, (6, 5, 4), filters=(2, 3, 1))
    checks.model(model, output_shape=(None, 6, 5, 2 + 3 + 1 + 4))
    x = rng.normal(size=(2, 6, 5, 4)).astype("float32")
    pooled = ops.convert_to_numpy(ops.max_pool(x, 3, 1, "same"))
    checks.close(run(model, x)[..., 6:], pooled)


def test_inception_block_is_four_branches_in_order(rng):
    filters = (2, (3, 4), (1, 5), 6)
    model = checks.as_model(
        googlenet.inception_block, (6, 5, 4), filters=filters, name="b"
    )
    checks.model(model, output_shape=(None, 6, 5, 2 + 4 + 5 + 6))
    x = rng.normal(size=(2, 6, 5, 4)).astype("float32")

    def part(x, name):
        kernel, bias = model.get_layer(name).get_weights()
        return ops.relu(ops.conv(x, kernel, 1, "same") + bias)

    pooled = ops.max_pool(x, 3, 1, "same")
    expected = [
        part(x, "b_1x1"),
        part(part(x, "b_3x3_reduce"), "b_3x3"),
        part(part(x, "b_5x5_reduce"), "b_5x5"),
        part(pooled, "b_pool"),
    ]
    checks.close(run(model, x), np.concatenate(expected, axis=-1))


def test_reductions_cut_the_cost_of_the_first_block():
    shape = (28, 28, 192)
    naive = checks.as_model(googlenet.naive_block, shape, filters=(64, 128, 32))
    reduced = checks.as_model(googlenet.inception_block, shape, filters=INCEPTION["3a"])
    # By hand, from the filters.
    kernels = 192 * (64 + 9 * 128 + 25 * 32)
    assert total(layer_costs(naive)) == (kernels + 224, 784 * kernels)
    kernels = 192 * (64 + 96 + 16 + 32) + 9 * 96 * 128 + 25 * 16 * 32
    assert total(layer_costs(reduced)) == (kernels + 368, 784 * kernels)


# GoogLeNet


def test_counts_without_heads(quick_start):
    model = googlenet.googlenet(heads=False)
    checks.model(model, (None, 224, 224, 3), (None, 1000))
    assert model.count_params() == 6_998_552
    shapes = [
        model.get_layer(f"inception_{name}").output.shape[1:] for name in INCEPTION
    ]
    assert shapes == [
        (28, 28, 256),
        (28, 28, 480),
        (14, 14, 512),
        (14, 14, 512),
        (14, 14, 512),
        (14, 14, 528),
        (14, 14, 832),
        (7, 7, 832),
        (7, 7, 1024),
    ]
    # Section 1 of the paper: about 1.5 billion multiply-adds.
    assert round(total(layer_costs(model))[1] / 1e9, 1) == 1.6


def test_heads(quick_start):
    model = googlenet.googlenet()
    assert model.output_names == ["main", "head_4a", "head_4d"]
    assert [output.shape for output in model.outputs] == [(None, 1000)] * 3
    # A 1×1 convolution, 4·4·128 numbers to 1024, those to the classes; for each head.
    head = (2048 + 1) * 1024 + (1024 + 1) * 1000
    heads = sum((channels + 1) * 128 + head for channels in (512, 528))
    assert heads == 6_379_728
    assert model.count_params() == 6_998_552 + heads


def test_heads_need_room():
    with pytest.raises(ValueError, match=r"at least 65×65. Received: \(64, 96, 3\)"):
        googlenet.googlenet((64, 96, 3))


def test_outputs_are_probabilities_and_heads_hear_of_the_early_blocks_only(rng):
    model = googlenet.googlenet((65, 65, 3), num_classes=3)
    x = rng.uniform(0, 1, (1, 65, 65, 3)).astype("float32")
    before = [ops.convert_to_numpy(output) for output in model(x, training=False)]
    for output in before:
        checks.shape(output, (1, 3))
        checks.close(output.sum(), 1.0)
    late = model.get_layer("inception_5b_1x1")
    late.bias.assign(ops.ones(late.bias.shape))
    main, *heads = (ops.convert_to_numpy(output) for output in model(x, training=False))
    assert not np.array_equal(main, before[0])
    checks.unchanged(heads, before[1:], "what the heads put out")


# The small networks


def test_small_networks_have_the_sizes_that_the_chapter_compares():
    inception = googlenet.small_inception()
    checks.model(inception, (None, 28, 28, 1), (None, 10))
    block = inception.get_layer("block_4").output.shape
    assert block == (None, 7, 7, 64)
    weights, multiply_adds = total(layer_costs(inception))
    plain = total(layer_costs(googlenet.small_plain(12)))
    wide = total(layer_costs(googlenet.small_plain(12, dense=True)))
    narrow = total(layer_costs(googlenet.small_plain(5, dense=True)))
    assert abs(plain[1] / multiply_adds - 1) < 0.1
    assert abs(wide[1] / multiply_adds - 1) < 0.1
    assert abs(narrow[0] / weights - 1) < 0.1
    assert wide[0] > 5 * weights


@pytest.mark.parametrize("dense", [True, False])
def test_small_plain_is_as_deep_as_small_inception(dense):
    model = googlenet.small_plain(4, dense, num_classes=3)
    checks.model(model, output_shape=(None, 3))
    assert len(checks.find_layers(model, "Conv2D")) == 9
    assert len(checks.find_layers(model, "Dense")) == (3 if dense else 1)


def test_small_inception_gives_logits_and_carries_a_gradient(rng):
    model = googlenet.small_inception(1)
    x = rng.uniform(0, 1, (2, 28, 28, 1)).astype("float32")
    assert not np.allclose(run(model, x).sum(axis=1), 1)
    found = checks.gradient(lambda x: model(x, training=True) ** 2, x)
    assert np.all(np.isfinite(found))
    assert np.any(found != 0)
