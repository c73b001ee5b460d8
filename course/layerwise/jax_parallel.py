"""Data parallelism under JAX, with Keras's own `keras.distribution`.

    KERAS_BACKEND=jax python -m layerwise.jax_parallel 2 300

trains the model of `layerwise.multiworker` on 2 logical CPU devices, in at most 300 s
of processor time, and prints the losses as JSON. `run` starts it, since a process has
one backend.
"""

import importlib.util
import json
import os
import subprocess
import sys

from layerwise import processes


def run(
    devices, cpu_seconds=processes.CPU_SECONDS, wall_seconds=processes.WALL_SECONDS
):
    """Trains on logical CPU devices in a process with JAX.

    Args:
        devices: Integer.
        cpu_seconds: Integer, processor time after which the process is ended.
        wall_seconds: Float, time by the clock after which it is ended too. It may be
            generous: only a process that waits without computing comes to it.

    Returns:
        Dictionary with `"devices"` and `"losses"`, one for each epoch, or `None` where
        JAX is not installed.

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
            [*command, str(devices), str(cpu_seconds)],
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
    return json.loads(done.stdout.splitlines()[-1])


def train(devices):
    """Trains the small model; every device gets a part of each batch."""
    import keras

    from layerwise import multiworker

    if devices > 1:
        keras.distribution.set_distribution(keras.distribution.DataParallel())
    model = multiworker.network()
    model.compile(
        keras.optimizers.SGD(0.1, momentum=0.9),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    x, y = multiworker.dataset()
    options = {"batch_size": multiworker.BATCH_SIZE, "shuffle": False, "verbose": 0}
    history = model.fit(x, y, epochs=3, **options).history
    return {
        "devices": len(keras.distribution.list_devices()),
        "losses": [float(loss) for loss in history["loss"]],
    }


if __name__ == "__main__":
    processes.limit_cpu(int(sys.argv[2]))
    print(json.dumps(train(int(sys.argv[1]))))
