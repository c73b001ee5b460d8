"""Several worker processes that train one model, as `MultiWorkerMirroredStrategy` does.

`run` starts the workers, each a process of its own, and waits for them. This module is
also what a worker runs.
"""

import os
import re
import signal
import textwrap

from layerwise import processes, workers

BATCH_SIZE = 32  # of all workers together
EXAMPLES = 128
CHECKPOINT = "checkpoint.weights.h5"
FAILED = 1  # what a worker returns to the system when another one is gone


def run(
    folder,
    count=2,
    epochs=4,
    kill=None,
    seed=0,
    cpu_seconds=processes.CPU_SECONDS,
    wall_seconds=processes.WALL_SECONDS,
):
    """Trains with several workers on this machine, and reads what each reports.

    After each epoch worker 0 saves the state, and all wait until it has. Run again with
    the same folder, training goes on after the last epoch that was saved.

    Args:
        folder: Path of a folder for the checkpoint and the reports.
        count: Integer, workers.
        epochs: Integer, at which the training ends.
        kill: Pair `(worker, epoch)`: this worker is killed with SIGKILL when that epoch
            begins, counted from 0. The others live on until they find out.
        seed: Integer, of the examples and of the first weights.
        cpu_seconds: Integer, processor time after which a worker is ended.
        wall_seconds: Float, time by the clock after which all are ended. It may be
            generous: only workers that wait for each other in vain come to it.

    Returns:
        List with a dictionary for each worker: `"initial_epoch"`, `"losses"`, one for
        each epoch of this run, and `"weights"`, a list of floats. Where the worker did
        not come to its end there are no weights; `"error"` is then the error that it
        met, which is missing where the worker itself was killed.

    Raises:
        RuntimeError: If a worker fails though nobody killed one; the message has the
            output of all. TensorFlow itself gives a worker up that is not heard of for
            some time, as on a machine that is put to sleep.
        TimeoutError: If a worker, or all of them, come to a limit.
    """
    arguments = ["--epochs", str(epochs), "--seed", str(seed)]
    if kill is not None:
        arguments += ["--die", str(kill[0]), str(kill[1])]
    return workers.launch(
        "layerwise.multiworker",
        folder,
        arguments,
        count,
        killed=None if kill is None else kill[0],
        cpu_seconds=cpu_seconds,
        wall_seconds=wall_seconds,
    )


def dataset(seed=0):
    """Makes the examples that all workers train on: three classes of points.

    Args:
        seed: Integer.

    Returns:
        `float32` array of shape (128, 8) and labels of shape (128,).
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    labels = np.arange(EXAMPLES) % 3
    centres = rng.normal(size=(3, 8))
    points = centres[labels] + rng.normal(0, 0.7, (EXAMPLES, 8))
    return points.astype("float32"), labels


def network(seed=0, normalized=False):
    """Makes the small model that all workers train.

    Args:
        seed: Integer, of the first weights.
        normalized: Whether it has a batch normalisation.

    Returns:
        `keras.Model` with an optimizer and without a loss.
    """
    import keras

    keras.utils.set_random_seed(seed)
    inputs = keras.Input((8,))
    x = keras.layers.Dense(16, "relu")(inputs)
    if normalized:
        x = keras.layers.BatchNormalization()(x)
    model = keras.Model(inputs, keras.layers.Dense(3)(x))
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), jit_compile=False)
    model.optimizer.build(model.trainable_variables)
    return model


def make_step(strategy, model, global_batch_size=BATCH_SIZE):
    """Makes a training step for the global batch.

    Each replica's loss is its sum divided by the *global* batch size; then the sum over
    the replicas, which is what all-reduce computes, is the mean over the batch.

    Args:
        strategy: Any `tf.distribute.Strategy`.
        model: Model that was made and compiled in the strategy's scope.
        global_batch_size: Integer, examples of all replicas together.

    Returns:
        Function of a distributed batch to its loss.
    """
    import keras
    import tensorflow as tf

    per_example = keras.losses.SparseCategoricalCrossentropy(True, reduction=None)

    def replica_step(x, y):
        with tf.GradientTape() as tape:
            losses = per_example(y, model(x, training=True))
            loss = tf.nn.compute_average_loss(
                losses, global_batch_size=global_batch_size
            )
        gradients = tape.gradient(loss, model.trainable_variables)
        model.optimizer.apply(gradients, model.trainable_variables)
        return loss

    @tf.function
    def step(x, y):
        return strategy.reduce("SUM", strategy.run(replica_step, (x, y)), axis=None)

    return step


def train_epoch(step, batches):
    """Trains for an epoch.

    Args:
        step: What `make_step` made.
        batches: Iterable of batches.

    Returns:
        Float, the mean of the batches' losses.
    """
    losses = [float(step(*batch)) for batch in batches]
    return sum(losses) / len(losses)


def alone(epochs=4, seed=0):
    """Trains the same model on the same batches in this process, without workers.

    Args:
        epochs: Integer.
        seed: Integer, as in `run`.

    Returns:
        Dictionary with `"initial_epoch"`, `"losses"` and `"weights"`, as in `run`.
    """
    import tensorflow as tf

    model = network(seed)
    step = make_step(tf.distribute.get_strategy(), model)
    batches = tf.data.Dataset.from_tensor_slices(dataset(seed)).batch(BATCH_SIZE, True)
    losses = [train_epoch(step, batches) for _ in range(epochs)]
    return {"initial_epoch": 0, "losses": losses, "weights": flat_weights(model)}


def show(**runs):
    """Prints where each worker of each run began, and the loss of each epoch."""
    for name, reports in runs.items():
        for worker, report in enumerate(reports):
            losses = "  ".join(f"{loss:.4f}" for loss in report["losses"])
            start = f"from epoch {report['initial_epoch']}"
            print(f"{name:8} worker {worker}, {start}: {losses}")
            if "error" in report:
                print(textwrap.fill(f"then {report['error']}", 88))


def flat_weights(model):
    """Returns all weights of a model as one list of floats."""
    return [float(v) for w in model.get_weights() for v in w.ravel()]


def work(folder, epochs, die, seed):
    """Runs one worker: builds under the strategy, trains, reports."""
    import tensorflow as tf

    # Before anything else touches TensorFlow: it starts the server of this worker.
    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    index = workers.own_index()
    with strategy.scope():
        model = network(seed)
    step = make_step(strategy, model)
    # The loop is ours: Keras 3.15's `fit` refuses batches of several workers.
    batches = tf.data.Dataset.from_tensor_slices(dataset(seed)).batch(BATCH_SIZE, True)
    batches = strategy.experimental_distribute_dataset(batches)
    first = restore(model, folder)
    report = {"initial_epoch": first, "losses": []}
    try:
        for epoch in range(first, epochs):
            if (index, epoch) == die:
                os.kill(os.getpid(), signal.SIGKILL)
            report["losses"].append(train_epoch(step, batches))
            if index == 0:
                save(model, folder)
            # All wait for the one that saves: nobody begins an epoch, or dies in it,
            # while the one before could still be lost.
            strategy.reduce("SUM", tf.ones(()), axis=None)
            workers.write_report(report, folder)
    except tf.errors.OpError as error:
        # Without the names of TensorFlow's operations.
        message = re.sub(r"\{\{.*?\}\}|\[Op:.*", "", error.message, flags=re.DOTALL)
        report["error"] = f"{type(error).__name__}: {' '.join(message.split())}"
        workers.write_report(report, folder)
        # At once: an ordinary end would wait for the worker that is gone.
        os._exit(FAILED)
    workers.write_report(report | {"weights": flat_weights(model)}, folder)


def save(model, folder):
    """Saves weights and optimizer, so that a reader never finds half of them.

    Args:
        model: What `network` made.
        folder: Path of a folder.
    """
    part = folder / f"part.{CHECKPOINT}"
    model.save_weights(part)
    part.replace(folder / CHECKPOINT)


def restore(model, folder):
    """Loads what `save` saved, if there is something.

    Args:
        model: What `network` made.
        folder: Path of a folder.

    Returns:
        Integer, the epochs behind it. The optimizer counts its steps and is saved with
        the weights, so the two cannot disagree.
    """
    if (folder / CHECKPOINT).exists():
        model.load_weights(folder / CHECKPOINT)
    return int(model.optimizer.iterations.numpy()) // (EXAMPLES // BATCH_SIZE)


def main():
    """Runs a worker's command line."""
    line = workers.parser("layerwise.multiworker")
    line.add_argument("--epochs", type=int, required=True)
    line.add_argument("--die", type=int, nargs=2, metavar=("WORKER", "EPOCH"))
    options = line.parse_args()
    processes.limit_cpu(options.cpu_seconds)
    die = options.die and tuple(options.die)
    work(options.folder, options.epochs, die, options.seed)


if __name__ == "__main__":
    main()
