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
    scale = quantize.find_scale(x, bits, axis, reach=100)
    q = quantize.quantize(x, scale, bits)
    back = quantize.dequantize(q, scale)
    assert (np.abs(back - x) <= scale * 0.5001).all()
    assert np.abs(q).max() == quantize.largest(bits)
    # Once rounded, nothing moves any more.
    np.testing.assert_array_equal(quantize.quantize(back, scale, bits), q)


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_without_a_sign_no_integer_is_wasted(bits, rng):
    x = rng.uniform(0, 9, (50, 3)).astype("float32")
    scale = quantize.find_scale(x, bits, reach=100, signed=False)
    q = quantize.quantize(x, scale, bits, signed=False)
    assert q.dtype == np.uint8
    assert set(q.ravel()) == set(range(2**bits))
    assert (np.abs(q * scale - x) <= scale * 0.5001).all()


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("bits", [1, 2, 3, 4])
@pytest.mark.parametrize("axis", [None, -1])
def test_the_best_scale_is_near_the_best_of_many(bits, axis, signed, rng):
    x = rng.normal(size=(300, 2)).astype("float32") * [1, 7]
    x = x if signed else np.maximum(x, 0)

    def error(scale):
        q = quantize.quantize(x, scale, bits, signed)
        return np.square(q * scale - x).sum(axis and 0)

    found = quantize.find_scale(x, bits, axis, signed=signed)
    end = np.abs(x).max(axis and 0, keepdims=True)
    tried = [error(share * end) for share in np.geomspace(1e-3, 1, 2000)]
    assert (error(found) <= 1.1 * np.min(tried, 0)).all()


def test_scales_have_the_shape_that_broadcasts(rng):
    kernel = rng.normal(size=(3, 3, 4, 5))
    assert quantize.find_scale(kernel, axis=-1).shape == (1, 1, 1, 5)
    assert quantize.find_scale(kernel).shape == (1, 1, 1, 1)
    assert (quantize.find_scale(np.zeros((2, 3)), axis=-1) == 1).all()


def test_a_percentile_clips_the_rest(rng):
    x = np.append(rng.uniform(-1, 1, 999), 100).astype("float32")
    scale = quantize.find_scale(x, 8, reach=99)
    assert scale.item() < 1.01 / 127
    assert quantize.quantize(x, scale)[-1] == 127


def test_one_bit_keeps_the_sign():
    x = np.array([-3.0, 1.0, 2.0], "float32")
    scale = quantize.find_scale(x, 1)
    assert scale.item() == 2  # the mean of |x|
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
    layer.set_weights([kernel, np.zeros(4), x_scale.reshape(()), k_scale])
    simulated = ops.convert_to_numpy(layer(x))
    np.testing.assert_allclose(total * x_scale * k_scale, simulated, atol=1e-4)


def test_integers_without_a_sign_equal_the_simulation(rng):
    x = rng.uniform(0, 3, (2, 6, 6, 3)).astype("float32")
    kernel = rng.normal(size=(3, 3, 3, 4)).astype("float32")
    x_scale = quantize.find_scale(x, signed=False)
    k_scale = quantize.find_scale(kernel, axis=-1)
    qx = quantize.quantize(x, x_scale, signed=False)
    total = quantize.integer_conv(qx, quantize.quantize(kernel, k_scale))
    layer = quantize.QuantizedConv2D(4, 3, signed_input=False)
    layer.build((None, 6, 6, 3))
    layer.set_weights([kernel, np.zeros(4), x_scale.reshape(()), k_scale])
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


@pytest.mark.parametrize("reach", ["best", 100, 99.9])
def test_inputs_that_are_never_negative_lose_no_bit_to_a_sign(reach, rng):
    images = rng.normal(size=(6, 8, 8, 1)).astype("float32")
    few = quantize.quantized(net(), images, 4, 4, input_reach=reach)
    conv, dense = (layer for layer in few.layers if hasattr(layer, "input_bits"))
    assert (conv.signed_input, dense.signed_input) == (True, False)
    found = quantize.find_scale(images, 4, reach=reach)
    assert conv.input_scale.numpy() == pytest.approx(found.item())


def test_few_bits_with_the_best_scale_are_those_of_the_rounded_kernel(rng):
    model = net()
    images = rng.normal(size=(6, 8, 8, 1)).astype("float32")
    few = quantize.quantized(model, images, 2, 0)
    for layer in model.layers:
        if layer.weights:
            kernel, bias = layer.get_weights()
            scale = quantize.find_scale(kernel, 2, -1)
            layer.set_weights([quantize.quantize(kernel, scale, 2) * scale, bias])
    np.testing.assert_allclose(few(images), model(images), atol=1e-5)


def test_models_are_rounded_to_several_widths(rng):
    model = net()
    images = rng.normal(size=(6, 8, 8, 1)).astype("float32")
    ((wide, narrow),) = quantize.by_bits([model], images, (8, 2), inputs=False)
    bits = [
        (layer.weight_bits, layer.input_bits)
        for few in (wide, narrow)
        for layer in few.layers
        if hasattr(layer, "input_bits")
    ]
    assert bits == [(8, 0), (8, 0), (2, 0), (2, 0)]


def test_a_loud_filter_harms_the_others_unless_each_has_its_own_scale(rng):
    kernel = rng.uniform(-1, 1, (3, 3, 6, 2)).astype("float32")
    loud, shared, own = quantize.filter_errors(kernel, axis=2)
    assert loud < 1.2
    assert shared < 1.2 * own
    kernel[:, :, 1] *= 20
    kernel[:, :, 2] = 0  # a dead one does not count
    loud, shared, own = quantize.filter_errors(kernel, axis=2)
    assert 15 < loud < 25
    assert shared > 10 * own


def test_a_model_of_one_layer_is_calibrated(rng):
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
    x = rng.normal(size=(5, 3)).astype("float32")
    few = quantize.quantized(model, x, 16, 16)
    np.testing.assert_allclose(few(x), model(x), atol=2e-3)


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
    # Kernel and bias move, the two scales stay.
    assert moved == 2 * [True, True, False, False]
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


@pytest.mark.filterwarnings("ignore")
def test_litert_runs_a_model_in_both_ways(rng, tmp_path):
    model = net()
    images = rng.normal(size=(6, 8, 8, 1)).astype("float32")
    found = litert.compare(model, images, images, batch_size=3)
    expected = ops.convert_to_numpy(model(images))
    _, outputs, run = found["float32"]
    np.testing.assert_allclose(outputs, expected, atol=1e-4)
    np.testing.assert_allclose(run(), expected[:3], atol=1e-4)
    assert found["int8"][0] > 1000
    assert litert.size_on_disk(model) > 1000
