# %% [markdown]
# # 03 · GoogLeNet: width, and what it costs
#
# Instead of choosing one kernel size for a layer, take several side by side; then make
# that affordable with a convolution that looks at a single pixel.
#
# **From the slides:** GoogLeNet and its width; the inception structure, filters of
# several sizes and a pooling whose results are joined; the many 1×1 convolutions, which
# reduce the channels, and with them parameters and time; first place in 2014, before
# VGG.
#
# **Time:** the next cell prints what recorded runs took. `LAYERWISE_BUDGET=full` trains
# on all of Fashion-MNIST, and wants a GPU. `LAYERWISE_SEED=1` repeats the trainings
# with other seeds.

# %%
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer start-up messages

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

from layerwise import budget, checks, data, diagrams, plots
from layerwise.costs import depth, layer_costs, total
from layerwise.models.alexnet import LocalResponseNormalization
from layerwise.models.googlenet import (
    INCEPTION,
    SMALLEST_SIDE,
    small_inception,
    small_plain,
)
from layerwise.report import Report
from layerwise.training import EpochTimes

plots.use_style()
SEEDS = budget.seeds(budget.pick(1, 3, 5))
EPOCHS = budget.pick(1, 3, 30)
NUM_TRAIN, NUM_TEST = budget.pick((256, 200), (5_000, 2_000), (60_000, 10_000))
report = Report("03_googlenet")
print(report.head())
print(f"seeds {list(SEEDS)}, {EPOCHS} epochs")

# %% [markdown]
# ## 1 · The question
#
# VGG has one answer to "how large should a kernel be?": 3×3, always, and more of them.
# But the things in a picture come in all sizes. A face in the foreground and one in the
# crowd want different windows, at the same depth.
#
# So do not choose. Let a layer look through a 1×1, a 3×3 and a 5×5 window at once, add
# a pooling, and lay all the results on top of each other, channel by channel. The
# network becomes *wide*, and the next layer picks what it can use.
#
# Who pays for that?

# %% [markdown]
# ## 2 · The naive block
#
# **One convolution**, padded so that height and width stay, and ReLU. (`norm` adds
# batch normalisation. It is younger than GoogLeNet; we need it for the short trainings
# of section 7.)
#
# **Four branches side by side**, all of one height and width, so that their channels
# can be concatenated.

# %% tags=["include"]
from layerwise.models.googlenet import conv, naive_block

# %%
# What GoogLeNet's first block is given, and how many filters of each size it has.
MAPS, THREE_SIZES = (28, 28, 192), (64, 128, 32)
naive = checks.as_model(naive_block, MAPS, filters=THREE_SIZES, name="naive")
print("in", naive.input_shape, " out", naive.output_shape)
for cost in layer_costs(naive):
    if cost.kind in ("Conv2D", "MaxPooling2D"):
        print(f"{cost.kind:13} {cost.output_shape[-1]:4} channels", end="")
        print(f"{cost.parameters:9,} weights {cost.multiply_adds / 1e6:6.1f} M")

# %% [markdown]
# "M" stands for a million multiply-adds for one image: multiplications that are each
# followed by an addition. Two things are worth a look. The 32 filters of 5×5 cost more
# than two thirds of what 128 of 3×3 cost. And the pooling has no filters at all,
# computes next to nothing, and hands on every channel that it got.
#
# > **Predict.** (1) The block turns 192 channels into 416. Put a second one behind it,
# > and a third and a fourth, each with the same filters. How fast does the cost grow?

# %%
x = inputs = keras.Input(MAPS)
for index in range(4):
    x = naive_block(x, THREE_SIZES, name=f"naive_{index + 1}")
stack = layer_costs(keras.Model(inputs, x))
for index in range(4):
    own = [cost for cost in stack if cost.name.startswith(f"naive_{index + 1}_")]
    weights, multiply_adds = total(own)
    print(f"block {index + 1}: {weights:10,} weights {multiply_adds / 1e6:8.1f} M")

# %% [markdown]
# Each block hands all its input on and adds 224 channels of its own, and every kernel
# of the next block reaches through all of them. **(1)** So each block costs the same
# amount more than the one before: linear in the number of the block, and the whole
# stack grows with the square of its depth. The paper calls this "a computational blow
# up within a few stages".

# %% [markdown]
# ## 3 · The 1×1 convolution
#
# A window of one pixel sees no pattern. What is it good for? Lin, Chen and Yan (2013,
# *Network in Network*, arXiv:1312.4400) put small dense networks behind each
# convolution, run at every pixel, which is what 1×1 convolutions compute. The mean over
# each channel in place of dense layers is theirs, too. GoogLeNet builds on both.
#
# > **Predict.** (2) Take a dense layer that turns 192 numbers into 32 and run it on the
# > 192 channels of each pixel, the same layer everywhere. How does the result differ
# > from a 1×1 convolution with 32 filters?

# %%
rng = np.random.default_rng(0)
maps = rng.normal(size=(2, *MAPS)).astype("float32")
pointwise, per_pixel = layers.Conv2D(32, 1), layers.Dense(32)
pointwise.build(maps.shape)
per_pixel.build((None, MAPS[-1]))
kernel, bias = pointwise.get_weights()  # (1, 1, 192, 32) and (32,)
per_pixel.set_weights([kernel[0, 0], bias])

pixels = maps.reshape(-1, MAPS[-1])  # (2 · 28 · 28, 192): one row for each pixel
convolved = ops.convert_to_numpy(pointwise(maps))
by_pixel = ops.convert_to_numpy(per_pixel(pixels)).reshape(convolved.shape)
difference = np.abs(convolved - by_pixel).max()
print(f"largest number {np.abs(convolved).max():.2f}, difference {difference:.1e}")

# %%
touched = maps.copy()
touched[:, 9, 14] += 1  # one pixel
changed = ops.convert_to_numpy(pointwise(touched)) != convolved
places = sorted({(int(row), int(column)) for _, row, column, _ in np.argwhere(changed)})
print("one pixel touched, output changed at (row, column)", places)

# %% [markdown]
# **(2)** It does not differ, up to rounding: a 1×1 convolution *is* a dense layer, run
# at every pixel, and nothing leaks to the neighbours. It mixes channels. Two uses and a
# price:
#
# - **fewer channels:** 192 in, 32 out, a summary of the channels that training chooses;
# - **more depth:** with the ReLU behind it, it is one more non-linear layer;
# - **a price:** without a ReLU between them, a 1×1 and a 3×3 convolution would be one
#   3×3 convolution of low rank. You merge them in the assignment.

# %% [markdown]
# ## 4 · The block with reductions
#
# Put a 1×1 convolution in front of the dear kernels, so that they reach through 96 or
# 16 channels instead of 192. Put one behind the pooling, so that it cannot pile up.

# %% tags=["include"]
from layerwise.models.googlenet import inception_block

# %%
reduced = checks.as_model(
    inception_block, MAPS, filters=INCEPTION["3a"], name="reduced"
)
diagrams.draw(
    {"Naive": naive, "With 1×1 reductions": reduced}, place=(0.9, 0.55), fontsize=10
)
plt.show()

# %% [markdown]
# The diagram is drawn from the two models. Boxes show kernel size and filters; the
# coloured bar is the concatenated output, and each branch's part is as tall as its
# share of the channels. In the naive block the largest share is the pooling's, which
# is the input once more.
#
# > **Predict.** (3) The block on the right has two more convolutions before the dear
# > ones, and one behind the pooling. What share of the naive block's multiply-adds does
# > it need?

# %%
BRANCHES = {
    "1×1": ("1x1",),
    "3×3": ("3x3_reduce", "3x3"),
    "5×5": ("5x5_reduce", "5x5"),
    "pooling": ("pool",),
}


def branch_costs(model):
    """Returns the multiply-adds of each branch, in millions: reductions, the rest."""
    found = {cost.name.partition("_")[2]: cost for cost in layer_costs(model)}
    million = {name: cost.multiply_adds / 1e6 for name, cost in found.items()}
    return {
        branch: (million.get(parts[0], 0) * (len(parts) > 1), million.get(parts[-1], 0))
        for branch, parts in BRANCHES.items()
    }


figure, axes = plots.panels(2, width=4.6, height=2.9, sharey=True)
for ax, model, title in zip(
    axes, (naive, reduced), ("Naive", "With 1×1 reductions"), strict=True
):
    costs = branch_costs(model)
    weights, multiply_adds = total(layer_costs(model))
    first, rest = zip(*costs.values(), strict=True)
    ax.barh(list(costs), rest, left=first, color=plots.BLUE, label="the branch itself")
    ax.barh(list(costs), first, color=plots.ORANGE, label="1×1 reduction before it")
    for row, cost in enumerate(map(sum, costs.values())):
        ax.text(cost + 3, row, f"{cost:.0f}", va="center", fontsize=10)
    ax.set(title=f"{title}: {multiply_adds / 1e6:.0f} million in all", xlim=(0, 205))
    ax.set_xlabel("million multiply-adds for one image")
    ax.grid(visible=False, axis="y")
axes[0].invert_yaxis()  # shared: the first branch on top
axes[1].legend(loc="lower right")
plt.show()

weights_naive, cost_naive = total(layer_costs(naive))
weights_reduced, cost_reduced = total(layer_costs(reduced))
print(f"weights       {weights_naive:9,} -> {weights_reduced:9,}")
print(f"multiply-adds {cost_naive / 1e6:7.1f} M -> {cost_reduced / 1e6:7.1f} M", end="")
print(f", {cost_naive / cost_reduced:.2f} times fewer")

# %% [markdown]
# **(3)** Less than half. The 5×5 branch shrinks most: it is reduced to 16 channels, and
# its kernel is the largest. The 3×3 branch gains far less, because 96 channels are half
# of 192 and the reduction itself has to be paid. The pooling, which was free, now costs
# its 1×1.

# %% [markdown]
# ## 5 · Fewer multiply-adds, and how much less time?
#
# The slides promise speed. Multiplications are not seconds, so measure the time: one
# batch through each block, and through single convolutions, several times.


# %%
timed = {"naive block": naive, "reduced block": reduced}
for kernel_size, channels, filters in ((1, 192, 96), (3, 96, 128), (3, 192, 128)):
    name = f"{kernel_size}×{kernel_size}, {channels} -> {filters}"
    shape = (*MAPS[:2], channels)
    timed[name] = checks.as_model(conv, shape, filters=filters, kernel_size=kernel_size)
for channels in (16, 192):
    timed[f"5×5, {channels} -> 32"] = checks.as_model(
        conv, (*MAPS[:2], channels), filters=32, kernel_size=5
    )


def milliseconds(models, repeats):
    """Returns for each model the times of batches of 8."""
    times = {name: [] for name in models}
    for _ in range(repeats + 1):
        for name, model in models.items():  # in turns, so that all get quiet moments
            batch = np.ones((8, *model.input_shape[1:]), "float32")
            start = time.perf_counter()
            model.predict_on_batch(batch)
            times[name].append(time.perf_counter() - start)
    # The first one compiles.
    return {name: 1000 * np.array(taken[1:]) for name, taken in times.items()}


speed = milliseconds(timed, budget.pick(3, 15, 30))
for name, taken in speed.items():
    work = 8 * total(layer_costs(timed[name]))[1] / 1e6
    print(f"{name:15} {min(taken):6.1f} ms  {work / min(taken):6.1f} billion a second")
# The least of each third: what else the machine does only adds to a time.
least = {name: taken.reshape(3, -1).min(axis=1) for name, taken in speed.items()}
blocks = {name: least[name] for name in ("reduced block", "naive block")}
report.compare_times("reductions", blocks, says="not slower")
faster = np.median(least["naive block"]) / np.median(least["reduced block"])
print(f"{cost_naive / cost_reduced:.2f} times fewer multiply-adds")

# %% [markdown]
# Compare the last two lines. Where they agree, multiply-adds predict time. They need
# not agree: look at the column on the right. A convolution with few channels, or with a
# 1×1 window, has less to do with each number that it fetches from memory, and pooling,
# ReLU and concatenation take time and count as nothing. So half the multiply-adds need
# not be half the time: measure it on the machine that you will use.

# %% [markdown]
# ## 6 · GoogLeNet
#
# **The stem** makes the image eight times smaller before the first block: wide blocks
# on large images would be too dear. It has the local response normalisation of chapter
# 01.
#
# **The network** is the stem, nine blocks from a table with two poolings between them,
# the mean over each channel, and *one* dense layer. Two small classifiers hang off
# blocks 4a and 4d.

# %% tags=["include"]
from layerwise.models.googlenet import auxiliary_head, googlenet, stem

# %%
model, bare = googlenet(), googlenet(heads=False)
print(f"with heads    {model.count_params():12,} weights")
print(f"without heads {bare.count_params():12,} weights, ", end="")
print(f"{total(layer_costs(bare))[1] / 1e9:.2f} billion multiply-adds")
diagrams.draw(model, new_row=("pool_4", "pool_5"))
plt.show()

# %% [markdown]
# Follow the arrows from left to right, row by row. A row is an image size: 28×28 at its
# end, then 14×14, then 7×7. With every block the 3×3 share (light blue) and the 5×5
# share (dark blue) change a little; the numbers are the paper's Table 1, and nobody
# derived them.
#
# The count without heads is the 6,998,552 of the replication by S. Guadarrama that the
# authors of Caffe distribute. The
# two heads have nearly as many again, and are there for training only.
#
# How deep is it? `costs.depth` counts the convolutions and dense layers on the longest
# way through.

# %%
last = bare.layers[-1]
maps_before = bare.get_layer("inception_5b").output.shape[1:]
flat = (int(np.prod(maps_before)) + 1) * last.units
print("layers with weights on the longest way:", depth(bare))
print(f"the dense layer behind the mean: {last.count_params():11,} weights")
print(f"the same behind a flatten layer: {flat:11,} weights")

# %% [markdown]
# **The mean over each channel** is the second saving. VGG flattens its 7×7
# maps, and its first dense layer alone has over 100 million weights. GoogLeNet asks of
# each channel "how much of this was in the image", and not where. In the assignment you
# see what that does when the image moves.
#
# **The heads.** Do they bring a stronger gradient to the early layers, as they were
# meant to? Take the untrained network and the gradient of each output's loss
# separately. As in chapter 04, say how the weights were drawn: He's initialisation
# keeps the signal's scale through ReLU, Glorot's does not. (Neither is GoogLeNet's own:
# the replication says that it uses Glorot's where the original drew from a normal
# distribution.)
#
# > **Predict.** (4) Which of the three losses reaches the image with the largest
# > gradient? Does the initialisation matter to the answer?

# %%
SIDE = budget.pick(65, 128, 224)
images = rng.normal(size=(2, SIDE, SIDE, 3)).astype("float32")
keras.utils.set_random_seed(0)
fresh = googlenet((SIDE, SIDE, 3))
print("gradient at the image   " + "".join(f"{n:>10}" for n in fresh.output_names))
for initializer in (keras.initializers.HeNormal, keras.initializers.GlorotUniform):
    draw = initializer(seed=keras.random.SeedGenerator(0))
    for layer in fresh.layers:
        if hasattr(layer, "kernel"):
            layer.kernel.assign(draw(layer.kernel.shape))
    print(f"{initializer.__name__:24}", end="")
    for index in range(3):
        back = checks.gradient(lambda v, i=index: -ops.log(fresh(v)[i][:, 7]), images)
        print(f"{np.linalg.norm(back):10.1e}", end="")
    print()

# %% [markdown]
# **(4)** Read each row from left to right. With He's weights all three are of one
# order: the main loss needs no help. With Glorot's all three fade, by a factor of
# hundreds, and the head at 4a, which has the shortest way, arrives with a few times as
# much as the main loss. So for the gradient *at the start*, the initialisation (He et
# al. 2015, arXiv:1502.01852) does more than the heads. That does not make heads
# useless: Inception-v3 has batch normalisation and keeps one, and normalising that head
# alone brought 0.4 % (Szegedy et al. 2015, arXiv:1512.00567, section 4).
#
# In training the heads' losses are added to the main one with weight 0.3 each,
# `compile(loss_weights=[1, 0.3, 0.3])`; afterwards the heads are cut off. Their effect,
# the authors write, was "relatively minor (around 0.5%)" (section 5 of the paper as
# published at CVPR 2015).

# %% [markdown]
# ## 7 · A fair fight on Fashion-MNIST
#
# Is width worth it? Compare a small Inception network with VGG-like networks. But
# what is *equal*? The same number of weights, or the same number of multiply-adds? And
# VGG differs in two ways: it has 3×3 stacks instead of blocks, and it ends in dense
# layers instead of a mean. So there are four networks, all with batch normalisation:
#
# - *Inception:* four blocks, then the mean;
# - *3×3, mean:* each block replaced by two 3×3 convolutions, so that the depth is the
#   same; as wide as the multiply-adds allow;
# - *VGG-like, equal multiply-adds:* the same, with VGG's dense layers at the end;
# - *VGG-like, equal weights:* that one, narrowed until its weights are as many as the
#   Inception network's.


# %%
# The filters are chosen by hand such that the counts below come out nearly equal.
makers = {
    "Inception": (small_inception, {}),
    "3×3, mean": (small_plain, {"filters": 12}),
    "VGG-like, equal\nmultiply-adds": (small_plain, {"filters": 12, "dense": True}),
    "VGG-like, equal\nweights": (small_plain, {"filters": 5, "dense": True}),
}
for name, (make, options) in makers.items():
    weights, multiply_adds = total(layer_costs(make(**options)))
    print(f"{' '.join(name.split()):30} {weights:8,} weights", end="")
    print(f"  {multiply_adds / 1e6:5.2f} M multiply-adds")

# %% [markdown]
# > **Predict.** (5) Order the four by their error on test images. Then order them by
# > the time that an epoch takes.

# %%
(x_train, y_train), (x_test, y_test) = data.fashion_mnist(
    budget.pick("subset", "subset", "keras")
)
x_train, y_train = x_train[:NUM_TRAIN] / np.float32(255), y_train[:NUM_TRAIN]
x_test, y_test = x_test[:NUM_TEST] / np.float32(255), y_test[:NUM_TEST]
# Not shuffled: to measure with.
test_batches = data.batches(x_test, y_test, 500)
# On TensorFlow and two cores, XLA compiles for longer than it saves.
JIT = False if keras.backend.backend() == "tensorflow" else "auto"

# %% [markdown]
# Training makes its own batches, so that a seed gives the same run again.

# %% tags=["include"]
from layerwise.training import build, fit


# %%
def error(model):
    """Returns the share of test images that a model gets wrong, in per cent."""
    return 100 - 100 * model.evaluate(test_batches, verbose=0)[1]


def train(name, seed):
    """Trains a network; returns its test error, seconds an epoch, and the network."""
    make, options = makers[name]
    keras.utils.set_random_seed(seed)
    model = make(**options)
    steps = EPOCHS * -(-len(x_train) // 128)
    model.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.01, steps)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=JIT,
        run_eagerly=budget.level() == "smoke",  # for two batches no graph pays
    )
    clock = EpochTimes()
    fit(model, x_train, y_train, EPOCHS, seed, callbacks=[clock])
    return error(model), min(clock.seconds), model  # the first epoch compiles


# %%
runs, networks = {}, {}
for name in makers:
    trained = [train(name, seed) for seed in SEEDS]
    runs[name] = [(wrong, seconds) for wrong, seconds, _ in trained]
    networks[name] = trained[-1][2]

# %%
figure, axes = plots.panels(2, width=4.7, height=3.2, sharey=True)
colors = (plots.BLUE, plots.SKY, plots.VERMILION, plots.ORANGE)
for row, (results, color) in enumerate(zip(runs.values(), colors, strict=False)):
    errors, seconds = np.array(results).T
    axes[0].plot(errors, [row] * len(errors), "o", color=color, alpha=0.55, ms=8)
    axes[0].plot(errors.mean(), row, "|", color=plots.INK, ms=22, mew=2)
    axes[1].barh(row, min(seconds), color=color, height=0.6)
    axes[1].text(min(seconds), row, f" {min(seconds):.2g}", va="center", fontsize=10)
axes[0].set_yticks(range(len(runs)), list(runs))
axes[0].set(title="Error on test images", xlabel="%", ylim=(3.5, -0.5))
axes[1].set(title="Time of an epoch", xlabel="seconds")
axes[1].margins(x=0.15)
for ax in axes:
    ax.tick_params(axis="y", length=0)
axes[1].grid(visible=False, axis="y")
plt.show()

# %% [markdown]
# One dot is one seed, the stroke their mean; the time is that of the fastest epoch.


# %%
def wrong(*names):
    """Names the test errors of some networks for a comparison."""
    return {" ".join(n.split()): [found[0] for found in runs[n]] for n in names}


MULTIPLY_ADDS, WEIGHTS = list(makers)[2:]
report.compare("inception", wrong("Inception", "3×3, mean"), says="not higher")
report.compare("dense end", wrong(MULTIPLY_ADDS, "3×3, mean"), says="not lower")
report.compare("narrow dense", wrong(WEIGHTS, "3×3, mean"), says="not lower")
took = {n: [found[1] for found in runs[n]] for n in ("Inception", "3×3, mean")}
report.compare_times("inception time", took, says="not faster")

# %% [markdown]
# **(5)** Three comparisons are worth making:
#
# - *Inception against "3×3, mean"*: the same depth, 5 % more multiply-adds and 13 %
#   more weights, in favour of the Inception network. Its error is not higher after
#   these few epochs, and lower in two of the three recorded runs. It is not faster, and
#   in two of the three slower. It has more and smaller layers; this chapter does not
#   test whether that is the reason.
# - *VGG-like at equal multiply-adds against "3×3, mean"*: nearly the same convolutions.
#   What differs is the end. Its dense layers hold most of its weights, and buy no lower
#   error.
# - *VGG-like at equal weights*: the dense layers leave hardly anything for the
#   convolutions, and the error is not lower either.
#
# Short trainings of small networks on small images: this tells which network learns
# most in these few epochs, at one learning rate for all. `LAYERWISE_BUDGET=full` asks
# for longer.

# %% [markdown]
# ## 8 · Which branch does the work?
#
# Silence one kind of branch in all four blocks of the trained network, by setting the
# scale and the offset of its last normalisation to zero, and test again.
#
# There is a trap. Batch normalisation has two modes. In training it uses the mean and
# the variance of the batch, and keeps moving averages of them; in inference
# (`evaluate`, `predict`) it uses those averages. A branch that is silenced changes what
# the next blocks receive, but their averages are still those of the intact network. So
# the test measures two things at once: what the branch contributed, and averages that
# no longer fit. To separate them, test twice: as it is, and with the averages estimated
# again on training images. No weight is trained for that.
#
# > **Predict.** (6) Which branch is missed most? How much of the damage is left when
# > the averages fit?


# %%
def estimate_again(model):
    """Gives the normalisations the statistics of the network as it now is."""
    for batch, _ in data.batches(x_train, y_train, 128):
        model(batch, training=True)  # moves the averages, and no weight


inception = networks["Inception"]
intact = inception.get_weights()
as_it_is, again = {"none": error(inception)}, {}
estimate_again(inception)
again["none"] = error(inception)
for branch, parts in BRANCHES.items():
    inception.set_weights(intact)
    for index in range(1, 5):
        norm = inception.get_layer(f"block_{index}_{parts[-1]}_norm")
        gamma, beta, *averages = norm.get_weights()
        norm.set_weights([0 * gamma, 0 * beta, *averages])
    as_it_is[branch] = error(inception)
    estimate_again(inception)
    again[branch] = error(inception)
inception.set_weights(intact)

figure, axes = plots.panels(2, width=4.6, height=2.8, sharey=True)
for ax, values, title in zip(
    axes, (as_it_is, again), ("As it is", "Averages estimated again"), strict=True
):
    colors = {"none": plots.GREY}
    plots.bars(values, ax, title, "error on test images (%)", colors)
    ax.set_xlim(0, 100)
axes[0].set_ylabel("silenced branch")
plt.show()
narrow = ("1×1", "5×5", "pooling")
damage = {
    "narrow branches as they are": [np.mean([as_it_is[n] for n in narrow])],
    "averages estimated again": [np.mean([again[n] for n in narrow])],
}
report.compare("averages", damage, says="higher")
most = {
    "3×3 silenced": [again["3×3"]],
    "the worst of the others": [max(again[n] for n in narrow)],
}
report.compare("3×3 branch", most, says="higher")

# %% [markdown]
# With ten classes, guessing is wrong in 90 %. **(6)** As it is, silencing any branch
# seems to cost dearly. With averages that fit, most of that is gone for the three
# narrow branches: the network can do without any one of them at a moderate price. The
# 3×3 branch, which has half of the channels, is missed in earnest. (That the network
# can do without a branch does not say what it would have learned without it.)

# %% tags=["headline"]
print(f"GoogLeNet without heads: {bare.count_params():,} weights")
print(f"reductions: {cost_naive / cost_reduced:.2f} times fewer multiply-adds", end="")
print(f", {faster:.2f} times faster")
for name, results in runs.items():
    errors, seconds = np.array(results).T
    print(f"{' '.join(name.split()):30} test error {errors.mean():5.1f} %", end="")
    print(
        f" ({errors.min():.1f} to {errors.max():.1f})  {min(seconds):4.1f} s an epoch"
    )

# %% [markdown]
# ## 9 · What the slides claim, and what we measured

# %%
report.table()

# %% [markdown]
# Two figures of the paper itself. "1.5 billion multiply-adds" (section 1) is what we
# count, nearly. "12 times fewer parameters" than AlexNet (section 1) is not: AlexNet
# has 60,965,224 (chapter 01), which is 8.7 times as many as ours without heads. (With 5
# million parameters, the figure of Szegedy et al. 2015, it would be 12.)
#
# About the heads, later: they did *not* speed up the beginning of training, and the
# lower one could be left out without harm (Szegedy et al. 2015, arXiv:1512.00567,
# section 4). They may act as a regulariser instead.
#
# What came of it: the same authors replaced 5×5 by two 3×3 and n×n by 1×n and n×1
# (Inception-v3, the paper just named). Taken to the end, each channel gets its own 3×3
# kernel and 1×1 convolutions do all the mixing: *depthwise separable* convolutions
# (Chollet 2017, arXiv:1610.02357), of which networks for telephones are made.
#
# The paper throughout: C. Szegedy, W. Liu, Y. Jia, P. Sermanet, S. Reed, D. Anguelov,
# D. Erhan, V. Vanhoucke, A. Rabinovich, *Going Deeper with Convolutions*, 2014,
# arXiv:1409.4842.

# %% [markdown]
# ## Summary
#
# - An inception block looks through several windows at once and concatenates. Without
#   reductions the channels pile up, and the cost with them.
# - A 1×1 convolution is a dense layer at every pixel. It mixes channels, sees no
#   neighbours, and makes the dear kernels affordable.
# - Whoever removes a part of a trained network must give its normalisations new
#   statistics before testing it.
# - Weights, multiply-adds and seconds are three different costs. A network can win in
#   one and lose in another: say which you mean.
# - The mean over each channel replaces dense layers of tens of millions of weights.
# - Auxiliary heads add their losses with weight 0.3 while training, and are cut off
#   afterwards.
#
# **Next:** the assignment `hw03_googlenet`, where you write the 1×1 convolution as a
# matrix product, build blocks from a list and find where a reduction stops to pay. Then
# chapter 04, in which one addition makes a hundred layers trainable.
