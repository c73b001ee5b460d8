"""Several worker processes that train one model, as `MultiWorkerMirroredStrategy` does.

`run` starts the workers on the loopback, each a process of its own with `TF_CONFIG`
set, and waits for them. This module is also what a worker runs.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from layerwise import processes

BATCH_SIZE = 32  # of all workers together
EXAMPLES = 128
BACKUP = "backup.weights.h5"
# Below those that Linux gives to connections: a worker takes its port only when it has
# imported TensorFlow, and until then no connection may get it by chance.
LOWEST_PORT, HIGHEST_PORT = 10_000, 32_000


def run(
    folder,
    workers=2,
    epochs=4,
    kill=None,
    cpu_seconds=processes.CPU_SECONDS,
    wall_seconds=processes.WALL_SECONDS,
):
    """Trains with several workers on this machine, and reads what each reports.

    After each epoch worker 0 saves the state, and all wait until it has. Run again with
    the same folder, training goes on after the last epoch that was saved.

    Args:
        folder: Path of a folder for the backup and the reports.
        workers: Integer, processes.
        epochs: Integer, at which the training ends.
        kill: Pair `(worker, epoch)`: this worker is killed with SIGKILL when that epoch
            begins, counted from 0; the others are ended with it, as a scheduler does.
        cpu_seconds: Integer, processor time after which a worker is ended.
        wall_seconds: Float, time by the clock after which all are ended. It may be
            generous: only workers that wait for each other in vain come to it.

    Returns:
        List with a dictionary for each worker: `"initial_epoch"`, `"losses"`, one for
        each epoch of this run, and `"weights"`, a list of floats, which is missing
        where the worker did not come to its end.

    Raises:
        RuntimeError: If a worker fails that nobody killed; the message has its output.
            TensorFlow itself gives a worker up that is not heard of for 10 s, as on a
            machine that is put to sleep.
        TimeoutError: If a worker, or all of them, come to a limit.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    addresses = [f"127.0.0.1:{port}" for port in _free_ports(workers)]
    started = []
    for index in range(workers):
        report = folder / f"worker{index}.json"
        report.unlink(missing_ok=True)
        command = [sys.executable, "-m", "layerwise.multiworker", str(folder)]
        command += ["--epochs", str(epochs), "--cpu-seconds", str(cpu_seconds)]
        if kill is not None and kill[0] == index:
            command += ["--die-at", str(kill[1])]
        task = {"type": "worker", "index": index}
        config = {"cluster": {"worker": addresses}, "task": task}
        environment = dict(os.environ, TF_CONFIG=json.dumps(config))
        environment |= {"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
        # Each worker computes on one core: on a laptop they share few.
        environment |= {"TF_NUM_INTRAOP_THREADS": "1", "CUDA_VISIBLE_DEVICES": "-1"}
        with (folder / f"worker{index}.log").open("wb") as log:
            started.append(
                subprocess.Popen(command, env=environment, stdout=log, stderr=log)
            )
    try:
        _wait(started, kill, folder, cpu_seconds, wall_seconds)
    finally:
        for process in started:
            if process.poll() is None:
                process.kill()
            process.wait()
    return [_report(folder / f"worker{index}.json") for index in range(workers)]


def _wait(started, kill, folder, cpu_seconds, wall_seconds):
    """Waits until all have ended, or one has died."""
    end = time.monotonic() + wall_seconds
    while True:
        codes = [process.poll() for process in started]
        if kill is not None and codes[kill[0]] == -signal.SIGKILL:
            return
        for index, code in enumerate(codes):
            processes.refuse_overrun(f"worker {index}", code, cpu_seconds)
            if code not in (None, 0):
                log = (folder / f"worker{index}.log").read_text(errors="replace")
                raise RuntimeError(f"worker {index} failed:\n{log[-3000:]}")
        if None not in codes:
            return
        if time.monotonic() > end:
            raise TimeoutError(
                f"the workers did not end within {wall_seconds} s, and none had "
                f"computed for {cpu_seconds} s: they wait for each other"
            )
        time.sleep(0.1)


def _free_ports(count):
    """Finds ports that nobody listens on."""
    with contextlib.ExitStack() as stack:
        found = []
        for port in random.Random().sample(range(LOWEST_PORT, HIGHEST_PORT), 1000):
            with contextlib.suppress(OSError):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
                found.append(port)
            if len(found) == count:
                return found
    raise RuntimeError(f"found {len(found)} free ports on 127.0.0.1, not {count}")


def _report(path):
    if not path.exists():
        return {}
    return json.loads(path.read_text())


def dataset():
    """Makes the examples that all workers train on: three classes of points.

    Returns:
        `float32` array of shape (128, 8) and labels of shape (128,).
    """
    import numpy as np

    rng = np.random.default_rng(0)
    labels = np.arange(EXAMPLES) % 3
    centres = rng.normal(size=(3, 8))
    points = centres[labels] + rng.normal(0, 0.7, (EXAMPLES, 8))
    return points.astype("float32"), labels


def network():
    """Makes the small model that all workers train, with seeded weights."""
    import keras

    keras.utils.set_random_seed(0)
    inputs = keras.Input((8,))
    x = keras.layers.Dense(16, "relu")(inputs)
    model = keras.Model(inputs, keras.layers.Dense(3)(x))
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), jit_compile=False)
    model.optimizer.build(model.trainable_variables)
    return model


def make_step(strategy, model):
    """Makes a training step for the global batch.

    Each replica's loss is its sum divided by the *global* batch size; then the sum over
    the replicas, which is what all-reduce computes, is the mean over the batch.

    Args:
        strategy: Any `tf.distribute.Strategy`.
        model: What `network` made in the strategy's scope.

    Returns:
        Function of a distributed batch to its loss.
    """
    import keras
    import tensorflow as tf

    per_example = keras.losses.SparseCategoricalCrossentropy(True, reduction=None)

    def replica_step(x, y):
        with tf.GradientTape() as tape:
            losses = per_example(y, model(x, training=True))
            loss = tf.nn.compute_average_loss(losses, global_batch_size=BATCH_SIZE)
        gradients = tape.gradient(loss, model.trainable_variables)
        model.optimizer.apply(gradients, model.trainable_variables)
        return loss

    @tf.function
    def step(x, y):
        return strategy.reduce("SUM", strategy.run(replica_step, (x, y)), axis=None)

    return step


def work(folder, epochs, die_at):
    """Runs one worker: builds under the strategy, trains, reports."""
    import tensorflow as tf

    # Before anything else touches TensorFlow: it starts the server of this worker.
    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    index = json.loads(os.environ["TF_CONFIG"])["task"]["index"]
    with strategy.scope():
        model = network()
    step = make_step(strategy, model)
    # The loop is ours: Keras 3.15's `fit` refuses batches of several workers.
    batches = tf.data.Dataset.from_tensor_slices(dataset()).batch(BATCH_SIZE, True)
    batches = strategy.experimental_distribute_dataset(batches)
    first = restore(model, folder)
    report = {"initial_epoch": first, "losses": []}
    for epoch in range(first, epochs):
        if epoch == die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        losses = [float(step(*batch)) for batch in batches]
        report["losses"].append(sum(losses) / len(losses))
        if index == 0:
            back_up(model, folder)
        # All wait for the one that saves: nobody begins an epoch, or dies in it, while
        # the one before could still be lost.
        strategy.reduce("SUM", tf.ones(()), axis=None)
        _save(report, folder / f"worker{index}.json")
    report["weights"] = [float(v) for w in model.get_weights() for v in w.ravel()]
    _save(report, folder / f"worker{index}.json")


def back_up(model, folder):
    """Saves weights and optimizer, so that a reader never finds half of them.

    Args:
        model: What `network` made.
        folder: Path of a folder.
    """
    part = folder / f"part.{BACKUP}"
    model.save_weights(part)
    part.replace(folder / BACKUP)


def restore(model, folder):
    """Loads what `back_up` saved, if there is something.

    Args:
        model: What `network` made.
        folder: Path of a folder.

    Returns:
        Integer, the epochs behind it. The optimizer counts its steps and is saved with
        the weights, so the two cannot disagree.
    """
    if (folder / BACKUP).exists():
        model.load_weights(folder / BACKUP)
    return int(model.optimizer.iterations.numpy()) // (EXAMPLES // BATCH_SIZE)


def _save(report, path):
    """Writes a report so that a reader never sees half of it."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(report))
    part.rename(path)


def main():
    """Runs a worker's command line."""
    parser = argparse.ArgumentParser(prog="python -m layerwise.multiworker")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--die-at", type=int)
    parser.add_argument("--cpu-seconds", type=int, default=processes.CPU_SECONDS)
    options = parser.parse_args()
    processes.limit_cpu(options.cpu_seconds)
    work(options.folder, options.epochs, options.die_at)


if __name__ == "__main__":
    main()
