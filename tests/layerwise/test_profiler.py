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
    shares = profiler.Profile(tuple(made(*one) for one in parts), 5.0, 1).shares()
    assert list(shares.items()) == [("conv", 0.75), ("fc", 0.25)]


def test_what_no_layer_has_cannot_be_shared():
    # Layers as fast as a call that does nothing come out at 0 s, each of them maybe.
    fast = profiler.Profile((made("Dense", "fc", 0.0, 100),), whole=1e-4, batch_size=2)
    assert (fast.total, fast.shares("multiply_adds")) == (0, {"fc": 1})
    with pytest.raises(ValueError, match=r"no layer took longer than a call.*size 2"):
        fast.shares()
    pooling = profiler.Profile((made("MaxPooling2D", "pool", 1.0),), 1.0, 1)
    with pytest.raises(ValueError, match="the layers have no multiply_adds"):
        pooling.shares("multiply_adds")


def test_intensity_and_flops():
    layer = profiler.LayerProfile("a", "Dense", "fc", 0.5, 100, 50)
    assert (layer.intensity, layer.flops) == (4, 400)


def test_times_are_medians_without_the_first_rounds_and_the_call(monkeypatch):
    model = keras.Sequential([keras.Input((4,)), *map(layers.Dense, (5, 3, 2))])
    calls = 5  # in a round: the whole, a call that does nothing, three layers
    asked = []

    def timed(fn, *args):
        number, place = divmod(len(asked), calls)
        asked.append(fn)
        seconds = (60.0, 1.0, 11.0, 31.0, 0.5)[place]
        # The first two rounds are slow, and so is one of those that count.
        return seconds + 1000 * (number in (0, 1, 3)), fn(*args)

    monkeypatch.setattr(profiler, "timed", timed)
    found = profiler.profile(model, batch_size=2, rounds=3)
    assert len(asked) == calls * (3 + 2)
    assert (found.whole, found.batch_size) == (60, 2)
    # What is faster than a call comes out at 0, not below.
    assert [layer.seconds for layer in found.layers] == [10, 30, 0]
    assert found.total == 40


def test_alexnet_multiplies_in_its_convolutions():
    found = profiler.profile(alexnet(), rounds=1)
    assert found.shares("multiply_adds")["conv"] == pytest.approx(0.919, abs=0.001)


def test_a_model_inside_counts_as_one_layer():
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(5)], name="inner")
    outer = keras.Sequential([keras.Input((4,)), inner, layers.Dense(2)])
    one, two = profiler.profile(outer, 3, rounds=1).layers
    assert (one.name, one.multiply_adds) == ("inner", 3 * 20)
    assert two.multiply_adds == 3 * 10


def test_sixteen_bits_move_half_the_bytes():
    inputs = keras.Input((8,))
    layer = layers.Dense(4, dtype="mixed_bfloat16")
    model = keras.Model(inputs, layer(inputs))
    (dense,) = (
        found
        for found in profiler.profile(model, 2, rounds=1).layers
        if found.kind == "Dense"
    )
    # The images are float32; weights and outputs are read and written as 16 bits.
    assert dense.bytes == 4 * 2 * 8 + 2 * (8 * 4 + 4 + 2 * 4)


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


def test_the_drawing_bends_at_the_ridge():
    import matplotlib.pyplot as plt

    _, ax = plt.subplots()
    assert roofline.draw(ax, 200.0, 20.0) == 10
    (line,) = ax.lines
    np.testing.assert_allclose(line.get_xdata(), [0.1, 10, 1000])
    plt.close()


def test_the_shortest_of_several_calls(monkeypatch):
    times = iter([3.0, 1.0, 2.0])
    monkeypatch.setattr(profiler, "timed", lambda fn, *args: (next(times), fn(*args)))
    assert profiler.shortest(abs, -1, repeats=3) == 1.0
