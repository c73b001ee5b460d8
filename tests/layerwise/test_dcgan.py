"""`layerwise.models.dcgan` and `layerwise.gan_scores`: the game and its measures."""

import keras
import numpy as np
import pytest

from layerwise import checks, gan_scores
from layerwise.models import dcgan


def test_losses_at_the_equilibrium_are_log_2():
    zero = np.zeros((4, 1), "float32")
    assert float(dcgan.discriminator_loss(zero, zero)) == pytest.approx(np.log(2))
    assert float(dcgan.generator_loss(zero)) == pytest.approx(np.log(2))


def test_losses_are_keras_own(rng):
    real, drawn = rng.normal(size=(2, 6, 1)).astype("float32")
    entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    both = entropy(np.ones((6, 1)), real) + entropy(np.zeros((6, 1)), drawn)
    assert float(dcgan.discriminator_loss(real, drawn)) == pytest.approx(
        float(both) / 2, rel=1e-4
    )
    assert float(dcgan.generator_loss(drawn)) == pytest.approx(
        float(entropy(np.ones((6, 1)), drawn)), rel=1e-4
    )


def test_players_have_the_shapes_of_pictures():
    generate = dcgan.generator((12, 8, 3), 4, 5)
    judge = dcgan.discriminator((12, 8, 3), 4)
    drawn = generate.predict(np.ones((2, 5), "float32"), verbose=0)
    assert drawn.shape == (2, 12, 8, 3)
    assert np.abs(drawn).max() <= 1
    assert judge.predict(drawn, verbose=0).shape == (2, 1)


def test_a_round_moves_both_and_smoothing_is_one_sided(rng):
    keras.utils.set_random_seed(0)
    generate, judge = (
        dcgan.generator((8, 8, 1), 2, 3),
        dcgan.discriminator((8, 8, 1), 2),
    )
    real = rng.uniform(-1, 1, (4, 8, 8, 1)).astype("float32")
    noise = rng.normal(size=(4, 3)).astype("float32")
    before = judge.get_weights(), generate.get_weights()
    game = dcgan.make_game(generate, judge, 0.01, smooth=0.2)
    first = [float(loss) for loss in game(real, noise)]
    after = judge.get_weights(), generate.get_weights()
    for then, now in zip(before, after, strict=True):
        assert any((a != b).any() for a, b in zip(then, now, strict=True))
    judge.set_weights(before[0])
    generate.set_weights(before[1])
    logits = judge(real, training=True)
    drawn = judge(generate(noise, training=True))
    yes = keras.losses.binary_crossentropy(
        np.full((4, 1), 0.8), np.asarray(logits), from_logits=True
    )
    no = keras.losses.binary_crossentropy(
        np.zeros((4, 1)), np.asarray(drawn), from_logits=True
    )
    expected = (np.mean(yes) + np.mean(no)) / 2
    assert first[0] == pytest.approx(expected, rel=1e-3)
    assert len(checks.find_layers(judge, "BatchNormalization")) == 0


def test_scores_of_the_same_cloud_and_of_far_ones(rng):
    one, other = rng.normal(size=(2, 300, 4))
    assert gan_scores.frechet(one, one) == pytest.approx(0, abs=1e-6)
    assert gan_scores.frechet(one, one + 3) == pytest.approx(36, rel=1e-6)
    precision, recall = gan_scores.precision_recall(one, other)
    assert min(precision, recall) > 0.8
    assert gan_scores.precision_recall(one, other + 50) == (0, 0)


def test_few_kinds_of_good_drawings_have_precision_without_recall(rng):
    real = np.concatenate([rng.normal(size=(150, 3)), rng.normal(20, 1, (150, 3))])
    precision, recall = gan_scores.precision_recall(real, rng.normal(size=(300, 3)))
    assert precision > 0.8
    assert recall < 0.6
