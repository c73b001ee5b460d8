"""Data parallelism under JAX, with Keras's own `keras.distribution`.

    KERAS_BACKEND=jax python -m layerwise.jax_parallel 2 0 300

trains the model of `layerwise.multiworker` on one and then on 2 logical CPU devices,
with seed 0, in at most 300 s of processor time, and prints the losses as JSON. `run`
starts it, since a process has one backend.
"""

import importlib.util
import json
import os
import subprocess
import sys

from layerwise import processes

NETWORKS = {"no normalisation": False, "batch normalisation": True}


def run(
    devices=2,
    seed=0,
    cpu_seconds=processes.CPU_SECONDS,
    wall_seconds=processes.WALL_SECONDS,
):
    """Trains on one and on several logical CPU devices in a process with JAX.

    Args:
        devices: Integer, at least 2.
        seed: Integer, of the examples and of the first weights.
        cpu_seconds: Integer, processor time after which the process is ended.
        wall_seconds: Float, time by the clock after which it is ended too. It may be
            generous: only a process that waits without computing comes to it.

    Returns:
        Dictionary from a number of devices to a dictionary from a network (a key of
        `NETWORKS`) to its losses, one for each epoch; or `None` where JAX is not
        installed.

    Raises:
        RuntimeError: If the process fails; the message has its output.
        TimeoutError: If the process comes to a limit.
    """
    if importlib.util.find_spec("jax") is None:
        return None
    environment = dict(os.environ, KERAS_BACKEND="jax", JAX_PLATFORMS="cpu")
    environment["XLA_FLAGS"] = f"--xla_force_host_platform_device_count={devices}"
    command = [sys.executable, "-m", "layerwise.jax_parallel"]
    try:
        done = subprocess.run(
            [*command, str(devices), str(seed), str(cpu_seconds)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=wall_seconds,
        )
    except subprocess.TimeoutExpired as error:
        raise TimeoutError(
            f"the JAX process did not end within {wall_seconds} s, and had not "
            f"computed for {cpu_seconds} s: it waits for something"
        ) from error
    processes.refuse_overrun("the JAX process", done.returncode, cpu_seconds)
    if done.returncode:
        raise RuntimeError(f"the JAX process failed:\n{done.stderr[-3000:]}")
    found = json.loads(done.stdout.splitlines()[-1])
    return {int(count): losses for count, losses in found.items()}


def train(seed, normalized):
    """Trains the small model as the distribution in force says; returns the losses."""
    import keras

    from layerwise import multiworker

    model = multiworker.network(seed, normalized)
    model.compile(
        keras.optimizers.SGD(0.1, momentum=0.9),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    x, y = multiworker.dataset(seed)
    options = {"batch_size": multiworker.BATCH_SIZE, "shuffle": False, "verbose": 0}
    history = model.fit(x, y, epochs=3, **options).history
    return [float(loss) for loss in history["loss"]]


def train_all(seed):
    """Trains both networks on one device, and then on all with every batch divided."""
    import keras

    found = {1: {name: train(seed, norm) for name, norm in NETWORKS.items()}}
    # One line. From here on `fit` gives every device a part of each batch.
    keras.distribution.set_distribution(keras.distribution.DataParallel())
    count = len(keras.distribution.list_devices())
    found[count] = {name: train(seed, norm) for name, norm in NETWORKS.items()}
    return found


if __name__ == "__main__":
    processes.limit_cpu(int(sys.argv[3]))
    print(json.dumps(train_all(int(sys.argv[2]))))
