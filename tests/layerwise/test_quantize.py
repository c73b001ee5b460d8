"""`layerwise.quantize` against definitions, and LiteRT on a small model."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from layerwise import checks, litert, quantize


@pytest.mark.parametrize("bits", [2, 3, 4, 8, 12])
@pytest.mark.parametrize("axis", [None, -1, 0])
def test_the_error_is_at_most_half_a_step(bits, axis, rng):
    x = rng.normal(size=(5, 4, 3)).astype("float32") * [1, 10, 100]
    scale = quantize.find_scale(x, bits, axis)
    q = quantize.quantize(x, scale, bits)
    back = quantize.dequantize(q, scale)
    assert (np.abs(back - x) <= scale * 0.5001).all()
    assert np.abs(q).max() == quantize.largest(bits)
    # Once rounded, nothing moves any more.
    np.testing.assert_array_equal(quantize.quantize(back, scale, bits), q)


def test_scales_have_the_shape_that_broadcasts(rng):
    kernel = rng.normal(size=(3, 3, 4, 5))
    assert quantize.find_scale(kernel, axis=-1).shape == (1, 1, 1, 5)
    assert quantize.find_scale(kernel).shape == (1, 1, 1, 1)
    assert (quantize.find_scale(np.zeros((2, 3)), axis=-1) == 1).all()


def test_a_percentile_clips_the_rest(rng):
    x = np.append(rng.uniform(-1, 1, 999), 100).astype("float32")
    scale = quantize.find_scale(x, 8, percentile=99)
    assert scale.item() < 1.01 / 127
    assert quantize.quantize(x, scale)[-1] == 127


def test_one_bit_keeps_the_sign():
    x = np.array([-3.0, 1.0, 2.0], "float32")
    scale = quantize.find_scale(x, 1)
    assert scale.item() == 2
    assert quantize.quantize(x, scale, 1).tolist() == [-1, 1, 1]


@pytest.mark.parametrize("bits", [0, 17])
def test_bits_out_of_range_are_refused(bits):
    with pytest.raises(ValueError, match="from 1 to 16"):
        quantize.largest(bits)


@pytest.mark.parametrize("bits", [1, 3, 8])
def test_the_gradient_goes_straight_through_but_where_it_clips(bits):
    x = np.array([-9.0, -0.3, 0.2, 0.9, 9.0], "float32")
    scale = np.float32(1 / quantize.largest(bits))
    slope = checks.gradient(lambda v: quantize.straight_through(v, scale, bits), x)
    np.testing.assert_array_equal(slope, [0, 1, 1, 1, 0])
    y = ops.convert_to_numpy(quantize.straight_through(x, scale, bits))
    q = quantize.quantize(x, scale, bits)
    np.testing.assert_allclose(y, q * scale, rtol=1e-6)


@pytest.mark.parametrize("strides", [1, 2])
def test_integers_equal_the_simulation(strides, rng):
    x = rng.normal(size=(2, 7, 8, 3)).astype("float32")
    kernel = rng.normal(size=(3, 3, 3, 4)).astype("float32")
    x_scale = quantize.find_scale(x)
    k_scale = quantize.find_scale(kernel, axis=-1)
    qx, qk = quantize.quantize(x, x_scale), quantize.quantize(kernel, k_scale)
    total = quantize.integer_conv(qx, qk, strides)
    assert total.dtype == np.int32
    layer = quantize.QuantizedConv2D(4, 3, strides)
    layer.build((None, 7, 8, 3))
    layer.set_weights([kernel, np.zeros(4), x_scale.reshape(())])
    simulated = ops.convert_to_numpy(layer(x))
    np.testing.assert_allclose(total * x_scale * k_scale, simulated, atol=1e-4)


def test_sums_do_not_wrap_around():
    x = np.full((1, 3, 3, 64), -127, "int8")
    kernel = np.full((3, 3, 64, 1), 127, "int8")
    assert quantize.integer_conv(x, kernel).item() == -127 * 127 * 9 * 64


def net():
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(3),
        ]
    )


def test_a_model_of_many_bits_is_the_model(rng):
    model = net()
    images = rng.normal(size=(6, 8, 8, 1)).astype("float32")
    expected = ops.convert_to_numpy(model(images))
    fine = quantize.quantized(model, images, 16, 16)
    np.testing.assert_allclose(fine(images), expected, atol=2e-3)
    free = quantize.quantized(model, images, 0, 0)
    np.testing.assert_allclose(free(images), expected, atol=1e-6)
    coarse = quantize.quantized(model, images, 2, 2)
    assert np.abs(coarse(images) - expected).max() > 0.05


@pytest.mark.filterwarnings("ignore:__array__ implementation")
def test_a_rounded_model_can_be_trained_and_saved(tmp_path, rng):
    images = rng.normal(size=(8, 8, 8, 1)).astype("float32")
    model = quantize.quantized(net(), images, 3, 4, per_channel=False)
    before = [weight.copy() for weight in model.get_weights()]
    model.compile("sgd", "mse")
    model.train_on_batch(images, rng.normal(size=(8, 3)))
    moved = [
        not np.array_equal(a, b)
        for a, b in zip(before, model.get_weights(), strict=True)
    ]
    assert moved == [True, True, False, True, True, False]  # scales stay
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(again(images), model(images), atol=1e-6)


@pytest.mark.filterwarnings("ignore")
def test_litert_gives_the_same_answers(rng):
    model = net()
    images = rng.normal(size=(16, 8, 8, 1)).astype("float32")
    expected = ops.convert_to_numpy(model(images))
    plain = litert.convert(model)
    np.testing.assert_allclose(
        litert.Interpreter(plain, 16)(images), expected, atol=1e-4
    )
    small = litert.convert(model, images)
    interpreter = litert.Interpreter(small, 16)
    assert interpreter.dtype == "int8"
    assert np.abs(interpreter(images) - expected).max() < 0.1 * np.abs(expected).max()
