# %% [markdown]
# # 07 · Many devices
#
# One batch, many devices, one gradient: we build data parallelism from arrays, run it
# in real processes, kill one of them, and measure what a second worker gains.
#
# **From the slides:** distributed learning; training as trial and error; TensorFlow and
# CNTK; 56 times faster with 100 GPUs; seven days that become three hours.
#
# **Time:** the next cell prints what recorded runs took. This chapter needs TensorFlow,
# which plays two devices on one processor; on a machine with GPUs the same code takes
# those. `LAYERWISE_SEED=1` repeats the experiments with other seeds.

# %%
import os
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer start-up messages

import contextlib
from dataclasses import dataclass
from functools import partial

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers

from layerwise import budget, data, distributed, multiworker, plots, training
from layerwise.multiworker import BATCH_SIZE, CHECKPOINT
from layerwise.report import Report

plots.use_style()
tf.get_logger().setLevel("ERROR")  # no account of each reduction
# One processor plays two devices. It must be said before TensorFlow computes.
with contextlib.suppress(RuntimeError):
    tf.config.set_logical_device_configuration(
        tf.config.list_physical_devices("CPU")[0],
        [tf.config.LogicalDeviceConfiguration() for _ in range(2)],
    )
gpus = [device.name for device in tf.config.list_logical_devices("GPU")]
DEVICES = gpus[:2] if len(gpus) > 1 else ["CPU:0", "CPU:1"]
SEEDS = budget.seeds(budget.pick(1, 3, 3))
SEED = SEEDS[0]
EPOCHS = budget.pick(1, 4, 10)
NUM_TRAIN = budget.pick(1024, 8192, 49_152)
report = Report("07_devices")
print(report.head())
print(f"devices {', '.join(DEVICES)}, {EPOCHS} epochs, seeds {list(SEEDS)}")

# %% [markdown]
# ## 1 · The question
#
# A hundred GPUs, and training became 56 times faster: that is on the slides. Is it
# much? Where are the other 44? We need to know what devices have to tell each other.
#
# The idea: every device has a copy of the network and takes a part of the batch. The
# loss is a mean over examples, and the gradient of a mean is the mean of the gradients.
#
# > **Predict.** (1) Is that so for *every* network, and for parts of every size?

# %%
(x_train, y_train), (x_test, y_test) = data.fashion_mnist(
    budget.pick("subset", "subset", "keras")
)
count = NUM_TRAIN + 1000
images, labels = x_train[:count] / np.float32(255), y_train[:count]
x_train, y_train = images[:NUM_TRAIN], labels[:NUM_TRAIN]
validation = images[NUM_TRAIN:], labels[NUM_TRAIN:]
x_test, y_test = x_test[:2000] / np.float32(255), y_test[:2000]
mean_loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def small_net(seed, extra=None):
    """A network of three layers, for one seed the same weights each time."""
    keras.utils.set_random_seed(seed)
    inputs = keras.Input((28, 28, 1))
    x = layers.Conv2D(8, 3, 2, activation="relu")(inputs)
    x = layers.Conv2D(16, 3, 2, activation="relu")(x)
    x = x if extra is None else extra()(x)
    return keras.Model(inputs, layers.Dense(10)(layers.Flatten()(x)))


def gradients(model, x, y):
    """All gradients of the mean loss, in one array."""

    def loss_fn():
        return mean_loss(y, model(x, training=True))

    found = training.gradients(loss_fn, model.trainable_variables)[1]
    return np.concatenate([np.ravel(g) for g in found])


def gap(seed, parts, weights, extra=None):
    """The mean of the parts' gradients against the gradient of the whole batch."""
    model = small_net(seed, extra)
    x, y = (array[64 * (seed % 15) :][:64] for array in (x_train, y_train))
    whole, ends = gradients(model, x, y), np.cumsum(parts)[:-1]
    pieces = zip(np.split(x, ends), np.split(y, ends), strict=True)
    mean = np.average([gradients(model, *piece) for piece in pieces], 0, weights)
    return np.abs(mean - whole).max() / np.abs(whole).max()


# %%
norm, dropout = layers.BatchNormalization, partial(layers.Dropout, 0.5)
halves, unequal = (32, 32), (48, 16)


def gaps(name, *options):
    return {name: [gap(seed, *options) for seed in SEEDS]}


report.within("equal", gaps("equal parts", halves, (1, 1)), 0, 1e-4)
report.within("unequal", gaps("unequal parts", unequal, (1, 1)), 0.01, np.inf)
report.within("weighted", gaps("unequal, weighted", unequal, unequal), 0, 1e-4)
report.within("dropout", gaps("dropout", halves, (1, 1), dropout), 0.01, np.inf)
report.within("norm", gaps("batch normalisation", halves, (1, 1), norm), 0.01, np.inf)

# %% [markdown]
# Each line has the largest difference of a number in the gradient, as a share of the
# largest number in it, for all seeds.
#
# **(1)** No. With equal parts the two agree to rounding. Parts of 48 and 16 images do
# not, since the plain mean gives an image of the small part three times the weight of
# another; weighted by their sizes they agree again. Dropout draws other numbers for
# each call, so the gradients agree on average only. With batch normalisation the
# network itself is another one: each device normalises by the mean and variance of
# *its* examples. That is no mistake in anyone's code; the statistics come from a
# smaller batch. Goyal et al. (2017, section 7 below) keep it so on purpose.

# %% [markdown]
# ## 2 · A ring
#
# All devices need the sum of all gradients. If each sends everything to one, that one
# is flooded: n − 1 times all numbers. In a ring each talks only to its neighbour, and
# sends a piece at a time.

# %% tags=["include"]
from layerwise.distributed import ring_all_reduce

# %%
numbers, rng = 840, np.random.default_rng(0)
for n in (2, 3, 4, 8, 20):
    values = [rng.normal(size=numbers) for _ in range(n)]
    results, sent = ring_all_reduce(values)
    assert all(np.allclose(result, sum(values)) for result in results)
    print(f"{n:2} devices: each sends {max(sent) / numbers:.3f} arrays;", end="")
    print(f" 2(n-1)/n = {2 * (n - 1) / n:.3f}")

# %%
n = np.arange(2, 65)
traffic = {
    "all to one: that one receives": n - 1.0,
    "butterfly: each device sends": np.ceil(np.log2(n)),
    "ring: each device sends": 2 * (n - 1) / n,
}
bare = {name: {"marker": ""} for name in traffic}
ax = plots.lines(n, traffic, log=True, styles=bare)
ax.set(title="Traffic of an all-reduce, in arrays", xlabel="devices")
plt.show()

# %% [markdown]
# A device in a ring never sends more than two arrays, however many devices there are.
# What grows is the number of rounds: 2(n − 1), each of which waits for a message. In a
# *butterfly*, devices exchange whole arrays with a partner at distance 1, 2, 4 and so
# on. For n = 2, 4, 8 … it takes log₂ n rounds only, and sends log₂ n arrays (the figure
# rounds up between). So a ring suits large arrays, and a butterfly small ones.

# %% [markdown]
# ## 3 · MirroredStrategy
#
# TensorFlow does all this behind `tf.distribute`. What is made in the strategy's scope
# is copied to each device; `fit` does the rest. The same network, images and order, on
# one device and on two:


# %%
def batches(size=128):
    """Batches that leave no device empty: that would stop TensorFlow."""
    count = len(x_train) // size * size
    return data.batches(x_train[:count], y_train[:count], size)


def fit(strategy, seed):
    with strategy.scope():
        model = small_net(seed)
        model.compile(keras.optimizers.SGD(0.02), mean_loss, jit_compile=False)
        model.optimizer.build(model.trainable_variables)
    history = model.fit(batches(), epochs=2, shuffle=False, verbose=0)
    return history.history["loss"]


def apart(first, second):
    """The largest difference of the first five numbers of each run."""
    pairs = zip(first, second, strict=True)
    return [np.abs(np.subtract(a[:5], b[:5])).max() for a, b in pairs]


one = tf.distribute.OneDeviceStrategy(DEVICES[0])
two = tf.distribute.MirroredStrategy(DEVICES)
fitted = [[fit(strategy, seed) for seed in SEEDS] for strategy in (one, two)]
print("losses of two epochs, for each seed\n", np.round(fitted, 6))
report.within("two devices", {"losses, largest difference": apart(*fitted)}, 0, 1e-3)

# %% [markdown]
# Equal, to rounding. How fast two logical devices on one processor are says nothing
# about two real ones. That they do the same *computation* can be checked here.
#
# **By hand.** A training step of one's own has one trap. Gradients are *summed* over
# the devices. So each must divide its loss by the size of the whole batch, not of its
# part.
#
# > **Predict.** (2) Two devices each take the mean over *their* part of the batch, and
# > the gradients are summed. Which run on one device gives the same curve?

# %%
per_example = keras.losses.SparseCategoricalCrossentropy(True, reduction=None)


def by_hand(strategy, seed, rate=0.02, own_mean=False, extra=None, size=128):
    """Trains for 40 steps with a custom loop; returns the loss of each step."""
    with strategy.scope():
        model = small_net(seed, extra)
        optimizer = keras.optimizers.SGD(rate, momentum=0.9)
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

    dealt = strategy.experimental_distribute_dataset(batches(size).repeat().take(40))
    return [float(step(*batch)) for batch in dealt]


# %%
def by_seed(strategy, **options):
    return [by_hand(strategy, seed, **options) for seed in SEEDS]


curves = {
    "one device, rate 0.02": by_seed(one),
    "two devices, global mean": by_seed(two),
    "one device, rate 0.04": by_seed(one, rate=0.04),
    "two devices, each its own mean": by_seed(two, own_mean=True),
}
colors = zip(curves, [plots.BLUE] * 2 + [plots.VERMILION] * 2, strict=True)
styles = {name: {"color": c, "marker": "", "alpha": 0.6} for name, c in colors}
for name in list(curves)[::2]:
    styles[name] |= {"lw": 8, "alpha": 0.35}
shown = {name: runs[0] for name, runs in curves.items()}
ax = plots.lines(range(1, 41), shown, styles=styles)
ax.set(title="A custom step, with and without the right scale")
ax.set(xlabel="step", ylabel="loss of the batch")
plt.show()

single, whole, double, own = curves.values()
report.within("global mean", {"one and two devices": apart(single, whole)}, 0, 1e-3)
report.within("own mean", {"own mean, rate 0.04": apart(double, own)}, 0, 1e-3)
report.within("two rates", {"0.04 and 0.02": apart(single, double)}, 1e-4, np.inf)
last = np.nan_to_num([run[-1] for run in by_seed(one, rate=2.0)], nan=1e9, posinf=1e9)
report.within("rate times 100", {"loss at the rate 2": last}, 2.2, np.inf)

# %% [markdown]
# The first three lines have the largest difference of a loss in the first five steps,
# for all seeds. (Rounding differs between one device and two, and the steep parts of
# the curves enlarge it: after forty steps it can reach the second decimal.)
#
# **(2)** The run with twice the rate. Each pale line is a run on one device, and the
# thin line on it is the same run on two. "Each its own mean" makes every gradient twice
# as large, and for this optimizer that *is* the rate 0.04: no error, no warning. With
# two devices one may not notice. With a hundred the rate is a hundred times larger: the
# last line has the loss after 40 steps at the rate 2, where guessing gives ln 10 = 2.3.
# (Adam divides each gradient by its size, so it would nearly hide the mistake.)
#
# **Batch normalisation again.** Section 1 predicts that two devices no longer train the
# network of one. `synchronized=True` lets the devices share mean and variance; Keras
# has it on TensorFlow only, and refuses it elsewhere.

# %%
synchronized = partial(layers.BatchNormalization, synchronized=True)
single = by_seed(one, extra=norm)
own = apart(single, by_seed(two, extra=norm))
shared = apart(single, by_seed(two, extra=synchronized))
report.within("own statistics", {"each its own statistics": own}, 0.001, np.inf)
report.within("synchronized", {"synchronized": shared}, 0, 1e-4)

# %% [markdown]
# The numbers are differences of a loss, as above. Synchronized, two devices do what one
# does, at the price of further messages in each normalisation.

# %% [markdown]
# ## 4 · Two processes, and one of them dies
#
# Devices in several machines need several *processes*. `MultiWorkerMirroredStrategy`
# reads from the environment variable `TF_CONFIG` who the others are. Here are two
# workers, real processes that talk over the loopback. Worker 1 is killed when its third
# epoch begins; worker 0 lives on. Then both are started again.
#
# > **Predict.** (3) What does worker 0 do when worker 1 is gone? (4) Each worker could
# > save its own state after each epoch. Why might the two then not be able to go on?

# %% tags=["include"]
from layerwise.multiworker import make_step, save

# %%
PROCESSES = budget.level() != "smoke"  # each of them imports TensorFlow anew
if PROCESSES:
    with tempfile.TemporaryDirectory() as folder:
        killed = multiworker.run(folder, epochs=4, kill=(1, 2), seed=SEED)
        resumed = multiworker.run(folder, epochs=4, seed=SEED)
    alone = multiworker.alone(epochs=4, seed=SEED)
    multiworker.show(killed=killed, resumed=resumed, alone=[alone])
    away = [np.abs(np.subtract(alone["weights"], resumed[0]["weights"])).max()]
    print(f"weights, resumed against undisturbed: {away[0]:.0e} apart at most")
    report.within("resumed", {"resumed against undisturbed": away}, 0, 1e-3)
    starts = [found["initial_epoch"] for found in resumed]
    report.within("one step", {"first epoch of each worker": starts}, 2, 2)

# %% [markdown]
# Both workers print the same losses in every epoch, since both have the same weights.
#
# **(3)** Worker 0 cannot go on: in its next step it waits for a gradient that does not
# come. After some seconds TensorFlow gives worker 1 up and the step of worker 0 fails
# with the error that is printed. So one death stops all here, where every step needs
# all, and the way out is to start everybody again from what was saved. (Where no worker
# waits for another, the others go on: Dean et al. 2012, *Large Scale Distributed Deep
# Networks*, section 4.1.)
#
# **(4)** If each saves its own state, a death between the two savings leaves two
# *different* epochs, and a death within one leaves half a file. (An earlier version of
# this chapter did that. 6 of about 20 runs failed, in these two ways.) **A distributed
# checkpoint must be of one step.** Three rules make it so:
#
# - One worker, the chief, saves; all load that file.
# - It writes under a temporary name and renames the file when it is whole. A file
#   system that follows POSIX replaces a name in one go, so nobody finds half a file.
#   (That helps against a killed process. Against a power cut the file must be synced.)
# - All wait for each other after the saving (a *barrier*). Nobody begins an epoch that
#   could be lost together with the one before.
#
# All weights here are on every worker, so one can save them. Where each holds a part of
# the weights, each saves its part, and the checkpoint counts when all parts of one step
# are there. The loop in `layerwise.multiworker` is written by hand, because `fit` of
# Keras 3.15 refuses batches of several workers (keras-team/keras, issue 20585). With
# one process, `fit` with `keras.callbacks.BackupAndRestore` saves and resumes.
#
# **The other way.** Under JAX, Keras brings its own: one line,
# `keras.distribution.set_distribution(keras.distribution.DataParallel())`, and `fit`
# divides each batch.
#
# > **Predict.** (5) Is batch normalisation on two devices another network there, too?

# %%
from layerwise import jax_parallel

found = jax_parallel.run(2, seed=SEED) if PROCESSES else None
if found:  # and JAX is installed
    for name, losses in found[1].items():
        print(f"JAX, {name:20} one device  {np.round(losses, 6)}")
        print(f"{'':25} two devices {np.round(found[2][name], 6)}")
    plain, normal = (apart([found[1][name]], [found[2][name]]) for name in found[1])
    report.within("JAX", {"JAX, losses": plain}, 0, 1e-3)
    report.within("JAX, norm", {"JAX, losses, normalisation": normal}, 0, 1e-3)

# %% [markdown]
# **(5)** No. The losses agree, with batch normalisation too. A program for
# `tf.distribute` says what *one replica* does with its part. A program for JAX says
# what is done with the *whole* batch, and the compiler finds out what must be sent; a
# mean over the batch is then the mean over all devices.

# %% [markdown]
# ## 5 · What a step costs
#
# A model with four numbers: seconds of computing, bytes of gradients, latency,
# bandwidth. Computing is divided by n. The ring is not.

# %% tags=["include"]
from layerwise.distributed import Cluster, amdahl, serial_part

# %%
n = np.arange(1, 257)
# Assumed, not measured: a step of 0.25 s, float32 gradients, latency of 20 µs.
megabytes = {"ResNet-50": 4 * 25.6, "AlexNet": 4 * 61.0}
figure, axes = plots.panels(2, width=5.0, height=3.8)
for color, (name, size) in zip(plots.PALETTE, megabytes.items(), strict=False):
    for line, gigabits in (("-", 100), ("--", 10)):
        cluster = Cluster(0.25, size * 1e6, 20e-6, gigabits * 1e9 / 8)
        label = f"{name}, {gigabits} Gbit/s"
        kinds = cluster.speedup, cluster.throughput
        found = [[kind(int(m)) for m in n] for kind in kinds]
        for ax, values in zip(axes, found, strict=True):
            ax.plot(n, values, line, color=color, label=label)
        print(f"{label:22} one batch, shared: fastest with {n[np.argmax(found[0])]}")
axes[0].set(title="One batch, shared: speed-up", xlabel="devices", ylim=(0, 20))
axes[1].set(title="A batch for each device", xlabel="devices", ylim=(0, 130))
axes[1].legend(fontsize=9)
for ax in axes:
    ax.plot(n, n, color=plots.GREY, lw=1)
plt.show()

# %% [markdown]
# Thin grey is the ideal. On the left one batch of 0.25 s is shared. Communication has a
# floor there: nearly two arrays through the wire, however many devices. A network with
# many weights, such as AlexNet, meets it first; with 10 Gbit/s no number of devices is
# faster than one. The other curves *fall* after the printed numbers of devices: each
# further device adds two rounds, and each round has its latency. On the right each
# device brings a batch of its own. What is computed grows with the devices, and what
# each of them sends does not.
#
# **What the model leaves out: overlap.** It computes first and sends afterwards. But
# the backward pass begins at the last layer, and the gradients of that layer are ready
# while all others are still to be computed. PyTorch's `DistributedDataParallel` (Li et
# al., 2020, arXiv:2006.15704) and Horovod (Sergeev and Del Balso, 2018,
# arXiv:1802.05799) send them at once, while the processor goes on.
#
# > **Predict.** (6) A backward pass of 0.17 s, in AlexNet and in ResNet-50, and a wire
# > of 10 Gbit/s. The gradients of a layer are sent as soon as they are there. How much
# > of the sending is not hidden behind the pass?

# %% tags=["include"]
from layerwise.distributed import overlapped

# %%
from layerwise.models import alexnet, resnet

BACKWARD, BANDWIDTH = 0.25 * 2 / 3, 10e9 / 8  # two thirds of 0.25 s; 10 Gbit/s
makers = {"AlexNet": alexnet.alexnet, "ResNet-50": lambda: resnet.resnet(50)}
for name in budget.pick(("AlexNet",), makers, makers):
    # Shapes are enough to count: in this scope no weight is drawn.
    with keras.StatelessScope(initialize_variables=False):
        model = makers[name]()
    work, wire = distributed.backward_pass(model, BACKWARD, BANDWIDTH)
    early = wire[work.cumsum() < BACKWARD / 2].sum() / wire.sum()
    end = overlapped(work, wire)
    print(f"{name:9} {early:4.0%} of the bytes are ready in the first half of the pass")
    print(f"    compute {BACKWARD:.3f} s, then send {wire.sum():.3f} s:", end="")
    print(f" {BACKWARD + wire.sum():.3f} s; overlapped {end:.3f} s")

# %% [markdown]
# **(6)** Compare the two sums with the longer of their parts. Overlapped, computing and
# sending together take hardly longer than the longer of the two. In both networks most
# weights are in the last layers, whose gradients are ready early. For ResNet-50 at this
# bandwidth the pass hides nearly all of the sending. AlexNet has more than twice as
# much to send: there the sending hides the pass, and the rest remains. So the model
# above is too pessimistic for a library that overlaps, by one backward pass at most.
# The floor itself stays: overlapped or not, no step is shorter than its sending.
# (Many layers have small gradients, and each message has its latency. Both libraries
# therefore collect gradients into larger messages, called *buckets* in PyTorch.)

# %% [markdown]
# ## 6 · Measured: what does a second worker gain?
#
# The model predicts; now we measure. Two worker processes on this machine, one core for
# each, train a dense network of 7.5 MB over the loopback. Worker 0 takes a whole batch
# alone, then the two share it, in turn. The wire is measured apart: how long does it
# take to sum an array of 1 MiB over the two, and one of 8 MiB? Latency and bandwidth of
# the model follow from these two times.
#
# > **Predict.** (7) The gradients have the same 7.5 MB for any batch. A batch of 64
# > images, of 512, of 4096: where is the second worker worth most? Is it worth anything
# > with 64?

# %%
from layerwise import second_worker

SIZES = (64, 512, 4096)
gained = predicted = np.ones(0)
if PROCESSES:
    times = second_worker.measure(SIZES)
    gained, predicted = second_worker.speedups(times, SIZES)
    sums = second_worker.cluster(times, 0).bandwidth / 1e9
    plain = second_worker.socket_bandwidth() / 1e9
    print(f"a sum goes at {sums:.2f} GB/s, plain bytes at {plain:.2f} GB/s")
    report.within("copies", {"socket by sum": [plain / sums]}, 1.2, np.inf)
    both = {"measured": gained, "predicted": predicted}
    ax = plots.lines(range(3), both, title="Two workers instead of one: speed-up")
    ax.axhline(1, color=plots.GREY, lw=1)
    ax.set(xlabel="images in the batch", ylim=(0, 2.1))
    ax.set_xticks(range(3), SIZES)
    plt.show()

# %%
pair = {"speed-up with 64 images": gained[:1], "with 4096": gained[-1:]}
report.compare("speed-up", pair, says="lower", unit="times", digits=2)
report.within("small batch, two workers", {"speed-up with 64": gained[:1]}, 0, 1)
report.within("large batch, two workers", {"speed-up with 4096": gained[-1:]}, 1, 2)
report.within("model", {"measured by predicted": gained / predicted}, 0.5, 1.5)

# %% [markdown]
# **(7)** With 4096 images it is worth most: 1.7 times in three recorded runs. With 64
# there is little to compute and as much to send: the second worker makes each step
# *slower* (0.3 times). What counts is how much is computed for each byte that is sent.
# The model has nothing fitted to the steps of two workers; what was measured is 0.76 to
# 1.04 of what it predicts. Its bandwidth is that of a *sum*, which is less than that of
# a plain socket. A sum must also pack, unpack and add the arrays; we did not time these
# apart. The bandwidth on the label of a wire is an upper bound.
#
# What these numbers are worth: two processes on two cores, one machine, one kind of
# network. They count *processor* time: what a step takes where each worker has a core
# of its own and never waits. The last column is by the clock. It is lower where a
# worker waits for the other, and where a machine that does other things has no two free
# cores. So the speed-up in the figure is the most that can be had here.

# %% [markdown]
# ## 7 · Larger batches
#
# Each device brings its own batch: then with n devices the batch is n times larger, and
# an epoch has n times fewer steps. To get as far, each step must be longer. Goyal et
# al. (2017, arXiv:1706.02677, section 2) multiply the learning rate by n, the *linear
# scaling rule*, and *warm up*: they begin with the small rate. They used 8192 images
# in a batch and lost no accuracy on ImageNet.
#
# > **Predict.** (8) 8 devices, 8 times the batch, the same number of epochs: is the
# > best rate 8 times as large? (9) With its own best rate, does the large batch get as
# > far as the small one? And with four times the epochs?

# %% tags=["include"]
from layerwise.distributed import WarmUp

# %%
SMALL, LARGE, FACTOR = 32, 256, 8
RATES = 0.005 * 2.0 ** np.arange(7)[:: budget.pick(3, 1, 1)]


def train(size, rate, seed, epochs=EPOCHS):
    """Trains the small network; validation and test images right, in per cent."""
    model = small_net(seed)
    optimizer = keras.optimizers.SGD(rate, momentum=0.9)
    model.compile(optimizer, mean_loss, metrics=["accuracy"], jit_compile=False)
    training.fit(model, x_train, y_train, epochs, seed, batch_size=size)
    held_out = validation, (x_test, y_test)
    return [100 * model.evaluate(*pair, 500, verbose=0)[1] for pair in held_out]


def trained(*plan):
    return np.array([train(*plan[:2], seed, *plan[2:]) for seed in SEEDS])


small = {rate: trained(SMALL, rate) for rate in RATES[1:5]}
large = {rate: trained(LARGE, rate) for rate in RATES}


def best(found):
    return max(found, key=lambda rate: found[rate][:, 0].mean())  # validation


# %%
figure, axes = plots.panels(1, width=6.5, height=3.8)
for size, found, color in ((SMALL, small, plots.BLUE), (LARGE, large, plots.ORANGE)):
    name, right = f"batch {size}", [runs[:, 0] for runs in found.values()]
    look = {name: {"color": color}}
    plots.bands(list(found), {name: np.transpose(right)}, axes[0], styles=look)
axes[0].set(title="Validation images right, by learning rate (%)", xlabel="rate")
axes[0].set(xscale="log", ylim=(60, 86))
plt.show()
rate, large_rate = best(small), best(large)
print(f"best rates: {rate:.3f} for batch {SMALL}, {large_rate:.3f} for batch {LARGE}")
report.within("best rates", {"ratio of the best rates": [large_rate / rate]}, 0.9, 4.1)

# %%
warm = WarmUp(rate, FACTOR, 2 * NUM_TRAIN // LARGE)  # over two epochs
tests = {
    "small, best rate": small[rate],
    "large, best rate": large[large_rate],
    "large, 4 times the epochs": trained(LARGE, large_rate, 4 * EPOCHS),
    "large, lowest rate": large[RATES[0]],
    "large, 8 times the lowest": large[FACTOR * RATES[0]],
    "large, 8 times the best of small": large[min(FACTOR * rate, RATES[-1])],
    "the same with warm-up": trained(LARGE, warm),
}


def arms(*names):
    return {name: tests[name][:, 1] for name in names}


base, own, longer, lowest, eightfold, scaled, warmed = tests
report.compare("from a low rate", arms(eightfold, lowest), says="higher")
report.compare("from the best rate", arms(scaled, own), says="not higher")
report.compare("warm-up", arms(warmed, scaled), says="not lower")
report.compare("large batch", arms(own, base), says="not higher")
report.compare("more epochs", arms(longer, base), says="not lower")

# %% [markdown]
# **(8)** Not in these few epochs. The large batch's best rate was 1, 2 and 1 times that
# of the small batch in three recorded runs, and 4 times with `LAYERWISE_SEED=5`:
# neighbours on the grid differ by less than the seeds do. From the lowest rate, eight
# times the rate brings the large batch a long way. (The rule promises more: the result
# of the small batch at the lowest rate. That is not measured here.) But both curves
# fall at their upper end, where training becomes unstable. The best rate of the small
# batch is not far from that end. Eight times that rate is no better here than the large
# batch's own best rate, and in four of nine recorded trainings nothing was learned with
# it (10 %). A warm-up made it no worse; whether it helps differs from seed to seed. So
# the rule has a range. Where the rate of one device is far below its end, eight times
# the rate is a first guess; then choose the rate on validation images.
#
# **(9)** With the same epochs it is not ahead of the small batch, and with most seeds
# some points behind: it took an eighth of the steps. With four times the epochs it gets
# as far. So of the eight times that eight devices could gain, at least two remain here.
# How far a larger batch saves steps differs much between tasks: Shallue et al. (2018,
# arXiv:1811.03600, abstract) measured it for 35 of them, and found no evidence that
# larger batches harm the result where rates are tuned for each size.
#
# (Rates are chosen by the mean of the seeds on 1000 validation images, which is right
# to about a point; curves are flat near the top, and the best of two neighbours is
# chance.)

# %% [markdown]
# ## 8 · 56 of 100
#
# 56 times faster with 100 devices is an efficiency of 56 %. Where are the other 44?
#
# *Amdahl's law* (1967) divides one job among n devices, and a part of it cannot be
# divided. *Communication* is another answer: each device brings a batch of its own, and
# each step lasts longer by the time of its messages.
#
# > **Predict.** (10) How large must the part that is not divided be for 56 of 100? How
# > large the cost of communication, as a share of a step? What do the two say about
# > 1000 devices?

# %%
serial, share = serial_part(100, 56), distributed.communication_share(100, 56)
n = np.arange(1, 401)
laws = {
    f"Amdahl: {serial:.2%} is not divided": amdahl(n, serial),
    f"each step longer by {share:.0%}": n / (1 + share),
    "ideal": n,
}
bare = {name: {"marker": ""} for name in laws}
ax = plots.lines(n, laws, title="Two models that give 56 on 100", styles=bare)
ax.plot(100, 56, "o", color=plots.INK)
ax.set(xlabel="devices", ylabel="speed-up", ylim=(0, 250))
plt.show()
for m in (10, 100, 1000):
    print(f"{m:4} devices: {amdahl(m, serial):5.1f} and {m / (1 + share):5.1f}")

# %% [markdown]
# **(10)** 0.79 % of the work in the one model, and 79 % of a step in the other: the
# printed lines show that they agree at 100 devices and nowhere else. Amdahl's law ends
# at 126 times, with any number of devices. The other has no limit. So one measured
# point does not say where the rest is lost. A second one, with 10 devices, would tell
# 9.3 from 5.6.
#
# The training code that was published with the announcement is of the second kind: each
# worker takes a batch of its own, and the weights lie on *parameter servers*, to which
# all send their gradients (README of `inception` in tensorflow/models). There was no
# ring. If someone insists on Amdahl's law, the number is 0.79 %. A year later Goyal et
# al. (2017, abstract) report an efficiency of about 90 % from 8 to 256 GPUs.

# %% tags=["headline"]
print(f"56 on 100: serial part {serial:.2%}, at most {1 / serial:.0f} times faster;")
print(f"    or communication of {share:.1%} of a step, and no limit")
print(f"7 days / 56 = {7 * 24 / 56:.1f} hours; 65 hours * 56 = {65 * 56 / 24:.0f} days")

# %% [markdown]
# ## 9 · What the slides claim, and what we measured

# %%
report.table()

# %% [markdown]
# ## Summary
#
# - The mean of the gradients of equal parts is the gradient of the batch, unless a
#   layer looks across the batch (batch normalisation) or draws random numbers.
# - A ring sends 2(n − 1)/n arrays from each device. The number of rounds grows with n.
# - Gradients are summed: divide each loss by the *global* batch size. Otherwise the
#   learning rate is n times larger, without an error.
# - Where every step needs all workers, the death of one stops all. A distributed
#   checkpoint must be of one step: one worker saves, under a temporary name, and all
#   wait until it has.
# - A second worker pays where enough is computed for each byte that is sent.
# - Say what a speed-up is compared with: which batch, which accuracy, which baseline.
#
# **Your turn:** [hw07 ·
# Devices](../../../assignments/en/hw07_devices/hw07_devices.ipynb). You weigh unequal
# shards, sum in a butterfly, and train on several devices.
