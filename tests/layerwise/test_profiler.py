"""`layerwise.profiler` and `layerwise.roofline`: counts are exact."""

import keras
import numpy as np
import pytest
from keras import layers

from layerwise import profiler, roofline
from layerwise.models.alexnet import alexnet


def net():
    x = inputs = keras.Input((16, 16, 3))
    x = layers.Conv2D(8, 3, name="conv")(x)
    side = layers.Conv2D(8, 1, strides=1, name="side")(x)
    x = layers.Add(name="add")([x, side])
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.MaxPooling2D(name="pool")(x)
    x = layers.Dropout(0.5)(keras.ops.relu(x))
    return keras.Model(inputs, layers.Dense(10, name="fc")(layers.Flatten()(x)))


@pytest.fixture(scope="module")
def found():
    return profiler.profile(net(), batch_size=4, rounds=3)


def test_multiply_adds_equal_closed_forms(found):
    by_name = {layer.name: layer for layer in found.layers}
    assert by_name["conv"].multiply_adds == 4 * 14 * 14 * 9 * 3 * 8
    assert by_name["side"].multiply_adds == 4 * 14 * 14 * 8 * 8
    assert by_name["fc"].multiply_adds == 4 * 7 * 7 * 8 * 10
    assert by_name["add"].multiply_adds == by_name["pool"].multiply_adds == 0


def test_bytes_are_inputs_outputs_and_weights(found):
    by_name = {layer.name: layer for layer in found.layers}
    image, inside = 16 * 16 * 3, 14 * 14 * 8
    weights = 9 * 3 * 8 + 8
    assert by_name["conv"].bytes == 4 * (4 * (image + inside) + weights)
    assert by_name["add"].bytes == 4 * 4 * 3 * inside
    assert by_name["norm"].bytes == 4 * (4 * 2 * inside + 4 * 8)


def made(kind, group, seconds=0.0, multiply_adds=0):
    return profiler.LayerProfile(kind.lower(), kind, group, seconds, multiply_adds, 8)


def test_shares_sum_to_one_and_name_the_groups(found):
    for what in ("multiply_adds", "bytes"):
        shares = found.shares(what)
        assert list(shares) == ["conv", "fc", "pool", "norm", "other"]
        assert sum(shares.values()) == pytest.approx(1)
        assert min(shares.values()) >= 0
    parts = (("Dense", "fc", 1.0), ("Conv2D", "conv", 2.0), ("Conv2D", "conv", 1.0))
    whole = profiler.Profile(tuple(made(*one) for one in parts), 4.5, 1, call=0.5)
    assert list(whole.shares().items()) == [("conv", 0.75), ("fc", 0.25)]
    assert whole.coverage == 1


@pytest.mark.parametrize("whole", [3.0, 5.0])
def test_layers_that_do_not_add_up_to_the_whole_are_refused(whole):
    layers = (made("Dense", "fc", 1.0), made("Conv2D", "conv", 3.0))
    found = profiler.Profile(layers, whole, 1)
    with pytest.raises(ValueError, match=r"add up to \d.\d\d of the whole"):
        found.shares()


def test_what_no_layer_has_cannot_be_shared():
    pooling = profiler.Profile((made("MaxPooling2D", "pool", 1.0),), 1.0, 1)
    with pytest.raises(ValueError, match="the layers have no multiply_adds"):
        pooling.shares("multiply_adds")


def test_intensity_and_flops():
    layer = profiler.LayerProfile("a", "Dense", "fc", 0.5, 100, 50)
    assert (layer.intensity, layer.flops) == (4, 400)


def script(monkeypatch, rounds):
    """Makes the profiler's clock tell what is written; returns what it was asked."""
    asked = []

    def timed(fn, *args):
        number, place = divmod(len(asked), len(rounds[0]))
        asked.append(args)
        return rounds[min(number, len(rounds) - 1)][place], fn(*args)

    monkeypatch.setattr(profiler, "timed", timed)
    return asked


# In a round: the whole, and three layers, before each a call that does nothing.
THREE = (5, 3, 2)
USUAL = (41.5, 1.0, 11.0, 9.0, 31.0, 0.5, 0.5)


def test_times_are_medians_without_the_first_rounds_and_the_call(monkeypatch):
    model = keras.Sequential([keras.Input((4,)), *map(layers.Dense, THREE)])
    slow = tuple(1000 + seconds for seconds in USUAL)
    asked = script(monkeypatch, [slow, slow, USUAL, slow, USUAL])
    found = profiler.profile(model, batch_size=2, rounds=3)
    assert len(asked) == len(USUAL) * (3 + 2)
    assert (found.whole, found.call, found.batch_size) == (41.5, 1, 2)
    assert found.fastest == 41.5
    # What is faster than a call is not cut off at 0: it lies below the resolution.
    assert [layer.seconds for layer in found.layers] == [10, 30, -0.5]
    assert found.layers[2].flops == 0
    assert found.total == 39.5
    assert found.repetitions == ()


def test_a_call_is_measured_with_a_single_number(monkeypatch):
    """An identity over the batch copies it on some backends."""
    model = keras.Sequential([keras.Input((4,)), *map(layers.Dense, THREE)])
    asked = script(monkeypatch, [USUAL])
    profiler.profile(model, batch_size=7, rounds=2)
    sizes = [np.size(keras.ops.convert_to_numpy(args[0])) for args in asked]
    assert sizes[:7] == [28, 1, 28, 1, 35, 1, 21]


def test_rounds_are_added_while_the_layers_do_not_add_up(monkeypatch):
    model = keras.Sequential([keras.Input((4,)), *map(layers.Dense, THREE)])
    off = (80.0, *USUAL[1:])
    asked = script(monkeypatch, [off] * 4 + [USUAL])
    found = profiler.profile(model, rounds=2)
    # Two rounds do not count; 2, 4 and 6 do, and after six it ends.
    assert len(asked) == len(USUAL) * 8
    assert found.coverage == pytest.approx(39.5 / 40.5)
    asked = script(monkeypatch, [off])
    found = profiler.profile(model, rounds=2)
    assert len(asked) == len(USUAL) * 8
    with pytest.raises(ValueError, match="add up"):
        found.shares()


def test_thirds_of_the_rounds_are_repetitions(monkeypatch):
    model = keras.Sequential([keras.Input((4,)), *map(layers.Dense, THREE)])
    rounds = [USUAL] * 2 + [(41.0 + r, 1, 11 + r, 1, 31, 1, 1) for r in range(6)]
    script(monkeypatch, rounds)
    found = profiler.profile(model, rounds=6)
    seconds = [third.layers[0].seconds for third in found.repetitions]
    assert seconds == [11.5, 12.5, 13.5]  # medians of rounds 0 and 3, 1 and 4, 2 and 5
    assert found.repeated_shares("fc") == [1, 1, 1]
    first, _, _ = found.repetitions
    rate = 2 * (4 * 5 + 5 * 3 + 3 * 2) / first.total / 1e9
    assert found.repeated_rates("fc")[0] == pytest.approx(rate)


def test_alexnet_multiplies_in_its_convolutions_and_its_normalisation():
    found = profiler.profile(alexnet(), rounds=1)
    count = {}
    for layer in found.layers:
        count[layer.group] = count.get(layer.group, 0) + layer.multiply_adds
    assert count["norm"] == 55**2 * 96**2 + 27**2 * 256**2
    assert found.shares("multiply_adds")["conv"] == pytest.approx(0.832, abs=0.001)


def test_a_model_inside_counts_as_one_layer():
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(5)], name="inner")
    outer = keras.Sequential([keras.Input((4,)), inner, layers.Dense(2)])
    one, two = profiler.profile(outer, 3, rounds=1).layers
    assert (one.name, one.multiply_adds) == ("inner", 3 * 20)
    assert two.multiply_adds == 3 * 10


def test_weights_move_as_they_are_kept_and_outputs_as_they_are_computed():
    inputs = keras.Input((8,))
    layer = layers.Dense(4, dtype="mixed_bfloat16")
    model = keras.Model(inputs, layer(inputs))
    (dense,) = (
        found
        for found in profiler.profile(model, 2, rounds=1).layers
        if found.kind == "Dense"
    )
    # The images are float32, and so are the weights, which the layer then casts.
    assert dense.bytes == 4 * 2 * 8 + 4 * (8 * 4 + 4) + 2 * (2 * 4)


@pytest.mark.parametrize(
    ("dtype", "bits"),
    [("float8_e4m3fn", 8), ("bfloat16", 16), ("int32", 32), ("bool", 8), ("int4", 4)],
)
def test_the_bits_of_a_number(dtype, bits):
    assert profiler._bits(dtype) == bits


def test_functions_are_timed_in_turn_and_the_fastest_run_counts():
    now, asked = [0.0], []
    seconds = {"a": iter([9, 5, 3, 4, 2]), "b": iter([9, 6, 8, 7, 9])}

    def fn(name):
        asked.append(name)
        now[0] += next(seconds[name])
        return np.zeros(1)

    fns = {"a": lambda: fn("a"), "b": lambda: fn("b")}
    found = profiler.alternate(fns, 2, 2, clock=lambda: now[0])
    assert found == {"a": [3, 2], "b": [6, 7]}
    assert asked == ["a", "b"] * 5


def test_what_cannot_be_profiled_is_refused():
    shared = layers.Dense(4)
    inputs = keras.Input((4,))
    with pytest.raises(ValueError, match="each layer once"):
        profiler.profile(keras.Model(inputs, shared(shared(inputs))))
    inputs = keras.Input((None, None, 3))
    with pytest.raises(ValueError, match=r"open size|fixed size"):
        profiler.profile(keras.Model(inputs, layers.Conv2D(2, 3)(inputs)))


def test_the_roof_is_the_lower_of_two():
    speeds = roofline.attainable(np.array([1.0, 10.0, 100.0]), 500.0, 20.0)
    np.testing.assert_allclose(speeds, [20, 200, 500])


def test_the_machine_has_a_roof():
    peak = roofline.matmul_peak(256, repeats=2)
    bandwidth = roofline.copy_bandwidth(8, repeats=2)
    assert np.isfinite([peak, bandwidth]).all()
    assert min(peak, bandwidth) > 1e6
    rates = roofline.rates(256, repeats=2)
    assert len(rates) >= 3
    assert min(rates.values()) > 1e6


def test_bandwidth_is_that_of_the_device_that_computes(monkeypatch):
    asked = []

    def timed(fn, *args):
        asked.append([keras.ops.convert_to_numpy(arg) for arg in args])
        return 0.5, fn(*args)

    monkeypatch.setattr(roofline, "timed", timed)
    monkeypatch.setattr(roofline.backends, "accelerator", lambda: ("a", "gpu"))
    # A megabyte read and a megabyte written in half a second.
    assert roofline.copy_bandwidth(1, repeats=1) == 4 * 2**20
    assert {array.nbytes for (array,) in asked} == {2**20}


def test_more_than_the_roof_is_refused():
    layer = profiler.LayerProfile("a", "Dense", "fc", 0.5, 100, 50)  # 400 a second
    assert roofline.share_of_roof(layer, 1000.0, 200.0) == 0.5
    assert roofline.share_of_roof(layer, 500.0, 1e6) == 0.8
    with pytest.raises(ValueError, match="200 % of a roof"):
        roofline.share_of_roof(layer, 200.0, 1e6)


def test_the_drawing_bends_at_the_ridge():
    import matplotlib.pyplot as plt

    _, ax = plt.subplots()
    assert roofline.draw(ax, 200.0, 20.0) == 10
    (line,) = ax.lines
    np.testing.assert_allclose(line.get_xdata(), [0.1, 10, 1000])
    plt.close()
