"""The ring, the cost model and the schedule, against definitions."""

import keras
import numpy as np
import pytest

from layerwise import distributed


@pytest.mark.parametrize("n", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("shape", [(40,), (3, 7), (2,)])
def test_the_ring_sums_and_changes_nothing(n, shape, rng):
    values = [rng.normal(size=shape) for _ in range(n)]
    before = [value.copy() for value in values]
    results, _ = distributed.ring_all_reduce(values)
    for result in results:
        np.testing.assert_allclose(result, sum(before))
    np.testing.assert_array_equal(values, before)


@pytest.mark.parametrize("n", [2, 4, 5, 10])
def test_each_device_sends_its_share(n):
    _, sent = distributed.ring_all_reduce([np.ones(40)] * n)
    assert sent == [2 * (n - 1) * 40 // n] * n


def test_shapes_must_agree():
    with pytest.raises(ValueError, match="of one shape"):
        distributed.ring_all_reduce([np.ones(2), np.ones(3)])
    with pytest.raises(ValueError, match="of one shape"):
        distributed.ring_all_reduce([])


def test_one_device_sends_nothing_and_two_send_the_whole():
    cluster = distributed.Cluster(1.0, 8e6, latency=1e-3, bandwidth=1e9)
    assert cluster.step(1) == 1
    assert cluster.step(2) == pytest.approx(0.5 + 2 * (1e-3 + 4e-3))
    assert cluster.speedup(2) < 2
    assert cluster.throughput(1) == 1
    assert cluster.throughput(2) == pytest.approx(2 / 1.01)


def test_amdahl_and_back():
    assert distributed.amdahl(100, 0) == 100
    assert distributed.amdahl(10**9, 0.01) == pytest.approx(100, rel=1e-4)
    serial = distributed.serial_part(100, 56)
    assert serial == pytest.approx(0.0079, abs=1e-4)
    assert distributed.amdahl(100, serial) == pytest.approx(56)


@pytest.mark.parametrize(("devices", "speedup"), [(1, 1), (4, 5), (4, 0.5)])
def test_a_speedup_out_of_range_is_refused(devices, speedup):
    with pytest.raises(ValueError, match="from 1 to the number"):
        distributed.serial_part(devices, speedup)


def test_a_share_of_communication_and_back():
    share = distributed.communication_share(100, 56)
    assert 100 / (1 + share) == pytest.approx(56)
    assert distributed.communication_share(7, 7) == 0
    with pytest.raises(ValueError, match="at most the number"):
        distributed.communication_share(4, 5)


def test_gradients_travel_behind_the_rest_of_the_backward_pass():
    # The first arrives at 3; the second is ready at 2 and waits for the wire until 3.
    assert distributed.overlapped([1, 1], [2, 1]) == 4
    # All but the last message is hidden.
    assert distributed.overlapped([1, 1, 1], [0.5, 0.5, 0.5]) == 3.5
    # A large first message is hidden behind a long rest, a large last one never.
    assert distributed.overlapped([0, 10], [9, 0]) == 10
    assert distributed.overlapped([0, 10], [0, 9]) == 19
    assert distributed.overlapped([], []) == 0


def test_a_backward_pass_begins_at_the_last_layer():
    x = inputs = keras.Input((8, 8, 1))
    x = keras.layers.Conv2D(2, 3, padding="same", use_bias=False)(x)
    outputs = keras.layers.Dense(3, use_bias=False)(keras.layers.Flatten()(x))
    model = keras.Model(inputs, outputs)
    work, wire = distributed.backward_pass(model, 3.0, 1e3)
    multiply_adds = np.array([128 * 3, 0, 64 * 18])
    np.testing.assert_allclose(work, 3 * multiply_adds / multiply_adds.sum())
    np.testing.assert_allclose(wire, [2 * 4 * 384 / 1e3, 0, 2 * 4 * 18 / 1e3])


def test_the_rate_rises_and_stays():
    schedule = distributed.WarmUp(0.1, 8, 10)
    rates = [float(schedule(step)) for step in (0, 5, 10, 50)]
    np.testing.assert_allclose(rates, [0.1, 0.45, 0.8, 0.8], rtol=1e-6)
    again = distributed.WarmUp.from_config(schedule.get_config())
    assert float(again(5)) == pytest.approx(0.45)
    optimizer = keras.optimizers.SGD(schedule)
    assert float(optimizer.learning_rate) == pytest.approx(0.1)


def test_shards_are_equal_or_refused():
    parts = distributed.shards(np.arange(12).reshape(6, 2), 3)
    assert [part.shape for part in parts] == [(2, 2)] * 3
    with pytest.raises(ValueError, match="cannot be shared equally"):
        distributed.shards(np.arange(7), 2)
