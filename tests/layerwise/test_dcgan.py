"""`layerwise.models.dcgan`, `gan_scores` and `gan_lab`: the game and its measures."""

import keras
import numpy as np
import pytest

from layerwise import checks, gan_lab, gan_scores
from layerwise.models import dcgan, gan_model


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


def test_a_generator_without_normalisation_has_biases_in_its_place():
    plain = dcgan.generator((8, 8, 1), 2, 3, normalise=False)
    assert not checks.find_layers(plain, "BatchNormalization")
    assert all(layer.use_bias for layer in checks.find_layers(plain, "Conv2DTranspose"))
    assert plain.output_shape == (None, 8, 8, 1)


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="its train_step is TensorFlow's"
)
def test_both_forms_of_the_game_give_the_same_weights(rng):
    keras.utils.set_random_seed(0)
    pairs = [
        (dcgan.generator((8, 8, 1), 2), dcgan.discriminator((8, 8, 1), 2))
        for _ in range(2)
    ]
    for mine, other in zip(*pairs, strict=True):
        other.set_weights(mine.get_weights())
    pictures = rng.normal(size=(12, 8, 8, 1)).astype("float32")
    game, noise_seed = dcgan.make_game(*pairs[0]), keras.random.SeedGenerator(0)
    for start in (0, 4, 8):
        noise = keras.random.normal((4, dcgan.LATENT), seed=noise_seed)
        game(pictures[start : start + 4], noise)
    gan = gan_model.GAN(*pairs[1])
    adams = [
        keras.optimizers.Adam(dcgan.LEARNING_RATE, beta_1=dcgan.BETA_1)
        for _ in range(2)
    ]
    gan.compile(*adams)
    history = gan.fit(pictures, batch_size=4, shuffle=False, verbose=0).history
    assert set(history) == {"judge_loss", "draw_loss"}
    for mine, other in zip(*pairs, strict=True):
        for a, b in zip(mine.get_weights(), other.get_weights(), strict=True):
            np.testing.assert_allclose(a, b, atol=1e-6)


def test_the_nearest_of_a_copy_is_its_original(rng):
    cloud = rng.normal(size=(20, 3, 3, 1))
    far, places = gan_scores.nearest(cloud[[7, 2]], cloud)
    assert far == pytest.approx([0, 0])
    assert list(places) == [7, 2]


def test_pictures_that_are_all_the_same_have_no_spread(rng):
    pictures = rng.normal(size=(20, 3, 3, 1))
    assert gan_scores.spread(pictures[[0] * 20]) == 0
    two = np.stack([np.zeros((2, 2, 1)), np.ones((2, 2, 1))])
    assert gan_scores.spread(two) == pytest.approx(2)


def test_kinds_count_classes_by_their_shares():
    assert gan_scores.kinds(np.array([3, 3, 3])) == pytest.approx(1)
    assert gan_scores.kinds(np.array([0, 4, 0, 4])) == pytest.approx(2)
    assert 1 < gan_scores.kinds(np.array([0, 4, 4, 4])) < 2


def test_a_grid_is_found_in_any_direction_and_not_in_noise(rng):
    rows, columns = np.indices((10, 10))[..., None]
    for step in (rows, columns, rows + columns):
        board = (step % 2).astype(float)[None]
        assert gan_scores.grid(board) == pytest.approx([1])
    noise = rng.normal(size=(50, 28, 28, 1))
    assert gan_scores.grid(noise).mean() < 0.02
    assert gan_scores.grid(np.zeros((1, 8, 8, 1))) == pytest.approx([0])


def test_losses_at_the_equilibrium_are_those_of_the_game():
    assert gan_lab.equilibrium(0) == pytest.approx((np.log(2), np.log(2)))
    d = 0.45
    target, logits = np.full((3, 1), 0.9), np.full((3, 1), np.log(d / (1 - d)))
    yes = keras.losses.binary_crossentropy(target, logits, from_logits=True)
    no = keras.losses.binary_crossentropy(0 * target, logits, from_logits=True)
    expected = (np.mean(yes) + np.mean(no)) / 2
    judge, draw = gan_lab.equilibrium(0.1)
    assert judge == pytest.approx(float(expected), rel=1e-5)
    assert draw == pytest.approx(float(dcgan.generator_loss(logits)), rel=1e-5)


def test_a_game_goes_on_as_if_it_had_not_stopped(rng, tmp_path):
    keras.utils.set_random_seed(0)
    players = dcgan.generator((8, 8, 1), 2), dcgan.discriminator((8, 8, 1), 2)
    game = dcgan.make_game(*players, 0.01)
    pictures = rng.normal(size=(12, 8, 8, 1)).astype("float32")
    variables = gan_lab.variables_of(*players, game)
    assert len(variables) > sum(len(player.variables) for player in players)
    dice, seen = np.random.default_rng(0), []
    gan_lab.play(game, pictures, 2, dice, 4, look=seen.append)
    assert seen == [1, 2]
    gan_lab.keep(tmp_path / "game.npz", variables, dice)
    first = gan_lab.play(game, pictures, 3, dice, 4)
    gan_lab.bring_back(tmp_path / "game.npz", variables, dice)
    np.testing.assert_allclose(gan_lab.play(game, pictures, 3, dice, 4), first)


def test_a_judge_may_stand_still(rng):
    keras.utils.set_random_seed(0)
    generate, judge = dcgan.generator((8, 8, 1), 2), dcgan.discriminator((8, 8, 1), 2)
    game = dcgan.make_game(generate, judge, 0.01)
    before = judge.get_weights(), generate.get_weights()
    pictures = rng.normal(size=(12, 8, 8, 1)).astype("float32")
    losses = gan_lab.play(game.alone, pictures, 2, np.random.default_rng(0), 4)
    assert losses.shape == (2, 2)
    assert (losses[:, 0] == 0).all()
    for old, new in zip(before[0], judge.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert (before[1][0] != generate.get_weights()[0]).any()


def test_a_new_judge_tells_noise_from_nothing(rng):
    photographs = rng.normal(size=(64, 8, 8, 1)).astype("float32")
    drawn = np.zeros((64, 8, 8, 1), "float32")
    judge = gan_lab.new_judge(photographs, drawn, seed=0, epochs=20)
    assert gan_lab.share_right(judge, photographs, drawn) > 0.9


def test_a_generator_can_learn_by_heart(rng):
    keras.utils.set_random_seed(0)
    generate = dcgan.generator((8, 8, 1), 2, 3)
    noise = rng.normal(size=(4, 3)).astype("float32")
    pictures = np.clip(rng.normal(size=(4, 8, 8, 1)), -1, 1).astype("float32")
    before = np.abs(generate.predict(noise, verbose=0) - pictures).mean()
    gan_lab.learn_by_heart(generate, noise, pictures, 60, 0.02)
    assert np.abs(generate.predict(noise, verbose=0) - pictures).mean() < before
    assert gan_lab.as_uint8(pictures).shape == (4, 8, 8, 3)
