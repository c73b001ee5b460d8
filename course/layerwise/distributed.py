"""Many devices with arrays: shards, the ring, and what a step costs.

Devices are played by entries of a list, so that every number that would travel can be
seen and counted.
"""

from dataclasses import dataclass

import keras
import numpy as np

from layerwise import costs


def ring_all_reduce(values):
    """Sums arrays over devices that stand in a ring and talk to their neighbours only.

    Each array is cut into as many chunks as there are devices. In n − 1 rounds of
    *reduce-scatter* every device passes a chunk on and adds the one that it gets; then
    each holds one chunk that is complete. In n − 1 rounds of *all-gather* the complete
    chunks go around.

    Args:
        values: List of arrays of one shape, what each device begins with.

    Returns:
        Pair of the list of results, all equal to the sum, and the number of numbers
        that each device sent. It is 2(n − 1)/n of the array's size, whatever n is.
        Source: Patarasuk and Yuan, *Bandwidth optimal all-reduce algorithms for
        clusters of workstations*, 2009.

    Raises:
        ValueError: If the shapes differ, or there is no device.
    """
    if not values or any(np.shape(v) != np.shape(values[0]) for v in values):
        raise ValueError(
            "ring_all_reduce needs arrays of one shape. Received: "
            f"{[np.shape(value) for value in values]}"
        )
    n = len(values)
    chunks = [
        [chunk.copy() for chunk in np.array_split(np.ravel(value), n)]
        for value in values
    ]
    sent = [0] * n
    for adding in (True, False):
        for step in range(n - 1):
            # All send at once: what is sent is taken before anything arrives.
            first = 0 if adding else 1
            places = [(device, (device + first - step) % n) for device in range(n)]
            parcels = [chunks[device][chunk].copy() for device, chunk in places]
            for (device, chunk), numbers in zip(places, parcels, strict=True):
                sent[device] += numbers.size
                neighbour = chunks[(device + 1) % n]
                if adding:
                    neighbour[chunk] = neighbour[chunk] + numbers
                else:
                    neighbour[chunk] = numbers
    shape = np.shape(values[0])
    return [np.concatenate(parts).reshape(shape) for parts in chunks], sent


@dataclass(frozen=True)
class Cluster:
    """What a training step depends on, in a model with four numbers.

    Attributes:
        seconds: Float, a step on one device with the whole batch.
        gradient_bytes: Float, bytes of all gradients.
        latency: Float, seconds before a message begins to arrive.
        bandwidth: Float, bytes a second between neighbours.
    """

    seconds: float
    gradient_bytes: float
    latency: float = 20e-6
    bandwidth: float = 1e9

    def step(self, devices):
        """Seconds of a step with the batch shared among devices, and a ring.

        Args:
            devices: Integer.

        Returns:
            Float: compute, and 2(n − 1) rounds of a chunk each.
        """
        rounds = 2 * (devices - 1)
        chunk = self.gradient_bytes / devices
        return self.seconds / devices + rounds * (self.latency + chunk / self.bandwidth)

    def speedup(self, devices):
        """How many times faster a step is than on one device: one batch, shared."""
        return self.step(1) / self.step(devices)

    def throughput(self, devices):
        """How many times more images a second: a batch for each device."""
        talking = self.step(devices) - self.seconds / devices
        return devices * self.seconds / (self.seconds + talking)


def amdahl(devices, serial):
    """Speeds up all but a serial part: G. Amdahl's law of 1967.

    Args:
        devices: Integer or array.
        serial: Float, share of the time on one device that cannot be divided.

    Returns:
        Float or array, the speed-up.
    """
    return 1 / (serial + (1 - serial) / np.asarray(devices, float))


def serial_part(devices, speedup):
    """Finds the serial part with which Amdahl's law gives a speed-up.

    Args:
        devices: Integer, at least 2.
        speedup: Float, from 1 to `devices`.

    Returns:
        Float.

    Raises:
        ValueError: If the speed-up is out of range.
    """
    if not (devices >= 2 and 1 <= speedup <= devices):
        raise ValueError(
            "speedup must be from 1 to the number of devices, of which there are at "
            f"least 2. Received: {speedup!r} on {devices!r} devices"
        )
    return (devices / speedup - 1) / (devices - 1)


def communication_share(devices, speedup):
    """Finds the cost of communication with which many batches give a speed-up.

    Every device takes a batch of its own, and each step lasts longer by a constant
    share of a step on one device: n devices are n / (1 + share) times faster.

    Args:
        devices: Integer, at least 2.
        speedup: Float, above 0 and at most `devices`.

    Returns:
        Float, the share.

    Raises:
        ValueError: If the speed-up is out of range.
    """
    if not (devices >= 2 and 0 < speedup <= devices):
        raise ValueError(
            "speedup must be above 0 and at most the number of devices, of which there "
            f"are at least 2. Received: {speedup!r} on {devices!r} devices"
        )
    return devices / speedup - 1


def overlapped(seconds, transfers):
    """Finds when a backward pass ends whose gradients travel as soon as they are there.

    One message is on its way at a time. The last layer comes first: its gradients can
    travel while those of the layers before it are computed.

    Args:
        seconds: Sequence of floats, the computing of each layer, in the order of the
            backward pass.
        transfers: Sequence of floats, the seconds that each layer's gradients travel.

    Returns:
        Float, seconds until the last gradient has arrived. Source: S. Li et al.,
        *PyTorch Distributed*, 2020, arXiv:2006.15704.
    """
    ready = free = 0.0
    for own, wire in zip(seconds, transfers, strict=True):
        ready += own
        free = max(free, ready) + wire
    return free


def backward_pass(model, seconds, bandwidth):
    """Shares out the time of a backward pass and of a ring over a model's layers.

    A layer's share of the computing is that of its multiply-adds; a ring of many
    devices sends its gradients twice. Latency is left out.

    Args:
        model: Built Keras model with a fixed input size.
        seconds: Float, of the whole pass.
        bandwidth: Float, bytes a second between neighbours.

    Returns:
        Two arrays, the seconds of computing and of sending for each layer, in the order
        of the backward pass.
    """
    parts = costs.layer_costs(model)[::-1]
    work = np.array([part.multiply_adds for part in parts])
    size = np.array([4 * part.parameters for part in parts])
    return seconds * work / work.sum(), 2 * size / bandwidth


@keras.saving.register_keras_serializable(package="layerwise")
class WarmUp(keras.optimizers.schedules.LearningRateSchedule):
    """Starts at the rate for one device and rises to that for many, then stays.

    P. Goyal et al., *Accurate, Large Minibatch SGD*, 2017, arXiv:1706.02677, section
    2.2: the linear scaling rule with gradual warm-up.

    Args:
        rate: Float, learning rate that suits one device's batch.
        devices: Integer; the rate in the end is `rate * devices`.
        steps: Integer, steps of the rise.
    """

    def __init__(self, rate, devices, steps):
        self.rate, self.devices, self.steps = rate, devices, steps

    def __call__(self, step):
        """Returns the rate at a step, a scalar tensor."""
        step = keras.ops.cast(step, "float32")
        part = keras.ops.minimum(step / max(self.steps, 1), 1.0)
        return self.rate * (1 + (self.devices - 1) * part)

    def get_config(self):
        """Returns the arguments with which the schedule was made."""
        return {"rate": self.rate, "devices": self.devices, "steps": self.steps}


def shards(array, devices):
    """Cuts a batch into equal parts.

    Args:
        array: Array of shape (batch, ...).
        devices: Integer, a divisor of the batch size.

    Returns:
        List of arrays of shape (batch / devices, ...).

    Raises:
        ValueError: If the batch cannot be divided equally.
    """
    if len(array) % devices:
        raise ValueError(
            f"a batch of {len(array)} cannot be shared equally by {devices} devices; "
            f"leave out {len(array) % devices} or weigh the shards"
        )
    return np.split(array, devices)
