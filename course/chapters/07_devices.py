# %% [markdown]
# # 07 · Many devices
#
# One batch, many devices, one gradient: we build data parallelism from arrays, run it
# for real in two processes, and check the most quoted speed-up of the field.
#
# **From the slides:** distributed learning; TensorFlow and CNTK; 56 times faster with
# 100 GPUs; seven days that become three hours.
#
# **Time:** one to two minutes on two cores. This chapter needs TensorFlow, which plays
# two devices on one processor; on a machine with GPUs the same code takes those.

# %%
import os
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer start-up messages

import contextlib
from dataclasses import dataclass

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers

from layerwise import budget, data, distributed, jax_parallel, multiworker, plots
from layerwise.models import resnet, vgg
from layerwise.multiworker import BATCH_SIZE

plots.use_style()
tf.get_logger().setLevel("ERROR")  # no account of each reduction
# One processor plays two devices. It must be said before TensorFlow computes.
with contextlib.suppress(RuntimeError):
    tf.config.set_logical_device_configuration(
        tf.config.list_physical_devices("CPU")[0],
        [tf.config.LogicalDeviceConfiguration() for _ in range(2)],
    )
gpus = [device.name for device in tf.config.list_logical_devices("GPU")]
DEVICES = gpus if len(gpus) > 1 else ["CPU:0", "CPU:1"]
EPOCHS = budget.pick(1, 5, 10)
NUM_TRAIN = budget.pick(1024, 8192, 57_344)
print(f"budget {budget.level()}: {len(DEVICES)} devices, {', '.join(DEVICES)}")

# %% [markdown]
# ## 1 · The question
#
# A hundred GPUs, and training became 56 times faster: that is on the slides. Is it
# much? Where are the other 44? We need to know what devices have to tell each other.
#
# The idea: every device has a copy of the network and takes a part of the batch. The
# loss is a mean over examples, and the gradient of a mean is the mean of the gradients.
#
# > **Predict.** Is that so for *every* network?

# %%
(x_train, y_train), (x_test, y_test) = data.fashion_mnist(
    budget.pick("subset", "subset", "keras")
)
x_train, y_train = x_train[:NUM_TRAIN] / np.float32(255), y_train[:NUM_TRAIN]
x_test, y_test = x_test[:2000] / np.float32(255), y_test[:2000]
mean_loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def gradients(model, x, y):
    with tf.GradientTape() as tape:
        loss = mean_loss(y, model(x, training=True))
    return [g.numpy() for g in tape.gradient(loss, model.trainable_variables)]


keras.utils.set_random_seed(0)
models = {
    "VGG, no normalisation": vgg.small_vgg(),
    "ResNet, batch normalisation": resnet.small_resnet(1, filters=8, strides=2),
}
for name, model in models.items():
    whole = gradients(model, x_train[:64], y_train[:64])
    parts = [
        gradients(model, x, y)
        for x, y in zip(
            distributed.shards(x_train[:64], 2),
            distributed.shards(y_train[:64], 2),
            strict=True,
        )
    ]
    mean = [np.mean(arrays, 0) for arrays in zip(*parts, strict=True)]
    gap = max(np.abs(a - b).max() for a, b in zip(mean, whole, strict=True))
    size = max(np.abs(g).max() for g in whole)
    print(f"{name:28} differs by {gap:.1e}, where gradients reach {size:.2f}")

# %% [markdown]
# Without batch normalisation the two agree to rounding. With it they do not: each
# device normalises by the mean and variance of *its* examples, so the network that it
# differentiates is another one. That is no mistake in anyone's code; it is a smaller
# batch for the statistics. `synchronized=True` makes Keras share the statistics too.

# %% [markdown]
# ## 2 · A ring
#
# All devices need the sum of all gradients. If each sends everything to one, that one
# is flooded: n − 1 times all numbers. In a ring each talks only to its neighbour, and
# sends a piece at a time.

# %% tags=["include"]
from layerwise.distributed import ring_all_reduce

# %%
numbers = 840
rng = np.random.default_rng(0)
print("devices   sent by each, as a share of the array     2(n-1)/n")
counts = (2, 3, 4, 8, 20)
for n in counts:
    values = [rng.normal(size=numbers) for _ in range(n)]
    results, sent = ring_all_reduce(values)
    assert all(np.allclose(result, sum(values)) for result in results)
    print(f"{n:7}   {min(sent) / numbers:8.4f} to {max(sent) / numbers:.4f}", end="")
    print(f"{2 * (n - 1) / n:27.4f}")

# %%
n = np.arange(2, 65)
plots.lines(
    n,
    {"ring: each device": 2 * (n - 1) / n, "all to one: that one receives": n - 1.0},
    title="Traffic of an all-reduce, in arrays",
    xlabel="devices",
    log=True,
    styles={name: {"marker": ""} for name in ("ring: each device",)}
    | {"all to one: that one receives": {"marker": ""}},
)
plt.show()

# %% [markdown]
# A device in a ring never sends more than two arrays, however many devices there are.
# What grows is the number of rounds: 2(n − 1), each of which waits for a message.

# %% [markdown]
# ## 3 · MirroredStrategy
#
# TensorFlow does all this behind `tf.distribute`. What is made in the strategy's scope
# is copied to each device; `fit` does the rest. The same network, images and order, on
# one device and on two:


# %%
def small_net():
    """A network of three layers, the same weights each time."""
    keras.utils.set_random_seed(0)
    inputs = keras.Input((28, 28, 1))
    x = layers.Conv2D(8, 3, 2, activation="relu")(inputs)
    x = layers.Conv2D(16, 3, 2, activation="relu")(x)
    return keras.Model(inputs, layers.Dense(10)(layers.Flatten()(x)))


def batches(size):
    """Batches that leave no device empty: that would stop TensorFlow."""
    count = len(x_train) // size * size
    return data.batches(x_train[:count], y_train[:count], size)


def fit(strategy):
    with strategy.scope():
        model = small_net()
        model.compile(keras.optimizers.SGD(0.05), mean_loss, jit_compile=False)
    history = model.fit(batches(128), epochs=2, shuffle=False, verbose=0)
    return history.history["loss"], model.get_weights()


one_device, mirrored = tf.distribute.OneDeviceStrategy, tf.distribute.MirroredStrategy
strategies = {"one device": one_device(DEVICES[0]), "two devices": mirrored(DEVICES)}
fitted = {name: fit(strategy) for name, strategy in strategies.items()}
for name, (losses, _) in fitted.items():
    print(f"{name:12} losses of the epochs", "  ".join(f"{v:.6f}" for v in losses))
pairs = zip(*(weights for _, weights in fitted.values()), strict=True)
print(f"weights differ by at most {max(np.abs(a - b).max() for a, b in pairs):.0e}")

# %% [markdown]
# Equal, to rounding. Two logical devices on one processor are not faster; they are the
# same *computation*, which is what can be checked here.
#
# **By hand.** A training step of one's own has one trap. Gradients are *summed* over
# the devices. So each must divide its loss by the size of the whole batch, not of its
# part.

# %%
per_example = keras.losses.SparseCategoricalCrossentropy(True, reduction=None)


def train_by_hand(strategy, own_mean, rate=0.05, steps=40, size=128):
    """Trains with a custom loop; returns the loss of each step."""
    with strategy.scope():
        model, optimizer = small_net(), keras.optimizers.SGD(rate, momentum=0.9)
        optimizer.build(model.trainable_variables)

    def replica_step(x, y):
        with tf.GradientTape() as tape:
            losses = per_example(y, model(x, training=True))
            loss = tf.nn.compute_average_loss(losses, global_batch_size=size)
            scaled = tf.reduce_mean(losses) if own_mean else loss
        optimizer.apply(tape.gradient(scaled, model.trainable_variables))
        return loss

    @tf.function
    def step(x, y):
        return strategy.reduce("SUM", strategy.run(replica_step, (x, y)), axis=None)

    dealt = strategy.experimental_distribute_dataset(batches(size).repeat())
    return [float(step(*batch)) for batch, _ in zip(dealt, range(steps), strict=False)]


# %%
one, two = strategies.values()
curves = {
    "one device": train_by_hand(one, own_mean=False),
    "two devices, global mean": train_by_hand(two, own_mean=False),
    "two devices, each its own mean": train_by_hand(two, own_mean=True),
}
steps = np.arange(1, len(curves["one device"]) + 1)
plots.lines(
    steps,
    curves,
    title="A custom step, with and without the right scale",
    xlabel="step",
    ylabel="loss of the batch",
    styles={
        "one device": {"lw": 6, "alpha": 0.35, "marker": ""},
        "two devices, global mean": {"marker": ""},
    },
)
plt.show()

# %% [markdown]
# The pale line and the one on it are the same run on one and on two devices. The third
# takes each device's own mean: its steps are twice as long, silently. Here that is too
# long. With a hundred devices it would be a hundred times.

# %% [markdown]
# ## 4 · Two processes, and one of them dies
#
# Devices in several machines need several *processes*. `MultiWorkerMirroredStrategy`
# reads from the environment variable `TF_CONFIG` who the others are. Here are two
# workers, real processes that talk over the loopback. Worker 1 is killed in the middle.

# %% tags=["include"]
from layerwise.multiworker import make_step

# %%
if budget.level() == "smoke":
    print("no processes at this budget: each of them imports TensorFlow anew")
else:
    with tempfile.TemporaryDirectory() as folder:
        calm = multiworker.run(f"{folder}/calm", workers=2, epochs=4)
        multiworker.run(f"{folder}/killed", workers=2, epochs=4, kill=(1, 2))
        resumed = multiworker.run(f"{folder}/killed", workers=2, epochs=4)
    for name, reports in (("undisturbed", calm), ("resumed", resumed)):
        for worker, report in enumerate(reports):
            losses = "  ".join(f"{loss:.4f}" for loss in report["losses"])
            start = f"from epoch {report['initial_epoch']}"
            print(f"{name:12} worker {worker}, {start}: {losses}")
    gap = np.abs(np.subtract(calm[0]["weights"], resumed[0]["weights"])).max()
    print(f"weights in the end differ by at most {gap:.0e}")

# %% [markdown]
# The workers have the same losses in every epoch, since all have the same weights. A
# death stops everyone: nobody can add what does not come. Then both are started again
# and go on from what worker 0 had saved after the last whole epoch; the weights in the
# end are the same. Two things make that so. Worker 0 writes its file to the end before
# the file gets its name, so nobody ever loads half of it. And all wait until it has, so
# nobody is an epoch ahead of what is saved. (The loop in `layerwise.multiworker` is
# written by hand, because `fit` of Keras 3.15 refuses batches of several workers; with
# one process, `fit` and `keras.callbacks.BackupAndRestore` do it.)
#
# **The other way.** Under JAX, Keras brings its own: one line,
# `keras.distribution.set_distribution(keras.distribution.DataParallel())`, and `fit`
# divides each batch.

# %%
found = {n: jax_parallel.run(n) for n in budget.pick((), (1, 2), (1, 2))}
if not found:
    print("no processes at this budget: each of them imports JAX anew")
elif found[1] is None:
    print("JAX is not installed here: pip install jax")
else:
    for result in found.values():
        losses = "  ".join(f"{loss:.6f}" for loss in result["losses"])
        print(f"JAX, {result['devices']} device(s): {losses}")

# %% [markdown]
# ## 5 · Larger batches
#
# With n devices the batch is n times larger, and there are n times fewer steps. To get
# as far, each step must be longer. Goyal et al. (2017, arXiv:1706.02677) multiply the
# learning rate by n, and *warm up*: they begin with the small rate.
#
# > **Predict.** 8 devices, 8 times the batch, the same number of epochs. Which is
# > best after the last: the same rate, 8 times the rate, or 8 times with a warm-up?

# %% tags=["include"]
from layerwise.distributed import WarmUp

# %%
FACTOR, RATE = 8, 0.01
runs, small, large = {}, 32, 32 * FACTOR
per_epoch = NUM_TRAIN // large
plans = {
    f"batch {small}, rate {RATE}": (small, RATE),
    f"batch {large}, rate {RATE}": (large, RATE),
    f"batch {large}, rate {RATE * FACTOR:.2f}": (large, RATE * FACTOR),
    f"batch {large}, warm-up": (large, WarmUp(RATE, FACTOR, 2 * per_epoch)),
}
for name, (size, rate) in plans.items():
    model = small_net()
    model.compile(
        keras.optimizers.SGD(rate, momentum=0.9),
        mean_loss,
        metrics=["accuracy"],
        jit_compile=False,
    )
    history = model.fit(
        data.batches(x_train, y_train, size, shuffle=True),
        validation_data=data.batches(x_test, y_test, 500),
        epochs=EPOCHS,
        shuffle=False,
        verbose=0,
    )
    runs[name] = {"accuracy": [100 * v for v in history.history["val_accuracy"]]}

# %%
plots.training_curves(
    runs,
    "accuracy",
    title="The same epochs with 8 times the batch",
    ylabel="test images right (%)",
)
plt.show()
for name, run in runs.items():
    print(f"{name:22} {run['accuracy'][-1]:.1f} % after {EPOCHS} epochs")

# %% [markdown]
# With the same rate the large batch is far behind: it took few and short steps. A
# larger rate makes up for part of that. Whether the warm-up helps depends on how near
# the rate is to what the network bears at the start; it costs little. At the same
# number of *epochs* the small batch is hard to beat: part of the speed-up of many
# devices is spent on getting as far with fewer steps.

# %% [markdown]
# ## 6 · What a step costs
#
# A model with four numbers: seconds of computing, bytes of gradients, latency,
# bandwidth. Computing is divided by n. The ring is not.

# %% tags=["include"]
from layerwise.distributed import Cluster, amdahl, serial_part

# %%
n = np.arange(1, 257)
# Assumed, not measured: a step of 0.25 s, float32 gradients, latency of 20 µs.
megabytes = {"ResNet-50": 4 * 25.6, "AlexNet": 4 * 61.0}
figure, axes = plots.panels(3, width=3.9, height=3.8)
for color, (name, size) in zip(plots.PALETTE, megabytes.items(), strict=False):
    for line, gigabits in (("-", 100), ("--", 10)):
        cluster = Cluster(0.25, size * 1e6, 20e-6, gigabits * 1e9 / 8)
        label = f"{name}, {gigabits} Gbit/s"
        kinds = (cluster.speedup, cluster.throughput)
        for ax, kind in zip(axes, kinds, strict=False):
            ax.plot(n, [kind(int(m)) for m in n], line, color=color, label=label)
axes[0].set(title="One batch, shared", ylabel="speed-up", ylim=(0, 20))
axes[1].set(title="A batch for each device", ylim=(0, 130))
axes[1].legend(fontsize=9)
serial = serial_part(100, 56)
for share, color in ((0.001, plots.GREEN), (serial, plots.BLUE), (0.05, plots.ORANGE)):
    label = f"serial part {100 * share:.2f} %"
    axes[2].plot(n, amdahl(n, share), color=color, label=label)
axes[2].plot(100, 56, "o", color=plots.INK)
axes[2].annotate("56 on 100", (104, 50))
axes[2].set(title="Amdahl's law", ylim=(0, 130))
axes[2].legend(loc="upper left", fontsize=9)
for ax in axes:
    ax.plot(n, n, color=plots.GREY, lw=1)
    ax.set_xlabel("devices")
plt.show()

# %% [markdown]
# Thin grey is the ideal. On the left one batch of 0.25 s is shared: communication has a
# floor, two arrays through the wire, however many devices. A network with many weights,
# such as AlexNet, meets it first. In the middle each device brings a batch of its own,
# which is how large clusters are used, and what section 5 warns of. On the right,
# Amdahl's law: one number for all that cannot be divided.

# %% [markdown]
# ## 7 · What the slides claim, and what we measured

# %% tags=["headline"]
print(f"56 on 100 devices: efficiency {56 / 100:.0%}, serial part {serial:.2%}")
print(f"limit with that serial part: {1 / serial:.0f}, with any number of devices")
print(f"7 days / 56 = {7 * 24 / 56:.1f} hours")
print(f"65 hours * 56 = {65 * 56 / 24:.0f} days on one GPU")
spread = abs(fitted["one device"][0][-1] - fitted["two devices"][0][-1])
print(f"two devices instead of one: the loss differs by {spread:.0e}")

# %% [markdown]
# **"56 times faster with 100 GPUs."** *As announced:* D. Murray, *Announcing TensorFlow
# 0.8*, Google Research blog, 13 April 2016, for training Inception. It is an efficiency
# of 56 %. By Amdahl's law 0.79 % of the work was not divided, and with that share no
# number of GPUs gives more than 126.
#
# **"What took 7 days takes 3 hours."** *That is 168 / 56, arithmetic and no
# measurement.* The announcement itself speaks of training Inception to 78 % accuracy in
# less than 65 hours on 100 GPUs. If the factor of 56 held for all of it, one GPU would
# have needed five months.
#
# **"More GPUs, faster learning."** *More images a second.* Section 5: a larger batch
# needs other learning rates, and more epochs to get as far.
#
# **"TensorFlow and CNTK support many GPUs and machines."** *They did.* CNTK
# (Microsoft's Cognitive Toolkit) ended with version 2.7 in 2019; its repository's
# README says that this is the last main release, and points to ONNX. What remained of
# that idea is everywhere: a format for networks, and runtimes for it. Besides
# TensorFlow, JAX and PyTorch do what this chapter did.

# %% [markdown]
# ## Summary
#
# - The mean of the shards' gradients is the batch's gradient, unless a layer looks
#   across the batch.
# - A ring sends 2(n − 1)/n of the gradients from each device, for any n; the rounds
#   grow.
# - Sum the gradients, and divide each loss by the *global* batch size.
# - A worker's death stops all. Save the state, start again, and nothing is lost but the
#   epoch.
# - A speed-up needs its denominator: which batch, which accuracy, compared with what.
#
# **Your turn:** [hw07 ·
# Devices](../../../assignments/en/hw07_devices/hw07_devices.ipynb). You weigh unequal
# shards, sum in a butterfly, and train on several devices.
