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
# it; when your work is graded, they ask the same of other inputs too. No exercise needs
# an earlier one. What a test expects stands in `expected.json`, beside this notebook.
# Devices are played by entries of a list, until exercise 6, which needs TensorFlow.

# %% nbgrader={"grade_id": "setup"}
import contextlib
import math

import keras
import numpy as np
import tensorflow as tf

from layerwise import checks

checks.short_errors()

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
# arrays that a single device would have computed with all examples. The arrays that are
# given must not change.
#
# For example: a device with one example sends 6, a device with three sends 2. The
# whole batch has the gradient (1 · 6 + 3 · 2) / 4 = 3.
#
# A device may have no examples at all. What it sends then is meaningless, often NaN,
# and must not count, whatever it is.


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


# %% nbgrader={"grade_id": "given_average"}
def drawn(seed, *shape):
    """Draws numbers around 0."""
    return np.random.default_rng(seed).normal(size=shape)


def sent(seed, counts, *shapes, empty=math.nan):
    """Draws what devices send: a list for each device, with an array of each shape.

    A device without examples sends arrays full of `empty`.
    """
    return [
        [
            drawn([seed, d, k], *shape) if count else np.full(shape, empty)
            for k, shape in enumerate(shapes)
        ]
        for d, count in enumerate(counts)
    ]


# %% tags=["expected"]
def average_expected(gradients, counts):
    """Returns the gradients of the whole batch, and what mistakes make of them."""
    parts = [np.stack(arrays) for arrays in zip(*gradients, strict=True)]
    full = [d for d, count in enumerate(counts) if count]
    counts = np.array(counts, "float64")
    weights = counts / counts.sum()

    def weighed(factors, devices=None):
        chosen = full if devices is None else devices
        return [np.tensordot(np.asarray(factors)[chosen], a[chosen], 1) for a in parts]

    everyone = list(range(len(counts)))
    ones = np.ones(len(counts))
    return weighed(weights), {
        "all devices count the same; weigh them by their examples": weighed(
            ones / len(counts)
        ),
        "this is the sum; expected the mean over all examples": weighed(ones),
        "weighed, but not divided by the number of examples": weighed(counts),
        "weighed, but divided by the number of devices": weighed(counts / len(counts)),
        "the weights are the wrong way round: more examples count more": weighed(
            [1 / w / sum(1 / v for v in weights if v) if w else 0 for w in weights]
        ),
        "it is what the first device sent": weighed(ones, full[:1]),
        "it is what the last device sent": weighed(ones, full[-1:]),
        "NaN got into the mean: leave out devices without examples": weighed(
            weights, everyone
        ),
    }


for counts in [(4, 4), (1, 3), (5, 2, 1)]:
    expect(
        f"average of devices with {counts} examples",
        *average_expected(sent(71, counts, (3, 2), (2,)), counts),
    )
for counts in [(1, 0), (0, 0, 1)]:
    expect(
        f"average of devices with {counts} examples",
        *average_expected(sent(72, counts, (2, 3)), counts),
    )

# %% [markdown]
# Shards of any size (2 points).

# %% nbgrader={"grade_id": "test_average", "points": 2}
for _counts in [(4, 4), (1, 3), (5, 2, 1)]:
    _sent = sent(71, _counts, (3, 2), (2,))
    _found = average(_sent, list(_counts))
    checks.answer(_found, f"average of devices with {_counts} examples")
    _kept = sent(71, _counts, (3, 2), (2,))
    for _one, _other in zip(_sent, _kept, strict=True):
        checks.unchanged(_one, _other, "the arrays given to average")
### BEGIN HIDDEN TESTS
for _counts, _shapes in [
    ((7,), [(4,)]),
    ((2, 9, 3, 6), [(2, 3), (3,), (1, 2, 2)]),
    ((1, 1, 6, 2, 1), [(5,), ()]),
    ((3, 3, 3), [(2, 1)]),
    ((0, 2, 5), [(3,), (2, 2)]),
    ((4, 0, 1, 0), [(3,)]),
]:
    # A device without examples sends zeros here; the next test asks for more.
    _sent = sent(73, _counts, *_shapes, empty=0.0)
    _right = average_expected(_sent, _counts)
    _found = average(_sent, list(_counts))
    checks.judge(_found, *_right, f"average of devices with {_counts} examples")
### END HIDDEN TESTS
checks.passed("values", "arrays unchanged")

# %% [markdown]
# Devices without examples (1 point).

# %% nbgrader={"grade_id": "test_average_empty", "points": 1}
for _counts in [(1, 0), (0, 0, 1)]:
    _found = average(sent(72, _counts, (2, 3)), list(_counts))
    checks.answer(_found, f"average of devices with {_counts} examples")
### BEGIN HIDDEN TESTS
for _counts in [(3, 0, 1), (0, 2, 2, 0, 5)]:
    _zeros = average(sent(74, _counts, (3,), (2, 2), empty=0.0), list(_counts))
    for _empty in (math.nan, math.inf, -1e30, 7.0):
        _sent = sent(74, _counts, (3,), (2, 2), empty=_empty)
        _found = average(_sent, list(_counts))
        # Both sides are the student's: what a device without examples sends makes no
        # difference. The test above asks whether the weights are right.
        for _one, _other in zip(_found, _zeros, strict=True):
            checks.close(
                _one,
                _other,
                f"average of devices with {_counts} examples, of which one without any "
                f"sends {_empty} in place of 0,",
            )
### END HIDDEN TESTS
checks.passed("devices without examples")

# %% [markdown]
# ## Exercise 2: all-reduce in a few rounds (4 points)
#
# In a ring each device sends less than two arrays, whatever n is, but in 2(n − 1)
# rounds. With few numbers to send, rounds are what costs. If n is a power of two,
# log₂ n rounds are enough: in round r, device i exchanges everything that it has with
# device i XOR 2^r (in Python `i ^ 2**r`), and both add. That is a *butterfly*. Its
# price: each device sends log₂ n arrays, where the ring sends two.
#
# 1. `exchange(values, r)`: one round. `values[i]` is the array of device i; return the
#    list after the round. All exchange at the same time, and what you were given stays
#    as it is.
# 2. `all_reduce(values)`: all log₂ n rounds; every device ends with the sum over all.
#    One device needs no round. What you were given stays as it is. Raise a `ValueError`
#    if the number of devices is no power of two.
#
# For example: with 1, 2, 4 and 8 on four devices, round 0 leaves 3, 3, 12 and 12, and
# round 1 leaves 15 on each.
#
# The sum must be made in these rounds: floats that are added in another order may have
# another sum. Above 2^53, for example, floats of 64 bits are even. Four devices with
# 2^53, 1, 1 and 1 end with 2^53 + 2. Added one after the other, 2^53 stays 2^53.


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
        values: List of arrays of one shape, at least one.

    Returns:
        List of arrays, the sum for each device.

    Raises:
        ValueError: If the number of devices is no power of two.
    """
    ### BEGIN SOLUTION
    n = len(values)
    if n & (n - 1):
        raise ValueError(f"the number of devices must be a power of two. Received: {n}")
    for r in range(n.bit_length() - 1):
        values = exchange(values, r)
    return values
    ### END SOLUTION


# %% tags=["expected"]
def exchange_expected(values, r):
    """Returns what devices have after a round, and what mistakes make of it."""
    n, late = len(values), list(values)
    for i in range(n):
        late[i] = late[i] + late[i ^ 2**r]

    def with_partner(partner):
        places = [partner(i) for i in range(n)]
        return [values[i] + values[j % n] for i, j in enumerate(places)]

    return with_partner(lambda i: i ^ 2**r), {
        "each device added the value of its neighbour i + 2**r; expected i XOR 2**r": (
            with_partner(lambda i: i + 2**r)
        ),
        "each device added the value of device i - 2**r; expected i XOR 2**r": (
            with_partner(lambda i: i - 2**r)
        ),
        "each device added the value of device i XOR r; expected i XOR 2**r": (
            with_partner(lambda i: i ^ r)
        ),
        "each device added the value of device i XOR (r + 1)": with_partner(
            lambda i: i ^ (r + 1)
        ),
        "each device has its partner's value alone; expected the sum of both": [
            values[i ^ 2**r] for i in range(n)
        ],
        "partners had added already; both send what they had before the round": late,
        "each device has the mean of both; expected the sum": [
            v / 2 for v in with_partner(lambda i: i ^ 2**r)
        ],
        "nothing was exchanged": values,
        "each device has the sum of all already": [sum(values)] * n,
    }


def all_reduce_expected(values):
    """Returns what all devices have in the end, and what mistakes make of it."""
    n, now, states = len(values), list(values), [values]
    for r in range(n.bit_length() - 1):
        now = [now[i] + now[i ^ 2**r] for i in range(n)]
        states.append(now)
    return now, {
        "each device has the mean; expected the sum": [v / n for v in now],
        "the last round is missing": states[max(len(states) - 2, 0)],
        "nothing was exchanged": states[0],
        "it is one round too many: all is doubled": [2 * v for v in now],
        "the first device alone has the sum": [now[0], *values[1:]],
    }


def devices_with(seed, n, *shape):
    """Draws an array for each device."""
    return [drawn([seed, i], *shape) for i in range(n)]


for n, r in [(2, 0), (4, 0), (4, 1)]:
    expect(
        f"exchange among {n} devices in round {r}",
        *exchange_expected(devices_with(73, n, 2, 3), r),
    )
for n in (1, 2, 4):
    expect(f"all_reduce of {n} devices", *all_reduce_expected(devices_with(74, n, 5)))
expect(
    "what all_reduce of 2**53, 1, 1 and 1 gives, less 2**53,",
    [2.0] * 4,
    {
        "the values are added one after the other; expected in rounds": [0.0] * 4,
        "the values are added in another order than in rounds": [4.0] * 4,
    },
)

# %% [markdown]
# One round (2 points).

# %% nbgrader={"grade_id": "test_exchange", "points": 2}
for _n, _r in [(2, 0), (4, 0), (4, 1)]:
    _values, _kept = ([drawn([73, _i], 2, 3) for _i in range(_n)] for _ in range(2))
    _found = exchange(_values, _r)
    checks.answer(_found, f"exchange among {_n} devices in round {_r}")
    checks.unchanged(_values, _kept, "the arrays given to exchange")
### BEGIN HIDDEN TESTS
for _n, _r, _shape in [
    (8, 0, (3,)),
    (8, 1, (1, 2)),
    (8, 2, (2, 1, 3)),
    (16, 3, (4,)),
    (32, 2, ()),
]:
    _right = exchange_expected(devices_with(76, _n, *_shape), _r)
    _found = exchange(devices_with(76, _n, *_shape), _r)
    checks.judge(_found, *_right, f"exchange among {_n} devices in round {_r}")
### END HIDDEN TESTS
checks.passed("values", "arrays unchanged")

# %% [markdown]
# All rounds (2 points).

# %% nbgrader={"grade_id": "test_all_reduce", "points": 2}
for _n in (2, 4, 1):
    _values, _kept = ([drawn([74, _i], 5) for _i in range(_n)] for _ in range(2))
    checks.answer(all_reduce(_values), f"all_reduce of {_n} devices")
    checks.unchanged(_values, _kept, "the arrays given to all_reduce")
_found = all_reduce([np.array([2.0**53]), np.ones(1), np.ones(1), np.ones(1)])
_less = [float(np.asarray(_value)[0]) - 2.0**53 for _value in _found]
checks.answer(_less, "what all_reduce of 2**53, 1, 1 and 1 gives, less 2**53,")
for _n in (3, 6):
    _call = f"all_reduce of {_n} devices, no power of two,"
    checks.raises(all_reduce, [np.ones(2) for _ in range(_n)], what=_call)
### BEGIN HIDDEN TESTS
for _n, _shape in [(8, (2, 3)), (32, (4,)), (16, (1, 2, 2))]:
    _right = all_reduce_expected(devices_with(77, _n, *_shape))
    _found = all_reduce(devices_with(77, _n, *_shape))
    checks.judge(_found, *_right, f"all_reduce of {_n} devices")
for _n in (8, 16):
    # In place k it is device k that has the large number: the order of the rounds makes
    # no difference, any other order of additions does.
    _values = np.ones((_n, _n)) + (2.0**53 - 1) * np.eye(_n)
    _found = all_reduce([_row.copy() for _row in _values])
    _less = [np.asarray(_row, "float64") - 2.0**53 for _row in _found]
    checks.judge(
        _less,
        [np.full(_n, _n - 2.0)] * _n,
        {"the values are added in another order than in rounds": [np.zeros(_n)] * _n},
        f"what all_reduce of 2**53 and {_n - 1} ones gives, less 2**53,",
    )
for _n in (5, 7, 12, 24):
    _call = f"all_reduce of {_n} devices, no power of two,"
    checks.raises(all_reduce, [np.ones(3) for _ in range(_n)], what=_call)
### END HIDDEN TESTS
checks.passed("sums", "additions in rounds", "arrays unchanged", "ValueError")

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
# replica, a single number, from the losses of *its* examples. Replicas may have
# different numbers of examples, or none; the sum must be right all the same. How the
# penalty is shared among the replicas is free.
#
# > **Predict.** Two replicas have one example and three, and all losses are 2. Each
# > takes the mean over its own examples. What is the sum over the replicas, and what
# > should it be?


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


# %% nbgrader={"grade_id": "given_replicas"}
def asked(seed, counts, penalty):
    """Draws losses; returns the arguments of `replica_loss` for each replica."""
    rng = np.random.default_rng([seed, *counts])
    losses = rng.uniform(0.5, 3, sum(counts)).astype("float32")
    parts = np.split(losses, np.cumsum(counts)[:-1])
    return [(part, sum(counts), penalty, len(counts)) for part in parts]


# %% tags=["expected"]
def loss_expected(seed, counts):
    """Returns the sum of the replicas' losses, and what mistakes make of it."""
    cases = asked(seed, counts, 0.0)
    losses = np.concatenate([case[0] for case in cases]).astype("float64")
    means = sum(case[0].mean() for case in cases if len(case[0]))
    n = len(counts)
    return losses.mean(), {
        "each replica took its own mean; divide by the global batch size": means,
        "it is the mean of means, which is wrong where replicas have different numbers "
        "of examples": means / n,
        "divided by the replicas once too often": losses.mean() / n,
        "the sum over all examples; expected their mean": losses.sum(),
        "divided by the replicas; expected by the global batch size": losses.sum() / n,
    }


def penalty_expected(counts, penalty):
    """Returns what a penalty adds, and what mistakes make of it."""
    n = len(counts)
    return penalty, {
        "the penalty is left out": 0.0,
        "each replica adds the whole penalty; expected it once": n * penalty,
        "the penalty is divided by the replicas twice": penalty / n,
        "the penalty is divided by the examples": n * penalty / sum(counts),
        "the penalty is taken off": -penalty,
        "a replica without examples leaves out its share of the penalty": (
            penalty * np.count_nonzero(counts) / n
        ),
    }


for counts in [(4, 4), (3, 5), (2, 2, 2, 2)]:
    expect(
        f"the sum of the losses of replicas with {counts} examples",
        *loss_expected(75, counts),
    )
for counts, penalty in [((6, 6), 0.5), ((3, 3, 3, 3), 2.0)]:
    expect(
        f"what a penalty of {penalty} adds with {counts} examples",
        *penalty_expected(counts, penalty),
    )

# %% [markdown]
# The mean over all examples (2 points).

# %% nbgrader={"grade_id": "test_replica_loss", "points": 2}
for _counts in [(4, 4), (3, 5), (2, 2, 2, 2)]:
    _each = checks.each(replica_loss, asked(75, _counts, 0.0))
    for _one in _each:
        checks.shape(_one, (), "the loss of a replica")
    _call = f"the sum of the losses of replicas with {_counts} examples"
    checks.answer(sum(float(_one) for _one in _each), _call, rtol=1e-4)
### BEGIN HIDDEN TESTS
for _counts in [(1, 6, 2), (5,), (4, 0), (0, 3, 0, 1), (2, 5, 1)]:
    _right = loss_expected(77, _counts)
    _each = checks.each(replica_loss, asked(77, _counts, 0.0))
    _call = f"the sum of the losses of replicas with {_counts} examples"
    checks.judge(sum(float(_one) for _one in _each), *_right, _call, rtol=1e-4)
### END HIDDEN TESTS
checks.passed("equal shards", "unequal shards")

# %% [markdown]
# The penalty counts once, not once a replica (1 point).

# %% nbgrader={"grade_id": "test_replica_penalty", "points": 1}
for _counts, _penalty in [((6, 6), 0.5), ((3, 3, 3, 3), 2.0)]:
    _full = checks.each(replica_loss, asked(76, _counts, _penalty))
    _bare = checks.each(replica_loss, asked(76, _counts, 0.0))
    _added = sum(float(_one) for _one in _full) - sum(float(_one) for _one in _bare)
    checks.answer(_added, f"what a penalty of {_penalty} adds with {_counts} examples")
### BEGIN HIDDEN TESTS
for _counts, _penalty in [
    ((4, 3, 5), 1.25),
    ((7,), 3.0),
    ((1, 8), 0.75),
    ((0, 2, 3), 0.25),
    ((4, 0), 1.5),
]:
    _full = checks.each(replica_loss, asked(78, _counts, _penalty))
    _bare = checks.each(replica_loss, asked(78, _counts, 0.0))
    _bare = sum(float(_one) for _one in _bare)
    # A mean over no examples has lost its points in the test above.
    if math.isfinite(_bare):
        _added = sum(float(_one) for _one in _full) - _bare
        _right = penalty_expected(_counts, _penalty)
        _call = f"what a penalty of {_penalty} adds with {_counts} examples"
        checks.judge(_added, *_right, _call)
### END HIDDEN TESTS
checks.passed("penalty")

# %% [markdown]
# ## Exercise 4: what a step costs, and how many devices pay (4 points)
#
# Write `step_seconds(devices, images, seconds_per_image, gradient_bytes, latency,
# bandwidth)`, the time of one step:
#
# - the images are shared as equally as they can be, and the step waits for the device
#   with the most;
# - then gradients are summed as with a butterfly: ⌈log₂ devices⌉ rounds, in each of
#   which a device waits `latency` and sends **all** gradients at `bandwidth`. One
#   device sends nothing. (Exercise 2 refuses 3 or 100 devices. Here count as if so many
#   rounds were enough for them.)
#
# For example: 5 images of 0.1 s on 3 devices, gradients of 200 bytes, a latency of 1 s
# and 100 bytes a second take 0.2 + 2 · (1 + 2) = 6.2 s.
#
# Write `devices_for(serial, target)`: the smallest number of devices with which
# Amdahl's law, a speed-up of
#
# 1 / (serial + (1 − serial) / n),
#
# reaches the speed-up `target`, or `None` if no number does. With `serial` 0.1, three
# devices reach 2.5 and four 3.08: a target of 3 needs 4. One device has the speed-up 1,
# even if all is serial. If a part is serial, `target` may be `math.inf`, which no
# number reaches. (No test asks a case in which the rounding of floats decides.)
#
# > **Predict.** 64 devices, 10 Gbit/s. Which of gradients of 0.25 MB and of 244 MB are
# > summed faster by the butterfly, and which by the ring? Look at the picture below,
# > once `step_seconds` is there.


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
        target: Float, at least 1; `math.inf` too if `serial` is not 0.

    Returns:
        Integer, or `None` if no number of devices is enough.
    """
    ### BEGIN SOLUTION
    if target <= 1:
        return 1
    left = 1 / target - serial
    if left <= 0:
        return None
    return math.ceil((1 - serial) / left)
    ### END SOLUTION


# %% tags=["expected"]
def seconds_expected(n, images, second, size, latency, bandwidth):
    """Returns the time of a step, and what mistakes make of it."""
    compute, message = math.ceil(images / n) * second, size / bandwidth
    rounds = math.ceil(math.log2(n))

    def total(computing=compute, rounds=rounds, latency=latency, message=message):
        return computing + rounds * (latency + message)

    return total(), {
        "images do not come in fractions; the step waits for the fullest device": total(
            images / n * second
        ),
        "the images are shared, and what is left over is forgotten": total(
            images // n * second
        ),
        "the images are not shared among the devices": total(images * second),
        "the latency is missing": total(latency=0),
        "the latency counts once; expected in each round": total(latency=0) + latency,
        "the gradients are sent once; expected in each round": total(message=0)
        + message,
        "one round is counted; a butterfly has log2(devices)": total(rounds=1),
        "devices - 1 rounds are counted; a butterfly has log2(devices)": total(
            rounds=n - 1
        ),
        "2 (devices - 1) rounds are counted, as in a ring": total(rounds=2 * (n - 1)),
        "rounds are not whole": total(rounds=math.log2(n)),
        "rounds are rounded down": total(rounds=int(math.log2(n))),
        "the gradients are cut into pieces, as in a ring": total(message=message / n),
        "bytes are multiplied with the bandwidth": total(message=size * bandwidth),
        "the time to compute is missing": total(0),
        "the time to send is missing": compute,
    }


STEPS = [
    (1, 64, 0.01, 1e8, 0.001, 1e9),
    (2, 64, 0.01, 1e8, 0.03, 1e9),
    (4, 66, 0.01, 1e8, 0.02, 1e9),
    (3, 64, 0.01, 4e8, 0.0, 1e9),
]
for case in STEPS:
    expect(f"step_seconds{case}", *seconds_expected(*case))


def devices_expected(serial, target):
    """Returns how many devices are needed, and what mistakes make of it."""
    if target <= 1:
        return 1, {
            "one device has the speed-up 1 already": 2,
            "one device has the speed-up 1, whatever part is serial": None,
        }
    left = 1 / target - serial
    exact = (1 - serial) / left if left else math.inf
    if left <= 0:
        wrong = {"no number of devices reaches this: the limit is 1 / serial": 1}
        if left and serial < 1:
            wrong["a number below 0 says that none reaches the target"] = math.ceil(
                exact
            )
        return None, wrong
    needed = math.ceil(exact)
    return needed, {
        "with one device less than needed the target is just missed: round up": (
            needed - 1
        ),
        "the number must be whole: round up": exact,
        "one device less would do": needed + 1,
        "some number of devices does reach the target": None,
        "the serial part is left out": math.ceil(target),
    }


AMDAHL = [(0.0, 8.0), (0.01, 30.0), (0.25, 4.0), (0.1, 20.0), (0.25, 1.0), (0.5, 1.7)]
for case in AMDAHL:
    expect(f"devices_for{case}", *devices_expected(*case))

# %% [markdown]
# The time of a step (2 points).

# %% nbgrader={"grade_id": "test_step_seconds", "points": 2}
_cases = [
    (1, 64, 0.01, 1e8, 0.001, 1e9),
    (2, 64, 0.01, 1e8, 0.03, 1e9),
    (4, 66, 0.01, 1e8, 0.02, 1e9),
    (3, 64, 0.01, 4e8, 0.0, 1e9),
]
for _case, _found in zip(_cases, checks.each(step_seconds, _cases), strict=True):
    checks.answer(_found, f"step_seconds{_case}", rtol=1e-4)
### BEGIN HIDDEN TESTS
for _case in [
    (8, 100, 0.002, 1e6, 0.05, 1e8),
    (5, 7, 0.5, 0.0, 0.1, 1e9),
    (16, 16, 0.1, 1e7, 0.0, 1e8),
    (100, 64, 0.01, 1e8, 0.001, 1e9),
    (6, 13, 0.03, 2e7, 0.004, 5e8),
    (1, 9, 0.2, 3e8, 0.5, 1e8),
    (64, 1000, 0.004, 3e6, 0.02, 2e9),
    (7, 21, 0.05, 6e8, 0.3, 4e9),
]:
    _right = seconds_expected(*_case)
    checks.judge(step_seconds(*_case), *_right, f"step_seconds{_case}", rtol=1e-4)
### END HIDDEN TESTS
checks.passed("computing", "rounds")

# %% [markdown]
# How many devices pay (2 points).

# %% nbgrader={"grade_id": "test_devices_for", "points": 2}
_cases = [(0.0, 8.0), (0.01, 30.0), (0.25, 4.0), (0.1, 20.0), (0.25, 1.0), (0.5, 1.7)]
for _case, _found in zip(_cases, checks.each(devices_for, _cases), strict=True):
    checks.answer(_found, f"devices_for{_case}", rtol=0)
### BEGIN HIDDEN TESTS
for _case in [
    (0.0079, 56.0),
    (0.2, 4.3),
    (0.05, 11.0),
    (0.0, 7.5),
    (0.002, 390.0),
    (0.9, 1.05),
    (0.3, 2.9),
    (0.0, 1.0),
    (1.0, 1.0),
    (1.0, 2.0),
    (0.5, 2.0),
    (0.125, 8.0),
    (0.3, math.inf),
    (1.0, math.inf),
]:
    _right = devices_expected(*_case)
    checks.judge(devices_for(*_case), *_right, f"devices_for{_case}", rtol=0)
### END HIDDEN TESTS
checks.passed("numbers", "targets out of reach")


# %% nbgrader={"grade_id": "look_costs"}
def look():
    """Plots the time of a step with a butterfly, and with the chapter's ring."""
    from matplotlib import pyplot as plt

    from layerwise import plots
    from layerwise.distributed import Cluster

    devices, seconds = [2**k for k in range(9)], 0.25
    _, axes = plots.panels(2)
    sizes = {"gradients of 0.25 MB": 0.25e6, "gradients of 244 MB": 244e6}
    for ax, (name, size) in zip(axes, sizes.items(), strict=True):
        line = 20e-6, 1.25e9
        ring = Cluster(seconds, size, *line)
        cost = {
            "butterfly": [
                step_seconds(n, 256, seconds / 256, size, *line) for n in devices
            ],
            "ring": [ring.step(n) for n in devices],
        }
        plots.lines(devices, cost, ax, name, "devices", "seconds of a step", log=True)
        ax.set_xscale("log", base=2)
    plt.show()


# %%
# look()

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
#
# For example: a rate of 0.1 with 8 devices and 10 steps of warm-up is 0.1 at step 0,
# 0.45 at step 5, and 0.8 from step 10 on.


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


# %% tags=["expected"]
def rate_expected(step, rate, devices, warmup_steps):
    """Returns the learning rate of a step, and what mistakes make of it."""

    def at(part):
        return rate * (1 + (devices - 1) * part)

    part = min(step / warmup_steps, 1) if warmup_steps else 1
    steps = warmup_steps or 1
    return at(part), {
        "it starts at 0; expected the rate of one device": rate * devices * part,
        "it keeps rising after the warm-up": at(step / steps),
        "it grows in powers; expected a straight line": rate * devices**part,
        "it is one step ahead": at(min((step + 1) / steps, 1)),
        "it is one step late": at(min(max(step - 1, 0) / steps, 1)),
        "it rises by a whole rate too much: rate · (1 + devices · part)": rate
        * (1 + devices * part),
        "it is the rate of one device; expected it to rise": rate,
        "it is the rate of all devices; expected a warm-up": rate * devices,
        "the rates of one device and of all are the wrong way round": at(1 - part),
    }


RATES = [(step, 0.1, 8, 10) for step in (0, 5, 10, 11, 1000)] + [(0, 0.1, 4, 0)]
for case in RATES:
    expect(f"learning_rate{case}", *rate_expected(*case))

# %% nbgrader={"grade_id": "test_learning_rate", "points": 2}
_cases = [(_step, 0.1, 8, 10) for _step in (0, 5, 10, 11, 1000)] + [(0, 0.1, 4, 0)]
for _case, _found in zip(_cases, checks.each(learning_rate, _cases), strict=True):
    checks.answer(_found, f"learning_rate{_case}", rtol=1e-4)
### BEGIN HIDDEN TESTS
_cases = [(_step, 0.02, 16, 7) for _step in range(9)]
_cases += [(3, 0.5, 1, 10), (0, 0.3, 2, 1), (1, 0.3, 2, 1), (9, 0.01, 3, 0)]
for _case in _cases:
    _right = rate_expected(*_case)
    checks.judge(learning_rate(*_case), *_right, f"learning_rate{_case}", rtol=1e-4)
### END HIDDEN TESTS
checks.passed("rise", "end of the rise", "no warm-up")

# %% [markdown]
# ## Exercise 6: train on several devices (4 points)
#
# `train_alone` below trains on one device. Write `train(x, y, batch_size, replicas,
# rate)`, which does the same with a `tf.distribute.MirroredStrategy` over `replicas`
# devices and returns the same: the loss of each step (of the global batch, before the
# step), and the weights at the end, as lists. The given `make_strategy`, `make_model`
# and `example_losses` are the parts that are alike. The activation in `make_model`
# notes on which replica it runs, of how many, and with how many examples: each replica
# must compute its share of the batches.
#
# - Make the model and the optimizer inside `strategy.scope()`.
# - `strategy.experimental_distribute_dataset(dataset)` deals out each *global* batch.
#   `batch_size` is the global one; it divides the number of examples, and `replicas`
#   divides it.
# - `strategy.run(fn, args)` runs a function on each replica. Inside, `optimizer.apply`
#   sums the gradients over the replicas: exercise 3 says what that means for the loss.
# - `strategy.reduce("SUM", ...)` brings a replicated number back.
#
# Plain gradient descent, one pass over the data, in order. (Wrapped in `tf.function` a
# step takes less time.)


# %% nbgrader={"grade_id": "given_training"}
def make_strategy(replicas):
    """A strategy over so many logical CPUs."""
    # One process can have strategies of several sizes only if they do not share
    # TensorFlow's collective operations, which know one group.
    return tf.distribute.MirroredStrategy(
        [f"CPU:{i}" for i in range(replicas)],
        cross_device_ops=tf.distribute.ReductionToOneDevice(),
    )


# Which replicas have run, of how many, and with how many examples.
RAN = set()


def noted_tanh(x):
    """tanh, which notes where it runs."""
    context = tf.distribute.get_replica_context()
    if context is not None:
        replica = int(tf.get_static_value(context.replica_id_in_sync_group))
        RAN.add((replica, context.num_replicas_in_sync, x.shape[0]))
    return tf.tanh(x)


def make_model():
    """A small network, the same each time."""
    start = keras.initializers.RandomNormal(0.0, 0.5, seed=7)
    inputs = keras.Input((4,))
    x = keras.layers.Dense(6, noted_tanh, kernel_initializer=start)(inputs)
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
            losses = example_losses(y, model(x))
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


# %% nbgrader={"grade_id": "given_examples"}
def examples(seed, count):
    """Draws inputs and labels."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, 4)).astype("float32"), rng.integers(0, 3, count)


# %% nbgrader={"grade_id": "given_watched"}
def watched(x, y, batch_size, replicas, rate):
    """Trains; returns what `train` returns, how many replicas ran, and their share."""
    RAN.clear()
    result = train(x, y, batch_size, replicas, rate)
    most = max((of for _, of, _ in RAN), default=0)
    ran = {replica for replica, of, _ in RAN if of == most}
    # The number of examples is None where TensorFlow does not know it beforehand.
    shares = [
        batch_size // replicas if n is None else n for _, of, n in RAN if of == most
    ]
    share = min(shares, key=lambda n: abs(n - batch_size // replicas), default=0)
    return result, [len(ran), share]


# %% tags=["expected"]
from layerwise.checks.expected import agree


def losses_expected(x, y, batch_size, replicas, rate):
    """Returns the losses of the steps, and what mistakes make of them."""
    losses = np.array(train_alone(x, y, batch_size, rate)[0])
    start = train_alone(x, y, batch_size, 0.0)[0]
    after = []
    for first in range(0, len(x) if rate else 0, batch_size):
        model, batch = make_model(), slice(first, first + batch_size)
        model.set_weights(train_alone(x[: batch.stop], y, batch_size, rate)[1])
        after.append(float(np.mean(example_losses(y[batch], model(x[batch])))))
    return losses.tolist(), {
        "each replica divides by its own examples, so that they are as many times too "
        "large as there are replicas": list(losses * replicas),
        "they are the mean over replicas; expected the sum": list(losses / replicas),
        "they are the sums over examples; expected means": list(losses * batch_size),
        "they are those of the weights at the start": start,
        "batch_size is that of a replica; expected that of all together": train_alone(
            x, y, batch_size * replicas, rate
        )[0],
        "it is one loss, that of all steps together": [losses.mean()],
        "they are those after the steps; expected before": after,
    }


def weights_expected(x, y, batch_size, replicas, rate):
    """Returns the weights at the end, and what mistakes make of them."""

    def after(size=batch_size, rate=rate):
        return train_alone(x, y, size, rate)[1]

    return after(), {
        "they did not move": make_model().get_weights(),
        "each replica divides its loss by its own examples: the steps are too long": (
            after(rate=rate * replicas)
        ),
        "the loss is divided by the replicas once too often: the steps are too short": (
            after(rate=rate / replicas)
        ),
        "they moved uphill: subtract the gradient": after(rate=-rate),
        "batch_size is that of a replica; expected that of all together": after(
            batch_size * replicas
        ),
        "it is one step with all examples": after(len(x)),
    }


expect("how many replicas ran, and how many examples each,", [2, 4])
expect(
    "the losses of 3 steps on 2 replicas, with a rate of 0",
    *losses_expected(*examples(77, 24), 8, 2, 0.0),
)
expect(
    "the weights after 2 steps on 2 replicas",
    *weights_expected(*examples(78, 16), 8, 2, 0.5),
)

# %% [markdown]
# The losses of the steps (2 points). With a rate of 0 the weights stay as they are.

# %% nbgrader={"grade_id": "test_train_losses", "points": 2}
_pair, _replicas = watched(*examples(77, 24), batch_size=8, replicas=2, rate=0.0)
_losses, _ = checks.unpack(_pair, 2, "what train returns")
checks.answer(_losses, "the losses of 3 steps on 2 replicas, with a rate of 0")
checks.answer(_replicas, "how many replicas ran, and how many examples each,")
### BEGIN HIDDEN TESTS
for _n, _size, _of, _rate in [(24, 12, 4, 0.0), (18, 9, 3, 1.0), (4, 2, 1, 0.4)]:
    _case = examples(79, _n)
    _right = losses_expected(*_case, _size, _of, _rate)
    _end = train_alone(*_case, _size, _rate)[1]
    _pair, _replicas = watched(*_case, _size, _of, _rate)
    _call = "how many replicas ran, and how many examples each,"
    checks.judge(_replicas, [_of, _size // _of], what=_call)
    _losses, _weights = checks.unpack(_pair, 2, "what train returns")
    _call = f"the losses of {_n // _size} steps on {_of} replicas"
    # Wrong weights lose their points in the next test.
    if _rate == 0 or agree(list(_weights), _end, rtol=1e-2, atol=1e-4):
        checks.judge(_losses, *_right, _call)
### END HIDDEN TESTS
checks.passed("losses", "replicas")

# %% [markdown]
# The weights at the end (2 points).

# %% nbgrader={"grade_id": "test_train_weights", "points": 2}
_pair, _replicas = watched(*examples(78, 16), batch_size=8, replicas=2, rate=0.5)
_, _weights = checks.unpack(_pair, 2, "what train returns")
checks.answer(_weights, "the weights after 2 steps on 2 replicas", atol=1e-4)
checks.answer(_replicas, "how many replicas ran, and how many examples each,")
### BEGIN HIDDEN TESTS
for _n, _size, _of, _rate in [(18, 6, 3, 0.3), (8, 4, 4, 0.2)]:
    _case = examples(80, _n)
    _right = weights_expected(*_case, _size, _of, _rate)
    _pair, _replicas = watched(*_case, _size, _of, _rate)
    _, _weights = checks.unpack(_pair, 2, "what train returns")
    _call = f"the weights after {_n // _size} steps on {_of} replicas"
    checks.judge(_weights, *_right, _call, atol=1e-4)
    _call = "how many replicas ran, and how many examples each,"
    checks.judge(_replicas, [_of, _size // _of], what=_call)
### END HIDDEN TESTS
checks.passed("weights", "replicas")
