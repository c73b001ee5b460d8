"""`layerwise.transfer`: the backbone at other sizes, few labels, two halves."""

import keras
import numpy as np
import pytest
from keras import layers

from layerwise import transfer


@pytest.fixture(scope="module")
def backbone():
    return transfer.backbone(64)


def test_the_backbone_takes_small_images(backbone, rng):
    images = transfer.prepare(rng.integers(0, 256, (2, 28, 28, 1)), 64)
    assert images.shape == (2, 64, 64, 3)
    assert images.dtype == np.float32
    assert np.abs(images).max() <= 1.01
    np.testing.assert_array_equal(images[..., 0], images[..., 2])
    assert backbone(images).shape == (2, 2, 2, 1280)


def test_a_size_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="multiple of 32"):
        transfer.backbone(100)


def test_the_halves_make_the_whole(backbone, rng):
    images = rng.normal(size=(2, 64, 64, 3)).astype("float32")
    bottom, top = transfer.split(backbone, "blocks.11.bn2")
    np.testing.assert_allclose(top(bottom(images)), backbone(images), atol=1e-3)
    assert top.get_layer("conv_head") is backbone.get_layer("conv_head")


def test_features_are_means_over_positions(backbone, rng):
    images = rng.normal(size=(3, 64, 64, 3)).astype("float32")
    found = transfer.pooled_features(backbone, ["conv_stem", "bn1"], images)
    assert found["conv_stem"].shape == (3, 32)
    probe = keras.Model(backbone.input, backbone.get_layer("bn1").output)
    expected = np.asarray(probe(images)).mean((1, 2))
    np.testing.assert_allclose(found["bn1"], expected, atol=1e-4)


def test_few_draws_the_same_number_of_each():
    labels = np.repeat([3, 5, 9], 10)
    chosen = transfer.few(labels, 4, seed=1)
    assert len(set(chosen)) == 12
    assert np.bincount(labels[chosen])[[3, 5, 9]].tolist() == [4, 4, 4]
    np.testing.assert_array_equal(chosen, transfer.few(labels, 4, seed=1))
    assert not np.array_equal(chosen, transfer.few(labels, 4, seed=2))
    with pytest.raises(ValueError, match="class 3 has 10"):
        transfer.few(labels, 11, seed=1)


def test_a_linear_task_is_learned(rng):
    x = rng.normal(size=(200, 5))
    y = (x[:, 0] > 0).astype(int)
    accuracy = transfer.linear_accuracy((x[:100], y[:100]), (x[100:], y[100:]))
    assert accuracy > 85


def test_a_model_without_the_layer_says_so():
    inputs = keras.Input((4,))
    model = keras.Model(inputs, layers.Dense(2, name="only")(inputs))
    with pytest.raises(ValueError, match="No such layer"):
        transfer.split(model, "other")
