"""`layerwise.style` and `layerwise.swirls`: losses, a painter, a painting."""

import keras
import numpy as np
import pytest
from keras import ops

from layerwise import checks, style, training
from layerwise.models import vgg
from layerwise.swirls import swirls


@pytest.fixture(scope="module")
def network():
    return vgg.vgg16_features()


def test_the_style_matrix_is_a_mean_of_products(rng):
    x = rng.normal(size=(2, 3, 5, 4)).astype("float32")
    expected = np.einsum("bhwi,bhwj->bij", x, x) / 15
    np.testing.assert_allclose(style.gram(x), expected, rtol=1e-4, atol=1e-5)


def test_losses_are_zero_at_what_is_wanted_and_one_at_nothing(rng):
    x = rng.uniform(1, 2, (1, 4, 4, 2)).astype("float32")
    assert float(style.distance(x, x)) == 0
    assert float(style.distance(0 * x, x)) == pytest.approx(1, abs=1e-4)
    assert float(style.total_variation(np.ones((1, 4, 4, 3), "float32"))) == 0


def test_the_objective_knows_its_two_pictures(network):
    content = swirls(32, 32, seed=1)
    painting = swirls(48, 32, seed=2)
    loss = style.objective(network, content, painting, style_weight=3.0, tv_weight=0.5)
    total, at_content, at_style, variation = map(float, loss(content[None]))
    assert at_content == pytest.approx(0, abs=1e-6)
    assert at_style > 0.01
    assert total == pytest.approx(3 * at_style + 0.5 * variation, rel=1e-4)
    assert float(loss(painting[None, :32])[1]) > 0.1
    alone = style.objective(network, None, painting)
    assert float(alone(painting[None])[0]) == pytest.approx(0, abs=1e-6)


def test_pixels_move_and_weights_do_not(network):
    content, painting = swirls(32, 32, seed=1), swirls(32, 32, seed=2)
    before = network.get_weights()
    loss = style.objective(network, content, painting, 100.0)
    seen = []
    picture = training.minimize(
        training.value_and_gradient(lambda x: 1e4 * loss(x)[0]),
        content[None],
        steps=12,
        bounds=(0, 255),
        callback=lambda value: seen.append(float(value)),
    )
    assert picture.shape == (1, 32, 32, 3)
    assert 0 <= picture.min() <= picture.max() <= 255
    assert min(seen) < 0.6 * seen[0]
    assert 12 <= len(seen) <= 40
    checks.unchanged(network.get_weights(), before)


def test_random_features_have_the_same_shapes(network):
    drawn = style.random_features()
    shapes = [w.shape for w in network.get_weights()]
    assert [w.shape for w in drawn.get_weights()] == shapes
    kernel = drawn.get_layer("block3_conv1").get_weights()[0]
    assert kernel.std() == pytest.approx(np.sqrt(2 / (9 * 128)), rel=0.05)


def test_random_features_leave_the_global_generator_alone():
    keras.utils.set_random_seed(3)
    expected = keras.random.normal((3,))
    keras.utils.set_random_seed(3)
    style.random_features(1)
    np.testing.assert_array_equal(keras.random.normal((3,)), expected)


@pytest.mark.parametrize("levels", [1, 3])
def test_a_picture_is_the_sum_of_its_levels(rng, levels):
    start = rng.uniform(0, 255, (8, 12, 3)).astype("float32")
    picture = style.Picture(start, levels)
    assert len(picture.trainable_weights) == levels
    np.testing.assert_array_equal(picture.image()[0], start)
    if levels > 1:
        # A number in a coarse level moves a patch, here one of 4×4 pixels and around.
        coarse = np.zeros((1, 2, 3, 3), "float32")
        coarse[0, 0, 0] = 5
        picture.levels[2].assign(coarse)
        change = ops.convert_to_numpy(picture.image())[0] - start
        assert (change[:3, :3] > 0).all()
        assert np.abs(change[7]).max() < 1e-3
    picture.levels[-1].assign_add(300 + ops.zeros_like(picture.levels[-1]))
    picture.clip()
    np.testing.assert_allclose(picture.image()[0], 255, atol=1e-3)


@pytest.mark.parametrize("levels", [1, 2])
def test_a_search_moves_pixels_within_bounds(network, levels):
    content, painting = swirls(32, 32, seed=1), swirls(32, 32, seed=2)
    loss = style.objective(network, content, painting, 10.0)
    found, losses = style.search(loss, content, 15, rate=10.0, levels=levels)
    assert found.shape == content.shape
    assert 0 <= found.min() <= found.max() <= 255
    assert losses.shape == (15,)
    assert losses[0] == pytest.approx(float(loss(content[None])[0]), rel=1e-4)
    assert losses[-1] < 0.7 * losses[0]
    again, _ = style.search(loss, content, 15, rate=10.0, levels=levels)
    np.testing.assert_allclose(again, found, atol=1e-2)


def test_lbfgs_finds_a_lower_loss(network):
    loss = style.objective(network, None, swirls(32, 32, seed=2))
    start = swirls(32, 32, seed=1)
    found, losses = style.search_lbfgs(loss, start, 10)
    assert found.shape == start.shape
    assert len(losses) == 10
    assert (np.diff(losses) <= 0).all()
    assert losses[-1] < 0.5 * losses[0]


def test_a_painter_starts_as_the_identity_and_takes_any_size(rng):
    painter = style.transform_net(4, 1)
    x = rng.uniform(0, 255, (2, 12, 20, 3)).astype("float32")
    np.testing.assert_allclose(painter(x), x, atol=1e-3)
    step = training.make_step(
        lambda images: ops.mean(ops.square(painter(images, training=True) / 255)),
        painter,
        keras.optimizers.Adam(1e-2),
    )
    losses = [float(step(x)) for _ in range(12)]
    assert losses[-1] < 0.8 * losses[0]


def test_swirls_are_the_same_for_a_seed():
    one, same, other = swirls(40, 60, 1), swirls(40, 60, 1), swirls(40, 60, 2)
    assert one.shape == (40, 60, 3)
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).mean() > 5
    assert 0 <= one.min() <= one.max() <= 255
