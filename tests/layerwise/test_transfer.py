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


def test_maps_can_be_kept_whole(backbone, rng):
    images = rng.normal(size=(3, 64, 64, 3)).astype("float32")
    found = transfer.pooled_features(
        backbone, ["conv_stem", "bn1"], images, whole=["bn1"]
    )
    assert found["conv_stem"].shape == (3, 32)
    assert found["bn1"].shape == (3, 2, 2, 1280)


def test_a_block_ends_after_its_shortcut(backbone):
    names = transfer.block_outputs(backbone)
    assert list(names) == ["stem", *(f"block {n}" for n in range(16)), "last"]
    for number in range(16):
        end = backbone.get_layer(names[f"block {number}"])
        adds = isinstance(end, layers.Add)
        assert adds == (number in (2, 4, 6, 7, 9, 10, 12, 13, 14))
        if number < 15:  # all that follows reads this layer
            transfer.split(backbone, end.name)
    assert isinstance(backbone.get_layer(names["stem"]), layers.ReLU)
    assert backbone.get_layer(names["last"]).output is backbone.output


def right(x, labels, count):
    found = transfer.linear_predictions(x[:count], labels[:count], x[count:])
    return np.mean(found == labels[count:])


def test_a_linear_task_is_learned(rng):
    x = rng.normal(size=(200, 5))
    assert right(x, (x[:, 0] > 0).astype(int), 100) > 0.85


def test_the_ridge_is_as_strong_as_the_features_need(rng):
    """200 features of 40 examples: one of them counts, and the noise is as large."""
    labels = np.arange(1000) % 2
    x = rng.normal(size=(1000, 200)) + 2 * labels[:, None] * (np.arange(200) < 20)
    assert right(x, labels, 40) > 0.9


def test_a_linear_classifier_does_not_see_the_order_of_features(rng):
    x, labels = rng.normal(size=(60, 30)), np.arange(60) % 3
    order = rng.permutation(30)
    before = transfer.linear_predictions(x[:40], labels[:40], x[40:])
    after = transfer.linear_predictions(x[:40, order], labels[:40], x[40:, order])
    np.testing.assert_array_equal(before, after)


def dense_net():
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
    model.compile(
        keras.optimizers.Adam(),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,
    )
    return model


def test_steps_are_counted_and_not_epochs(rng, monkeypatch):
    """Also where there are fewer examples than a batch has."""
    model, seen = dense_net(), []
    x, y = np.arange(80, dtype="float32").reshape(20, 4), np.arange(20) % 3
    step = type(model).train_on_batch

    def train_on_batch(self, x, y):
        seen.append((len(x), float(self.optimizer.learning_rate)))
        return step(self, x, y)

    monkeypatch.setattr(type(model), "train_on_batch", train_on_batch)
    transfer.train_steps(model, x, y, steps=5, rate=0.1, seed=0)
    sizes, rates = zip(*seen, strict=True)
    assert sizes == (32,) * 5
    assert rates[0] == pytest.approx(0.1)
    assert list(rates) == sorted(rates, reverse=True)
    assert rates[-1] < 0.02
    assert int(model.optimizer.iterations) == 5


def test_steps_can_be_repeated(rng):
    """The optimizer's memory of an earlier training does not count."""
    x, y = rng.normal(size=(20, 4)).astype("float32"), np.arange(20) % 3
    model = dense_net()
    start = model.get_weights()
    ends = []
    for seed in (0, 0, 1):
        model.set_weights(start)
        transfer.train_steps(model, x, y, 4, 0.1, seed, batch_size=8)
        ends.append(model.get_weights()[0])
    np.testing.assert_array_equal(ends[0], ends[1])
    assert not np.array_equal(ends[0], ends[2])


def test_a_model_without_the_layer_says_so():
    inputs = keras.Input((4,))
    model = keras.Model(inputs, layers.Dense(2, name="only")(inputs))
    with pytest.raises(ValueError, match="No such layer"):
        transfer.split(model, "other")
