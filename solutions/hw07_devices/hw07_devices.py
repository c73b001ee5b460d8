# %% [markdown]
# # Assignment 07: many devices
#
# Chapter 07 shared a batch among devices and summed gradients in a ring. Here you weigh
# shards that are not equal, sum in another pattern, and train on several devices so
# that nobody could tell from the weights.
#
# | | Exercise | Points |
# |---|---|---|
# | 1 | The mean gradient of unequal shards | 3 |
# | 2 | All-reduce in a few rounds | 4 |
# | 3 | A replica's loss | 3 |
# | 4 | What a step costs, and how many devices pay | 4 |
# | 5 | Warm-up | 2 |
# | 6 | Train on several devices | 4 |
#
# Write your code where it says `YOUR CODE HERE`. The cells below each exercise test
# it; when your work is graded, the same cells ask the same of other inputs too. No
# exercise needs an earlier one. Devices are played by entries of a list, until exercise
# 6, which needs TensorFlow.

# %% nbgrader={"grade_id": "setup"}
import contextlib
import itertools
import math

import keras
import numpy as np
import tensorflow as tf

from layerwise import checks

# One processor plays four. Once TensorFlow runs it is too late to say so, and once is
# enough.
with contextlib.suppress(RuntimeError):
    tf.config.set_logical_device_configuration(
        tf.config.list_physical_devices("CPU")[0],
        [tf.config.LogicalDeviceConfiguration() for _ in range(4)],
    )
print(len(tf.config.list_logical_devices("CPU")), "logical devices")

# %% [markdown]
# ## Exercise 1: the mean gradient of unequal shards (3 points)
#
# Each device has the gradient of the **mean** loss over its own examples. If all have
# equally many, the gradient over the whole batch is the mean of theirs. If not, it is
# not: a device with three examples counts three times as much as one with one.
#
# Write `average(gradients, counts)`. `gradients[d]` is a list of arrays, one for each
# weight, from device `d`; `counts[d]` is how many examples it had. Return the list of
# arrays that a single device would have computed with all examples. A device may have
# no examples at all; what it sends then is meaningless, often NaN, and must not count.


# %% nbgrader={"grade_id": "average"}
def average(gradients, counts):
    """Averages gradients over devices, by how many examples each had.

    Args:
        gradients: List with a list of arrays for each device.
        counts: List of integers, examples of each device; their sum is positive.

    Returns:
        List of arrays of the same shapes.
    """
    ### BEGIN SOLUTION
    total = sum(counts)
    return [
        sum(
            count / total * array
            for array, count in zip(arrays, counts, strict=True)
            if count
        )
        for arrays in zip(*gradients, strict=True)
    ]
    ### END SOLUTION


# %% [markdown]
# Shards of any size (2 points).

# %% nbgrader={"grade_id": "test_average", "points": 2}
_cases = [[4, 4], [1, 3], [5, 2, 1]]
### BEGIN HIDDEN TESTS
_cases += [[7], [2, 9, 3, 6]]
### END HIDDEN TESTS
for _counts in _cases:
    _rng = np.random.default_rng(71)
    # A linear model, so that the whole batch's gradient is known exactly.
    _x, _w = _rng.normal(size=(sum(_counts), 3)), _rng.normal(size=(3, 2))
    _b, _t = _rng.normal(size=2), _rng.normal(size=(sum(_counts), 2))

    def _gradients(x, t, w=_w, b=_b):
        error = 2 * (x @ w + b - t) / len(x)
        return [x.T @ error, error.sum(0)]

    _ends = np.cumsum([0, *_counts])
    _parts = [_gradients(_x[_i:_j], _t[_i:_j]) for _i, _j in itertools.pairwise(_ends)]
    _call = f"average of {len(_counts)} devices with {_counts} examples"
    _copy = [[_array.copy() for _array in _part] for _part in _parts]
    _received = average(_parts, list(_counts))
    assert len(_received if hasattr(_received, "__len__") else ()) == 2, (
        f"{_call} must return two arrays, one for each weight. Received: "
        f"{type(_received).__name__}"
    )
    for _index, _wanted in enumerate(_gradients(_x, _t)):
        _arrays = [_part[_index] for _part in _copy]
        _what = f"{_call}: array {_index}"
        checks.shape(_received[_index], _wanted.shape, _what)
        _got = np.asarray(_received[_index])
        if not np.allclose(_got, _wanted, rtol=1e-4, atol=1e-6):
            for _fault, _wrong in {
                "all devices count the same; weigh them by their examples": np.mean(
                    _arrays, 0
                ),
                "this is the sum; expected the mean over all examples": np.sum(
                    _arrays, 0
                ),
                "weighed, but not divided by the number of examples": np.tensordot(
                    _counts, _arrays, 1
                ),
            }.items():
                assert not np.allclose(_got, _wrong, rtol=1e-4, atol=1e-6), (
                    f"{_what}: {_fault}"
                )
        checks.close(_got, _wanted, _what, rtol=1e-4, atol=1e-6)

# %% [markdown]
# Devices without examples (1 point).

# %% nbgrader={"grade_id": "test_average_empty", "points": 1}
_cases = [[3, 0], [0, 2, 1]]
### BEGIN HIDDEN TESTS
_cases += [[0, 0, 5], [1, 0, 0, 1]]
### END HIDDEN TESTS
for _counts in _cases:
    _rng = np.random.default_rng(72)
    _arrays = [_rng.normal(size=(2, 3)) for _ in _counts]
    _wanted = sum(_c * _a for _c, _a in zip(_counts, _arrays, strict=True))
    _wanted = _wanted / sum(_counts)
    for _filler in (0.0, math.nan):
        _sent = [
            [_a if _c else np.full((2, 3), _filler)]
            for _a, _c in zip(_arrays, _counts, strict=True)
        ]
        _received = average(_sent, list(_counts))
        _call = (
            f"average with {_counts} examples, where a device without any sends "
            f"{_filler}"
        )
        assert len(_received if hasattr(_received, "__len__") else ()) == 1, (
            f"{_call} must return one array. Received: {type(_received).__name__}"
        )
        assert np.isfinite(np.asarray(_received[0])).all(), (
            f"{_call}: NaN got into the mean. 0 * NaN is NaN: leave the device out"
        )
        checks.close(_received[0], _wanted, _call, rtol=1e-4, atol=1e-6)

# %% [markdown]
# ## Exercise 2: all-reduce in a few rounds (4 points)
#
# The ring needs 2(n − 1) rounds of small messages. With few numbers to send, rounds are
# what costs. If n is a power of two, log₂ n rounds are enough: in round r, device i
# exchanges everything that it has with device i XOR 2^r (in Python `i ^ 2**r`), and
# both add. That is a *butterfly*.
#
# 1. `exchange(values, r)`: one round. `values[i]` is the array of device i; return the
#    list after the round. All exchange at the same time, and what you were given stays
#    as it is.
# 2. `all_reduce(values)`: all rounds; every device ends with the sum over all. Raise a
#    `ValueError` if the number of devices is no power of two.


# %% nbgrader={"grade_id": "butterfly"}
def exchange(values, r):
    """Exchanges and adds, each device with its partner of round r.

    Args:
        values: List of arrays of one shape, one for each device.
        r: Integer, the round, from 0.

    Returns:
        List of arrays: what each device has after the round.
    """
    ### BEGIN SOLUTION
    return [value + values[i ^ 2**r] for i, value in enumerate(values)]
    ### END SOLUTION


def all_reduce(values):
    """Sums over all devices, in as few rounds as possible.

    Args:
        values: List of arrays of one shape; their number is a power of two.

    Returns:
        List of arrays, the sum for each device.

    Raises:
        ValueError: If the number of devices is no power of two.
    """
    ### BEGIN SOLUTION
    n = len(values)
    if n < 1 or n & (n - 1):
        raise ValueError(f"the number of devices must be a power of two. Received: {n}")
    values = [value.copy() for value in values]
    for r in range(n.bit_length() - 1):
        values = exchange(values, r)
    return values
    ### END SOLUTION


# %% [markdown]
# One round (2 points).

# %% nbgrader={"grade_id": "test_exchange", "points": 2}
_cases = [(2, 0), (4, 0), (4, 1)]
### BEGIN HIDDEN TESTS
_cases += [(8, 0), (8, 1), (8, 2), (16, 3)]
### END HIDDEN TESTS
for _n, _r in _cases:
    _values = [np.random.default_rng([73, _i]).normal(size=(2, 3)) for _i in range(_n)]
    _before = [_value.copy() for _value in _values]
    _received = exchange(_values, _r)
    _call = f"exchange among {_n} devices in round {_r}"
    assert len(_received if hasattr(_received, "__len__") else ()) == _n, (
        f"{_call} must return {_n} arrays. Received: {type(_received).__name__}"
    )
    checks.unchanged(_values, _before, f"{_call}: the values that it was given")
    for _i in range(_n):
        _wanted = _before[_i] + _before[_i ^ 2**_r]
        _got = np.asarray(_received[_i])
        if _got.shape == _wanted.shape and not np.allclose(_got, _wanted):
            for _fault, _j in {
                "it added the value of its neighbour i + 2**r": (_i + 2**_r) % _n,
                "it added the value of device i XOR r": _i ^ _r,
                "it added the value of device i XOR (r + 1)": _i ^ (_r + 1),
            }.items():
                if _j < _n:
                    assert not np.allclose(_got, _before[_i] + _before[_j]), (
                        f"{_call}, device {_i}: {_fault}; expected device {_i ^ 2**_r}"
                    )
            assert not np.allclose(_got, _before[_i ^ 2**_r]), (
                f"{_call}, device {_i}: it has its partner's value alone; expected "
                "the sum of both"
            )
            assert not np.allclose(_got, 2 * _before[_i] + _before[_i ^ 2**_r]), (
                f"{_call}, device {_i}: its partner had added already; both send what "
                "they had when the round began"
            )
        checks.close(_received[_i], _wanted, f"{_call}, device {_i}")

# %% [markdown]
# All rounds (2 points).

# %% nbgrader={"grade_id": "test_all_reduce", "points": 2}
_cases = [2, 4, 1]
### BEGIN HIDDEN TESTS
_cases += [8, 32]
### END HIDDEN TESTS
for _n in _cases:
    _values = [np.random.default_rng([74, _i]).normal(size=5) for _i in range(_n)]
    _before = [_value.copy() for _value in _values]
    _received = all_reduce(_values)
    _call = f"all_reduce of {_n} devices"
    assert len(_received if hasattr(_received, "__len__") else ()) == _n, (
        f"{_call} must return {_n} arrays. Received: {type(_received).__name__}"
    )
    checks.unchanged(_values, _before, f"{_call}: the values that it was given")
    for _i in range(_n):
        assert _n == 1 or not np.allclose(
            np.asarray(_received[_i]) * _n, np.sum(_before, 0)
        ), f"{_call}, device {_i} has the mean; expected the sum"
        checks.close(_received[_i], np.sum(_before, 0), f"{_call}, device {_i}")
for _n in (3, 6):
    checks.raises(
        all_reduce,
        [np.ones(2) for _ in range(_n)],
        what=f"all_reduce of {_n} devices, no power of two,",
    )

# %% [markdown]
# ## Exercise 3: a replica's loss (3 points)
#
# On several devices gradients are **summed**. So every replica must scale its loss such
# that the *sum over replicas* is the loss of the whole batch,
#
# loss = mean over all examples + penalty
#
# where `penalty` (weight decay, say) depends on the weights, which all replicas share.
#
# Write `replica_loss(losses, global_batch_size, penalty, replicas)`: the loss of one
# replica, from the losses of *its* examples. Replicas may have different numbers of
# examples, or none.


# %% nbgrader={"grade_id": "replica_loss"}
def replica_loss(losses, global_batch_size, penalty, replicas):
    """Scales a replica's loss so that the sum over replicas is the batch's.

    Args:
        losses: Array of shape (examples of this replica,).
        global_batch_size: Integer, examples of all replicas.
        penalty: Float, the part of the loss that depends on the weights alone.
        replicas: Integer, how many there are.

    Returns:
        Float.
    """
    ### BEGIN SOLUTION
    return np.sum(losses) / global_batch_size + penalty / replicas
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_replica_loss", "points": 2}
# examples of each replica
_cases = [[4, 4], [3, 5], [2, 2, 2, 2]]
### BEGIN HIDDEN TESTS
_cases += [[1, 6, 2], [5], [4, 0]]
### END HIDDEN TESTS
for _counts in _cases:
    _losses = np.random.default_rng(75).uniform(0.5, 3, sum(_counts)).astype("float32")
    _parts = np.split(_losses, np.cumsum(_counts)[:-1])
    _asked = [(_part, sum(_counts), 0.0, len(_counts)) for _part in _parts]
    _each = checks.each(replica_loss, _asked)
    _call = f"the replicas' losses with {_counts} examples"
    for _one in _each:
        checks.shape(_one, (), _call)
    _sum, _wanted = float(sum(float(_one) for _one in _each)), float(_losses.mean())
    if not math.isclose(_sum, _wanted, rel_tol=1e-4):
        _means = sum(_part.mean() for _part in _parts if len(_part))
        assert not math.isclose(_sum, _means, rel_tol=1e-4), (
            f"{_call} sum to {_sum:.4g}; expected {_wanted:.4g}: each replica took its "
            "own mean; divide by the global batch size"
        )
        assert not math.isclose(_sum, _means / len(_counts), rel_tol=1e-4), (
            f"{_call} sum to {_sum:.4g}; expected {_wanted:.4g}: the mean of means, "
            "which is wrong where replicas have different numbers of examples"
        )
        assert not math.isclose(_sum, _wanted / len(_counts), rel_tol=1e-4), (
            f"{_call} sum to {_sum:.4g}; expected {_wanted:.4g}: divided by the "
            "replicas once too often"
        )
    checks.close(_sum, _wanted, f"{_call}: their sum", rtol=1e-4)

# %% [markdown]
# The penalty counts once, not once a replica (1 point).

# %% nbgrader={"grade_id": "test_replica_penalty", "points": 1}
_cases = [(2, 0.5), (4, 2.0)]
### BEGIN HIDDEN TESTS
_cases += [(3, 1.25), (1, 3.0)]
### END HIDDEN TESTS
for _n, _penalty in _cases:
    _losses = np.random.default_rng(76).uniform(0.5, 3, 6 * _n).astype("float32")
    _asked = [(_part, 6 * _n, _penalty, _n) for _part in np.split(_losses, _n)]
    _bare = [(_part, 6 * _n, 0.0, _n) for _part in np.split(_losses, _n)]
    _sum = float(sum(float(_one) for _one in checks.each(replica_loss, _asked)))
    _rest = float(sum(float(_one) for _one in checks.each(replica_loss, _bare)))
    _counted = (_sum - _rest) / _penalty
    assert abs(_counted) > 1e-3, f"{_n} replicas: the penalty is left out"
    assert abs(_counted - 1) < 1e-3, (
        f"{_n} replicas: the penalty counts {_counted:.4g} times; expected once"
    )

# %% [markdown]
# ## Exercise 4: what a step costs, and how many devices pay (4 points)
#
# `step_seconds(devices, images, seconds_per_image, gradient_bytes, latency, bandwidth)`
# is the time of one step:
#
# - the images are shared as equally as they can be, and the step waits for the device
#   with the most;
# - then gradients are summed with the butterfly of exercise 2: ⌈log₂ devices⌉ rounds,
#   in each of which a device waits `latency` and sends **all** gradients at
#   `bandwidth`. One device sends nothing.
#
# `devices_for(serial, target)` is the smallest number of devices with which Amdahl's
# law, 1 / (serial + (1 − serial) / n), reaches the speed-up `target`, or `None` if no
# number does.


# %% nbgrader={"grade_id": "costs"}
def step_seconds(
    devices, images, seconds_per_image, gradient_bytes, latency, bandwidth
):
    """Computes the time of a training step on several devices.

    Args:
        devices: Integer.
        images: Integer, of the global batch.
        seconds_per_image: Float.
        gradient_bytes: Float, bytes of all gradients.
        latency: Float, seconds before a message begins to arrive.
        bandwidth: Float, bytes a second.

    Returns:
        Float, seconds.
    """
    ### BEGIN SOLUTION
    compute = math.ceil(images / devices) * seconds_per_image
    rounds = (devices - 1).bit_length()
    return compute + rounds * (latency + gradient_bytes / bandwidth)
    ### END SOLUTION


def devices_for(serial, target):
    """Finds the smallest number of devices that reaches a speed-up.

    Args:
        serial: Float, from 0 to 1, the share that cannot be divided.
        target: Float, at least 1.

    Returns:
        Integer, or `None` if no number of devices is enough.
    """
    ### BEGIN SOLUTION
    left = 1 / target - serial
    if target <= 1:
        return 1
    if left < 1e-12:
        return None
    # A little less, lest rounding ask for one device too many.
    return max(math.ceil((1 - serial) / left - 1e-9), 1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_step_seconds", "points": 2}
_cases = [
    (1, 64, 0.01, 1e8, 0.001, 1e9),
    (2, 64, 0.01, 1e8, 0.001, 1e9),
    (4, 66, 0.01, 1e8, 0.02, 1e9),
    (3, 64, 0.01, 4e8, 0.0, 1e9),
]
### BEGIN HIDDEN TESTS
_cases += [(8, 100, 0.002, 1e6, 0.05, 1e8), (5, 7, 0.5, 0.0, 0.1, 1e9)]
_cases += [(16, 16, 0.1, 1e7, 0.0, 1e8), (100, 64, 0.01, 1e8, 0.001, 1e9)]
### END HIDDEN TESTS
for _case, _received in zip(_cases, checks.each(step_seconds, _cases), strict=True):
    _n, _images, _second, _bytes, _latency, _bandwidth = _case
    _compute, _message = math.ceil(_images / _n) * _second, _bytes / _bandwidth
    _rounds = math.ceil(math.log2(_n))
    _wanted = _compute + _rounds * (_latency + _message)
    _call = f"step_seconds{_case}"
    checks.shape(_received, (), _call)
    if not math.isclose(_received, _wanted, rel_tol=1e-6):
        _smooth = _wanted - _compute + _images / _n * _second
        for _fault, _wrong in {
            "images do not come in fractions; the step waits for the fullest device": (
                _smooth
            ),
            "the images are not shared among the devices": _wanted
            - _compute
            + _images * _second,
            "the latency is missing": _wanted - _rounds * _latency,
            "one round is counted; a butterfly has log2(devices)": _compute
            + _latency
            + _message,
            "devices - 1 rounds are counted; a butterfly has log2(devices)": _compute
            + (_n - 1) * (_latency + _message),
            "rounds are not whole": _compute + math.log2(_n) * (_latency + _message),
            "the gradients are cut into pieces, as in a ring": _compute
            + _rounds * (_latency + _message / _n),
        }.items():
            assert not math.isclose(_received, _wrong, rel_tol=1e-6), (
                f"{_call} is {_received:.6g}; expected {_wanted:.6g}: {_fault}"
            )
    checks.close(_received, _wanted, _call)

# %% nbgrader={"grade_id": "test_devices_for", "points": 2}
_cases = [(0.0, 8.0), (0.01, 50.0), (0.01, 100.0), (0.1, 20.0), (0.25, 1.0), (0.5, 1.5)]
### BEGIN HIDDEN TESTS
_cases += [(0.0079, 56.0), (0.2, 4.0), (0.05, 10.0), (0.0, 7.5), (1.0, 2.0)]
### END HIDDEN TESTS
for _case, _received in zip(_cases, checks.each(devices_for, _cases), strict=True):
    _serial, _target = _case
    _call = f"devices_for(serial={_serial}, target={_target})"
    # Counted upwards, with room for rounding; at most 100,000.
    _counts = np.arange(1, 100_001)
    _reached = 1 / (_serial + (1 - _serial) / _counts) >= _target * (1 - 1e-9)
    _wanted = int(_counts[_reached.argmax()]) if _reached.any() else None
    if _wanted is None:
        assert _received is None, (
            f"{_call} is {_received}; expected None: the serial part alone limits the "
            f"speed-up to {1 / _serial:.4g}"
        )
        continue
    assert _received is not None, f"{_call} is None; expected {_wanted}"
    assert float(_received) == round(float(_received)), (
        f"{_call} is {_received}; expected a whole number of devices, {_wanted}"
    )
    assert int(_received) != _wanted - 1, (
        f"{_call} is {_received}, with which the target is just missed; expected "
        f"{_wanted}: round up"
    )
    assert int(_received) == _wanted, f"{_call} is {_received}; expected {_wanted}"

# %% [markdown]
# ## Exercise 5: warm-up (2 points)
#
# With n devices the batch is n times larger, and a common rule makes the learning rate
# n times larger too. At the very beginning that is too much. So the rate grows from
# step to step: write `learning_rate(step, rate, devices, warmup_steps)`:
#
# - at step 0 it is `rate`, the one that suits a single device;
# - it rises in a straight line, and is `rate * devices` at step `warmup_steps`;
# - then it stays. With `warmup_steps=0` it is `rate * devices` from the start.


# %% nbgrader={"grade_id": "learning_rate"}
def learning_rate(step, rate, devices, warmup_steps):
    """Computes the learning rate of a step, with warm-up.

    Args:
        step: Integer, from 0.
        rate: Float, for one device.
        devices: Integer.
        warmup_steps: Integer, steps of the rise; 0 leaves it out.

    Returns:
        Float.
    """
    ### BEGIN SOLUTION
    if step >= warmup_steps:
        return rate * devices
    return rate * (1 + (devices - 1) * step / warmup_steps)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_learning_rate", "points": 2}
_cases = [(_step, 0.1, 8, 10) for _step in (0, 5, 10, 11, 1000)] + [(0, 0.1, 4, 0)]
### BEGIN HIDDEN TESTS
_cases += [(_step, 0.02, 16, 7) for _step in range(9)] + [(3, 0.5, 1, 10)]
### END HIDDEN TESTS
for _case, _received in zip(_cases, checks.each(learning_rate, _cases), strict=True):
    _step, _rate, _n, _warmup = _case
    _part = min(_step / _warmup, 1) if _warmup else 1
    _wanted = _rate * (1 + (_n - 1) * _part)
    _call = "learning_rate(step={}, rate={}, devices={}, warmup_steps={})".format(
        *_case
    )
    checks.shape(_received, (), _call)
    if not math.isclose(_received, _wanted, rel_tol=1e-5):
        for _fault, _wrong in {
            "it starts at 0; expected the rate of one device": _rate * _n * _part,
            "it keeps rising after the warm-up": _rate
            * (1 + (_n - 1) * _step / (_warmup or 1)),
            "it grows in powers; expected a straight line": _rate * _n**_part,
            "it is one step ahead": _rate
            * (1 + (_n - 1) * min((_step + 1) / (_warmup or 1), 1)),
        }.items():
            assert not math.isclose(_received, _wrong, rel_tol=1e-5), (
                f"{_call} is {_received:.4g}; expected {_wanted:.4g}: {_fault}"
            )
    checks.close(_received, _wanted, _call, rtol=1e-5)

# %% [markdown]
# ## Exercise 6: train on several devices (4 points)
#
# `train_alone` below trains on one device. Write `train(x, y, batch_size, replicas,
# rate)`, which does the same with a `tf.distribute.MirroredStrategy` over `replicas`
# devices and returns the same: the loss of each step (of the global batch, before the
# step), and the weights at the end, as lists. The given `make_strategy`, `make_model`
# and `example_losses` are the parts that are alike.
#
# - Make the model and the optimizer inside `strategy.scope()`.
# - `strategy.experimental_distribute_dataset(dataset)` deals out each *global* batch.
#   `batch_size` is the global one; it divides the number of examples, and `replicas`
#   divides it.
# - `strategy.run(fn, args)` runs a function on each replica. Inside, `optimizer.apply`
#   sums the gradients over the replicas: exercise 3 says what that means for the loss.
# - `strategy.reduce("SUM", ...)` brings a replicated number back.
#
# Wrap the step in `tf.function`. Plain gradient descent, one pass over the data, in
# order.


# %% nbgrader={"grade_id": "given_training"}
def make_strategy(replicas):
    """A strategy over so many logical CPUs."""
    # One process can have strategies of several sizes only if they do not share
    # TensorFlow's collective operations, which know one group.
    return tf.distribute.MirroredStrategy(
        [f"CPU:{i}" for i in range(replicas)],
        cross_device_ops=tf.distribute.ReductionToOneDevice(),
    )


def make_model():
    """A small network, the same each time."""
    start = keras.initializers.RandomNormal(0.0, 0.5, seed=7)
    inputs = keras.Input((4,))
    x = keras.layers.Dense(6, "tanh", kernel_initializer=start)(inputs)
    return keras.Model(inputs, keras.layers.Dense(3, kernel_initializer=start)(x))


def example_losses(labels, logits):
    """The loss of each example, a tensor of shape (batch,)."""
    return keras.losses.sparse_categorical_crossentropy(labels, logits, True)


def train_alone(x, y, batch_size, rate):
    """Trains on one device; returns the losses of the steps and the weights."""
    model = make_model()
    losses = []
    for first in range(0, len(x), batch_size):
        batch = slice(first, first + batch_size)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(example_losses(y[batch], model(x[batch])))
        gradients = tape.gradient(loss, model.trainable_variables)
        for variable, gradient in zip(
            model.trainable_variables, gradients, strict=True
        ):
            variable.assign_sub(rate * gradient)
        losses.append(float(loss))
    return losses, model.get_weights()


# %% nbgrader={"grade_id": "train"}
def train(x, y, batch_size, replicas, rate):
    """Trains on several devices with a mirrored strategy.

    Args:
        x: `float32` array of shape (n, 4).
        y: Integer array of shape (n,), 0 to 2.
        batch_size: Integer, examples of a step on all devices together.
        replicas: Integer, devices.
        rate: Float, learning rate.

    Returns:
        Pair of a list of floats, the loss of each step, and the list of the model's
        weights at the end, as arrays.
    """
    ### BEGIN SOLUTION
    strategy = make_strategy(replicas)
    with strategy.scope():
        model = make_model()
        optimizer = keras.optimizers.SGD(rate)
        optimizer.build(model.trainable_variables)

    def replica_step(x, y):
        with tf.GradientTape() as tape:
            losses = example_losses(y, model(x, training=True))
            loss = tf.nn.compute_average_loss(losses, global_batch_size=batch_size)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        return loss

    @tf.function
    def step(x, y):
        return strategy.reduce("SUM", strategy.run(replica_step, (x, y)), axis=None)

    dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    batches = strategy.experimental_distribute_dataset(dataset)
    losses = [float(step(*batch)) for batch in batches]
    return losses, model.get_weights()
    ### END SOLUTION


# %% [markdown]
# The losses of the steps (2 points).

# %% nbgrader={"grade_id": "test_train_losses", "points": 2}
# examples, batch size, replicas, rate
_cases = [(24, 8, 2, 0.5)]
### BEGIN HIDDEN TESTS
_cases += [(24, 12, 4, 0.2)]
### END HIDDEN TESTS
for _n, _size, _replicas, _rate in _cases:
    _rng = np.random.default_rng(77)
    _x = _rng.normal(size=(_n, 4)).astype("float32")
    _y = _rng.integers(0, 3, _n)
    _wanted = np.array(train_alone(_x, _y, _size, _rate)[0])
    _answer = train(_x, _y, _size, _replicas, _rate)
    _call = f"train with {_n} examples in batches of {_size} on {_replicas} replicas"
    assert len(_answer if hasattr(_answer, "__len__") else ()) == 2, (
        f"{_call} must return losses and weights. Received: {type(_answer).__name__}"
    )
    _got = np.array([float(_loss) for _loss in _answer[0]])
    assert len(_got) == len(_wanted), (
        f"{_call} returned {len(_got)} losses; expected {len(_wanted)}, one for each "
        "step"
    )
    _first = _got[0] / _wanted[0]
    assert abs(_first - _replicas) > 1e-3, (
        f"{_call}: the first loss is {_got[0]:.4g}; expected {_wanted[0]:.4g}: "
        f"{_replicas} times too large. Each replica divides by its own examples"
    )
    assert abs(_first - 1 / _replicas) > 1e-3, (
        f"{_call}: the first loss is {_got[0]:.4g}; expected {_wanted[0]:.4g}, "
        f"{_replicas} times that: add up the replicas' losses"
    )
    checks.close(_got[0], _wanted[0], f"{_call}: the first loss", rtol=1e-3)
    checks.close(_got, _wanted, f"{_call}: the losses", rtol=1e-3)

# %% [markdown]
# The weights at the end (2 points).

# %% nbgrader={"grade_id": "test_train_weights", "points": 2}
_cases = [(16, 8, 2, 0.5)]
### BEGIN HIDDEN TESTS
_cases += [(12, 6, 3, 0.3)]
### END HIDDEN TESTS
for _n, _size, _replicas, _rate in _cases:
    _rng = np.random.default_rng(78)
    _x = _rng.normal(size=(_n, 4)).astype("float32")
    _y = _rng.integers(0, 3, _n)
    _wanted = train_alone(_x, _y, _size, _rate)[1]
    _start = [np.array(_w) for _w in make_model().get_weights()]
    _got = train(_x, _y, _size, _replicas, _rate)[1]
    _call = f"train with {_n} examples in batches of {_size} on {_replicas} replicas"
    assert [np.shape(_w) for _w in _got] == [_w.shape for _w in _wanted], (
        f"{_call} returned weights of shapes {[np.shape(_w) for _w in _got]}; expected "
        f"{[_w.shape for _w in _wanted]}"
    )
    assert not all(
        np.allclose(_g, _s, atol=1e-6) for _g, _s in zip(_got, _start, strict=True)
    ), f"{_call}: the weights did not move"
    for _index, (_g, _w) in enumerate(zip(_got, _wanted, strict=True)):
        checks.close(
            _g,
            _w,
            f"{_call}: weight {_index}, beside one device's,",
            rtol=1e-2,
            atol=1e-4,
        )
