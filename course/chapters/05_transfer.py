# %% [markdown]
# # 05 · Transfer learning: what others have trained
#
# A network was trained on a million photographs. How much of that helps to sort
# clothes, if five images of each kind have a label?
#
# **From the slides:** weights trained on ImageNet, which are often used in practice;
# copying them, or a part of them, into another network; training on: fine-tuning.
#
# **Time:** the next cell prints what recorded runs took. `LAYERWISE_BUDGET=full` uses
# more labels, images and steps. `LAYERWISE_SEED=1` repeats everything with other
# labels and other seeds.

# %%
import os
from functools import cache

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer start-up messages

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

from layerwise import budget, checks, data, plots, transfer
from layerwise.report import Report
from layerwise.training import build

plots.use_style()
SIZE = budget.pick(32, 96, 96)  # pixels of a side
LABELS = budget.pick((5,), (5, 20, 100), (5, 20, 100, 400))  # of each class
FEW, SOME, MANY = LABELS[0], LABELS[len(LABELS) // 2], LABELS[-1]
POOL = budget.pick(10, 200, 800)  # images of each class that may get a label
NUM_VALID, NUM_TEST = budget.pick(50, 500, 1000), budget.pick(60, 2000, 2000)
DRAWS = budget.seeds(budget.pick(5, 20, 20))  # for what is cheap
SEEDS = budget.seeds(budget.pick(1, 3, 5))  # for trainings: the first of the draws
report = Report("05_transfer")
print(report.head())
print(f"{LABELS} labels a class, {len(DRAWS)} draws, {len(SEEDS)} trainings of each")

# %% [markdown]
# ## 1 · The question
#
# Chapters 01 to 04 trained on thousands of labelled images. Suppose that somebody sorts
# clothes and has labelled five of each kind, fifty images in all. Instead of training a
# network on them, one may *use* a trained one. This is transfer learning.
#
# The network is EfficientNet-Lite0 with ImageNet's weights (chapter 01 used it as it
# is). Its classifier is taken off. What is left turns an image into 1280 maps.

# %%
(x_train, y_train), (x_test, y_test) = data.fashion_mnist()
chosen = transfer.few(y_train, POOL + NUM_VALID // 10, seed=budget.seed())
small = {
    "pool": x_train[chosen[:-NUM_VALID]],
    "valid": x_train[chosen[-NUM_VALID:]],
    "test": x_test[:NUM_TEST],
}
pool_labels = y_train[chosen[:-NUM_VALID]]
answers = {"valid": y_train[chosen[-NUM_VALID:]], "test": y_test[:NUM_TEST]}
images = {kind: transfer.prepare(x, SIZE) for kind, x in small.items()}
backbone = transfer.backbone(SIZE)
for kind, x in small.items():
    print(f"{kind:5} {x.shape} -> {images[kind].shape}")
print("network", backbone.input_shape, "->", backbone.output_shape)
print(f"{checks.weight_count(backbone):,} weights")

# %% [markdown]
# Grey images of 28×28 pixels are enlarged to what the network reads. Labels are drawn
# from the *pool*: a *draw* is one choice of five (or 20, or 100) images of each class.
# The *validation* images choose learning rates. Somebody with fifty labels does not
# have them. We use them so that each method gets a rate that suits it; with a bad rate
# a method would look worse than it is.
#
# > **Predict.** (1) A linear classifier on the network's last features, 5 labels a
# > class: how many of the test images are right? And a linear classifier on the raw
# > pixels?

# %% [markdown]
# ## 2 · Features at every depth
#
# Which layer's output should one take? Take several. Average each map over all
# positions, and put a linear classifier on these numbers. It is often called a *probe*.
#
# **Where a block ends.** Most blocks of this network add a shortcut, as ResNet's do.
# Such a block ends with the addition. The layer before it holds the branch alone.

# %% tags=["include"]
from layerwise.transfer import pooled_features

# %%
ends = transfer.block_outputs(backbone)
CUT = ends["block 13"]  # section 3 cuts the network here, so its maps are kept
numbers = budget.pick((4, 13), (2, 4, 7, 10, 13, 15), (2, 4, 7, 10, 13, 15))
points = ["stem", *(f"block {number}" for number in numbers), "last"]
names = [ends[point] for point in points]
features, maps = {"pixels": {}} | {point: {} for point in points}, {}
for kind, x in images.items():
    found = pooled_features(backbone, names, x, whole=[CUT])
    maps[kind] = found[CUT]
    found[CUT] = maps[kind].mean(axis=(1, 2))
    features["pixels"][kind] = small[kind].reshape(len(x), -1).astype("float32")
    for point in points:
        features[point][kind] = found[ends[point]]
for point in features:
    print(f"{point:8} {features[point]['pool'].shape[1]:5} numbers for each image")

# %% [markdown]
# Depth is not all that changes along this list: the number of features changes too.
# Keep that in mind. We test it below for the last layer.
#
# **The classifier** is a ridge regression. How strong its penalty must be depends on
# the number of features and of labels, so it is chosen each time, on the training
# labels alone: each training image is predicted from the others.

# %% tags=["include"]
from layerwise.transfer import linear_predictions


# %%
def right(point, count, seed, kind="test", columns=slice(None)):
    """Says of each image of a kind whether a probe gets it right: 1 or 0."""
    drawn = transfer.few(pool_labels, count, seed)
    train, asked = (features[point][k][:, columns] for k in ("pool", kind))
    found = linear_predictions(train[drawn], pool_labels[drawn], asked)
    return (found == answers[kind]).astype("float32")


def draws(count):
    """The draws of one number of labels: large ones are dear, and alike."""
    return DRAWS if count <= 20 else DRAWS[:5]


hits = {
    count: {p: np.array([right(p, count, s) for s in draws(count)]) for p in features}
    for count in LABELS
}

# %%
colors = plots.shades(plots.BLUE, len(LABELS))
series, styles = {}, {}
for (count, by_point), color in zip(hits.items(), colors, strict=True):
    name = f"{count} labels a class"
    series[name] = 100 * np.transpose([by_point[p].mean(1) for p in features])
    styles[name] = {"color": color}
figure, axes = plots.panels(1, width=7.5, height=4.0)
title = "A linear classifier on each depth"
plots.bands(range(len(features)), series, axes[0], title, styles=styles)
axes[0].set_ylabel("test images right (%)")
axes[0].set_xticks(range(len(features)), list(features))
plt.show()

# %% [markdown]
# Lines are means over the draws, and bands run from the worst draw to the best one. On
# the left is the baseline: raw pixels, no network. With five labels a class the bands
# are wide: the draw decides over many points.
#
# To compare two depths, compare them *on the same draws*. The next cell takes the
# difference for each draw and averages over five draws at a time.


# %%
def lead(count, first, second):
    """By how many points one probe leads: means of five draws each."""
    gaps = 100 * (hits[count][first] - hits[count][second])
    error = gaps.mean(axis=0).std() / np.sqrt(gaps.shape[1])  # the images are a sample
    means = [f"{p} {100 * hits[count][p].mean():.1f} %" for p in (first, second)]
    print(f"{count} labels: {', '.join(means)}: {gaps.mean():.1f} ±{error:.1f} points")
    return gaps.mean(axis=1).reshape(-1, 5).mean(axis=1)


DEEP, SHALLOW = "block 13", points[1]
gaps = {"last - pixels": lead(FEW, "last", "pixels")}
report.within("last and pixels, few", gaps, 0, np.inf)
gaps = {"last - pixels": lead(MANY, "last", "pixels")}
report.within("last and pixels, many", gaps, 0, np.inf)
gaps = {"deep - shallow": lead(SOME, DEEP, SHALLOW)}
report.within("deep and shallow", gaps, 5, np.inf)
gaps = {"deep - last": lead(FEW, DEEP, "last")}
report.within("deep and last, few", gaps, 0, np.inf)
gaps = {"deep - last": lead(MANY, DEEP, "last")}
report.within("deep and last, many", gaps, 0, np.inf)

# %% [markdown]
# "±" is one standard error of the difference that comes from the choice of the test
# images. More draws do not make it smaller, since all use the same test images.
#
# **(1)** The first line above answers by number. The last features are better than raw
# pixels, by a few points: less than one may expect of a million photographs. The
# baseline is strong. A guess, which we do not test: these images are small, grey and
# centred, so that a pixel has much the same role in all of them.
#
# **Depth.** Of the depths in the figure block 13 is the best, and the *last* features
# are worse again, with few labels and with many. One reason may be that the last stage
# was trained to tell a thousand classes of photographs apart; we do not test it.
# Kornblith et al. (2019, arXiv:1805.08974) report that some ways of training improve a
# network on ImageNet and make its last features worse for other tasks. For other tasks
# and networks the best depth may be another: choose it on validation images.
#
# Is it the depth? The last layer has 1280 features and block 13 has 192. So take 192 of
# the last features, drawn at random.

# %%
width = features[DEEP]["pool"].shape[1]
narrow = []
for seed in DRAWS[:5]:
    order = np.random.default_rng(seed).permutation(features["last"]["pool"].shape[1])
    narrow.append(100 * right("last", SOME, seed, columns=order[:width]).mean())
arms = {f"{width} of the last features": narrow}
arms[DEEP] = 100 * hits[SOME][DEEP][:5].mean(axis=1)
report.compare("equal widths", arms, says="lower")

# %% [markdown]
# With equally many features the last layer is behind by more than it was above. So its
# many features help it, and their number cannot be the reason why it is behind.

# %% [markdown]
# ## 3 · What "frozen" means
#
# Fine-tuning trains weights that others have trained. Some are left as they are, or
# *frozen*: in Keras, `layer.trainable = False`. For batch normalisation this does more
# than to stop a gradient. (Its two modes are explained in chapter 04.)


# %%
def moved(trainable, training):
    """Says whether a call moves a normalisation's statistics, and which it uses."""
    norm = layers.BatchNormalization(momentum=0.9)
    norm.build((None, 4))
    norm.trainable = trainable
    batch = np.random.default_rng(0).normal(5, 2, (64, 4)).astype("float32")
    y = ops.convert_to_numpy(norm(batch, training=training))
    statistics = ops.convert_to_numpy(norm.moving_mean)
    by = "the batch's" if abs(y.mean()) < 0.1 else "the moving"
    return f"statistics move: {bool(np.any(statistics != 0))!s:5}  uses {by} mean"


for trainable in (True, False):
    for training in (True, False):
        print(f"trainable={trainable!s:5} training={training!s:5}", end="  ")
        print(moved(trainable, training))

# %% [markdown]
# Only one row of four uses the batch. A normalisation with `trainable=False` runs in
# inference mode, even inside `fit`. And one that is *called* with `training=False` runs
# in inference mode, whether it is trainable or not. So Keras's guide to transfer
# learning puts a trained base into a new model as `base(x, training=False)`. The next
# cells try what becomes of that in `fit`.
#
# **The cut.** What stays frozen for ever can be computed once for all images. `split`
# cuts the network after block 13; the first half has been computed already. The second
# half, two blocks and the last convolution, gets a new classifier.

# %% tags=["include"]
from layerwise.transfer import split, train_steps

# %%
_, top = split(backbone, CUT)
trained_by_others = top.get_weights()
# On TensorFlow and two cores, XLA compiles for longer than it saves.
JIT = False if keras.backend.backend() == "tensorflow" else "auto"


def ready(model):
    """Compiles; each training sets its own rate."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(), loss, jit_compile=JIT)
    return model


def classifier(half, training=None):
    """Puts a new head on the second half, which may be called in a given mode."""
    inputs = keras.Input(half.input_shape[1:])
    x = layers.GlobalAveragePooling2D()(half(inputs, training=training))
    return ready(keras.Model(inputs, layers.Dense(10, name="head")(x)))


loose = keras.models.clone_model(top)  # nothing in it is frozen
for layer in checks.find_layers(top, "BatchNormalization"):
    layer.trainable = False
nets = {"stay": classifier(top), "move": classifier(loose)}
ways = {"as it is": nets["move"], "training=False": classifier(loose, training=False)}
for name, net in (ways | {"trainable=False": nets["stay"]}).items():
    norm = checks.find_layers(net, "BatchNormalization")[0]
    net.set_weights(trained_by_others + net.get_weights()[-2:])
    before = norm.get_weights()
    train_steps(net, maps["pool"], pool_labels, 2, 1e-3, seed=0)
    found = zip(("γ", "β", "mean", "variance"), before, norm.get_weights(), strict=True)
    kept = [kind for kind, old, new in found if np.array_equal(old, new)]
    print(f"{name:15} unchanged after two steps: {', '.join(kept) or 'nothing'}")
weights = checks.weight_count(nets["stay"], trainable=True)
print(f"{weights:,} of {checks.weight_count(backbone):,} weights are trained")

# %% [markdown]
# Read what `training=False` keeps. In the Keras of this course `fit` calls the whole
# model in training mode and hands that on to each layer in it, also to one that was
# called with `training=False` (keras-team/keras, issue 20285, 2024). The statistics
# move. What keeps them is `trainable = False` for each normalisation, as in the last
# row: γ and β are not trained then either. Look at what your own version does, with
# these few lines. Section 5 trains with statistics that move.
#
# **Compile again.** Which weights are trained is settled when `fit` first runs after
# `compile`. Whoever changes `trainable` later must compile again, or nothing changes.

# %% [markdown]
# ## 4 · The same labels, five ways
#
# - **pixels:** a linear classifier on the raw pixels (section 2);
# - **frozen, block 13:** a linear classifier on block 13 (section 2);
# - **new head:** a dense layer, trained by gradient descent on the last features;
# - **fine-tuned:** that head, and then the last blocks are trained with it;
# - **from scratch:** a small network on the 28×28 pixels, with random weights.
#
# *What is equal.* The draws and the number of *steps*. With fifty images an epoch has
# two steps, with a thousand 32. At equal epochs, more labels would also mean more
# training. The new head gets 300 steps of 32 images, fine-tuning 200 for the head and
# 100 for all, the network from scratch 300. Each method's rate is chosen on validation
# images, with the first draw, for each number of labels.
#
# *What is not equal.* The network from scratch is another, much smaller one. It is what
# somebody would train on fifty small images, and not the same network without its past.
# And the two linear classifiers have a penalty, which the new head has not. So compare
# fine-tuning with its own head, and the two linear classifiers with each other.
#
# > **Predict.** (2) Order the five for 5 labels a class and for 100. (3) What does
# > fine-tuning add to the new head, at equal steps?

# %%
HEAD_STEPS, TUNE_STEPS = budget.pick((10, 3), (200, 100), (400, 400))
head = ready(keras.Sequential([keras.Input((1280,)), layers.Dense(10)]))
scratch = keras.Sequential([keras.Input((28, 28, 1)), layers.Rescaling(1 / 255)])
for filters in (16, 32):
    scratch.add(layers.Conv2D(filters, 3, activation="relu", padding="same"))
    scratch.add(layers.MaxPooling2D())
scratch.add(layers.Flatten())
scratch.add(layers.Dense(10))
ready(scratch)


def accuracy(model, x):
    """Returns the share of validation and test images that are right, in per cent."""
    found = {}
    for kind in answers:
        logits = model.predict(x[kind], batch_size=250, verbose=0)
        found[kind] = 100 * float(np.mean(logits.argmax(-1) == answers[kind]))
    return found


def train(model, x, count, seed, rate, steps, start=None):
    """Trains a model on one draw, from a start or from weights that the seed draws."""
    keras.utils.set_random_seed(seed)
    model.set_weights(start or keras.models.clone_model(model).get_weights())
    drawn = transfer.few(pool_labels, count, seed)
    train_steps(model, x["pool"][drawn], pool_labels[drawn], steps, rate, seed)


@cache
def new_head(count, seed, rate, steps=HEAD_STEPS + TUNE_STEPS):
    """Trains a head on the last features."""
    train(head, features["last"], count, seed, rate, steps)
    return accuracy(head, features["last"]), head.get_weights()


@cache
def from_scratch(count, seed, rate):
    """Trains the small network on the small images."""
    train(scratch, small, count, seed, rate, HEAD_STEPS + TUNE_STEPS)
    return accuracy(scratch, small), None


@cache
def fine_tune(count, seed, rate, statistics="stay"):
    """Trains a head, and then the second half of the network with it."""
    _, weights = new_head(count, seed, rates["new head", count], HEAD_STEPS)
    start = trained_by_others + weights
    train(nets[statistics], maps, count, seed, rate, TUNE_STEPS, start)
    return accuracy(nets[statistics], maps), None


# %%
WAYS = {
    "new head": (new_head, (1e-3, 5e-3, 2e-2)),
    "fine-tuned": (fine_tune, (3e-5, 3e-4, 3e-3, 3e-2)),
    "from scratch": (from_scratch, (2e-3, 5e-3, 1e-2)),
}
rates, results = {}, {"pixels": [], f"frozen, {DEEP}": []}
for count in LABELS:
    for name, point in (("pixels", "pixels"), (f"frozen, {DEEP}", DEEP)):
        results[name].append(100 * hits[count][point][: len(SEEDS)].mean(axis=1))
for name, (way, tried) in WAYS.items():
    results[name] = []
    for count in LABELS:
        valid = {rate: way(count, SEEDS[0], rate)[0]["valid"] for rate in tried}
        rates[name, count] = best = max(valid, key=valid.get)
        runs = [way(count, seed, best)[0]["test"] for seed in SEEDS]
        results[name].append(np.array(runs))
        print(f"{name:12} {count:3} labels: validation", end="")
        print("".join(f" {share:5.1f} at {rate:g}" for rate, share in valid.items()))

# %%
figure, axes = plots.panels(1, width=7.0, height=4.2)
series = {name: np.transpose(values) for name, values in results.items()}
styles = {name: {"color": c} for name, c in zip(series, plots.PALETTE, strict=False)}
styles["pixels"] = {"color": plots.GREY}
plots.bands(LABELS, series, axes[0], "The same labels, five ways", styles=styles)
axes[0].set(xlabel="labels of each class", ylabel="test images right (%)")
axes[0].set_xscale("log")
axes[0].set_xticks(LABELS, [str(n) for n in LABELS])
axes[0].minorticks_off()
plt.show()

# %% tags=["headline"]
print("test images right in %: mean, and range of the draws")
for name, values in results.items():
    print(f"{name:18}", end="")
    for count, runs in zip(LABELS, values, strict=True):
        print(f"  {count} labels {runs.mean():4.1f}", end="")
        print(f" ({runs.min():.1f} to {runs.max():.1f})", end="")
    print()
gain = np.round(np.subtract(results["fine-tuned"], results["new head"]), 1)
print("what fine-tuning adds to its head, each draw:", gain.tolist())
error = 100 * np.sqrt(0.8 * 0.2 / NUM_TEST)
print(f"80 % of {NUM_TEST} test images: standard error {error:.1f} points")


# %%
def pair(first, second, place):
    """Names the results of two ways for a comparison."""
    return {name: results[name][place] for name in (first, second)}


FROZEN = f"frozen, {DEEP}"
frozen_leads = np.subtract(results[FROZEN], results["from scratch"])
by_end = {"fewest": frozen_leads[0], "most": frozen_leads[-1]}
leads = {
    f"the frozen block's lead, {name} labels": lead for name, lead in by_end.items()
}
first = dict([next(iter(leads.items()))])
report.within("scratch, few", first, 0, np.inf)
report.compare("lead shrinks", leads, says="not lower")
report.compare("tuned, few", pair("fine-tuned", "new head", 0), says="not lower")
report.compare("tuned, many", pair("fine-tuned", "new head", -1), says="not lower")
report.compare("tuned, frozen", pair("fine-tuned", FROZEN, -1), says="not higher")

# %% [markdown]
# Lines are means over three draws, bands their range.
#
# **(2)** With five labels the frozen block has the best mean, ahead of the network from
# scratch in each draw. The ranges of the other four overlap, so we give no order: some
# ways of using a trained network are hardly better than the pixels. With 100 labels the
# means are in this order: frozen block, network from scratch, the two ways with a new
# head, pixels. The pixels are clearly last. In each of our three recorded runs the
# frozen block's lead over the network from scratch is smaller than with five labels;
# where a run says "no difference", its three draws do not show it. Two limits: that
# network is small, and often the largest of its three rates is the best one, so that a
# still larger one might suit it better.
#
# **(3)** With five labels the ranges overlap in our recorded runs: by our rule no
# difference. But look at the same draws, as in section 2. The cell prints the gains,
# and most are positive: in our nine recorded draws about one point on average. That is
# less than what the draw decides. With 100 labels the gain is smaller still. One reason
# may be that a head on 1280 features can fit fifty images perfectly, so that a gradient
# has little left to say. We do not test it. Fine-tuning does not reach the linear
# classifier on block 13, which trains nothing but 193 numbers for each class. (That one
# has another layer *and* a penalty. So this is no verdict on fine-tuning in general.
# Nor is another way of fine-tuning measured here: the normalisations are frozen, the
# smallest rate is often the best one, and none between 3e-4 and 3e-3 was tried.)
#
# At equal *epochs* this comparison might say something else: with fifty images, five
# epochs are ten steps, and not a hundred. We do not measure that.

# %% [markdown]
# ## 5 · The learning rate, and the statistics
#
# > **Predict.** (4) The same fine-tuning with rates from 3e-5 to 3e-2. Which is worse
# > than not to fine-tune at all?

# %%
TUNE_RATES = WAYS["fine-tuned"][1]
by_rate = [[fine_tune(SOME, s, r)[0]["test"] for r in TUNE_RATES] for s in SEEDS]
untuned = results["new head"][LABELS.index(SOME)]
figure, axes = plots.panels(1, width=6.4, height=3.8)
series = {
    "fine-tuned": by_rate,
    "new head alone": np.repeat(untuned[:, None], len(TUNE_RATES), axis=1),
}
styles = {"new head alone": {"color": plots.GREY, "marker": ""}}
title = f"{SOME} labels a class"
plots.bands(TUNE_RATES, series, axes[0], title, "learning rate", styles=styles)
axes[0].set(ylabel="test images right (%)", xscale="log")
plt.show()
columns = np.transpose(by_rate)
arms = {"the largest rate": columns[-1], "new head": untuned}
report.compare("rate too large", arms, says="lower")
arms = {"the smallest rate": columns[0], "new head": untuned}
report.compare("rate too small", arms, says="not lower")

# %% [markdown]
# **(4)** The grey band is the head alone, with as many steps. The largest rate ends at
# 10 %, which is guessing. The validation lines of section 4 say of the first draw that
# 3e-3 ends there too, or with five labels at best far below the head. This holds for
# frozen normalisations, Adam and a hundred steps. Adam's first steps are about as large
# as the rate, however small the gradient is; so a large rate moves all weights far.
# What exactly breaks we do not test. The smallest rate is not worse than the head. By
# the ranges there is no difference; on the same draws it is a little ahead, in each of
# our nine recorded ones.
#
# Keras's guide to transfer learning gives two rules: train the head first, since the
# large gradients of a random head would destroy the features, and then use a very low
# rate. Kumar et al. (2022, arXiv:2202.10054) prove the first for a simple network, and
# find in experiments that a trained head helps most on images of another kind than the
# training images. We do not measure the first rule. The second one is measured above.
# What is "low" depends on the optimizer, its schedule and the number of steps, and
# perhaps on the normalisations. Choose it on validation images.
#
# **The statistics.** Section 3 froze the normalisations. Now train the same
# fine-tuning with statistics that move, on fifty images.

# %%
best = rates["fine-tuned", FEW]
moving = [fine_tune(FEW, seed, best, "move")[0]["test"] for seed in SEEDS]
arms = {"statistics move": moving, "statistics stay": results["fine-tuned"][0]}
for name, runs in arms.items():
    print(f"{name} {np.round(runs, 1)} % right, {FEW} labels a class")
report.compare("statistics", arms, says="not higher")

# %% [markdown]
# By the ranges, letting the statistics move does not help. On the same draws it was
# worse in eight of our nine recorded ones, by up to four points. But two things are
# unequal: with moving statistics γ and β are trained too, and the rate is the one that
# suits the *frozen* normalisations. With a rate of its own this arm may do better, and
# may bear a larger one. So this is no general verdict. Keras's guide warns that moving
# statistics "would wreck havoc on the representations learned by the model so far". How
# far they move depends on the momentum of the normalisations and on the number of
# steps.
#
# *More images from the same labels.* Shifting and mirroring the training images
# (augmentation, chapter 01) is the usual help against few labels. We leave it out,
# since the first half of the network would have to compute each shifted image again.

# %% [markdown]
# ## 6 · When it does not help
#
# Features transfer if what they look for is there. Mix up the pixels of all images by
# one fixed permutation. Each image keeps all its numbers, and no shape survives.

# %%
NUM_MIXED = budget.pick(100, 600, 2000)  # images of the pool


def permuted(x):
    """Puts the pixels of all images into one other order."""
    order = np.random.default_rng(0).permutation(28 * 28)
    return x.reshape(len(x), -1)[:, order].reshape(x.shape)


mixed = {k: permuted(small[k][:n]) for k, n in (("pool", NUM_MIXED), ("test", 1000))}
plots.image_grid(
    np.concatenate([small["test"][:5], mixed["test"][:5]]), columns=5, size=0.9
)
plt.show()

# %% [markdown]
# > **Predict.** (5) What does the permutation cost a linear classifier on the pixels?
# > And one on the features of block 13?

# %%
mixed_features = {"pixels": {}, DEEP: {}}
for kind, x in mixed.items():
    mixed_features["pixels"][kind] = x.reshape(len(x), -1).astype("float32")
    enlarged = transfer.prepare(x, SIZE)
    mixed_features[DEEP][kind] = pooled_features(backbone, [CUT], enlarged)[CUT]


def share_right(found, seed):
    """Trains a probe on some of the images, permuted or not; per cent right."""
    labels = pool_labels[:NUM_MIXED]
    drawn = transfer.few(labels, SOME, seed)
    asked = found["test"][:1000]
    guesses = linear_predictions(found["pool"][drawn], labels[drawn], asked)
    return 100 * np.mean(guesses == answers["test"][:1000])


table = {}
for point in mixed_features:
    for name, source in (("as they are", features), ("permuted", mixed_features)):
        runs = [share_right(source[point], seed) for seed in DRAWS[:10]]
        table[point, name] = np.array(runs)
        print(f"{point:8} {name:11} {np.mean(runs):5.1f} % right", end="")
        print(f" ({min(runs):.1f} to {max(runs):.1f})")
costs = table["pixels", "as they are"] - table["pixels", "permuted"]
report.within("permuted pixels", {"what it costs pixels": costs}, -0.3, 0.3)
arms = {DEEP: table[DEEP, "permuted"], "pixels": table["pixels", "permuted"]}
report.compare("permuted features", arms, says="lower")

# %% [markdown]
# **(5)** It costs the pixels nothing. A linear classifier gives each pixel a weight of
# its own and does not know which pixels are neighbours. It costs the features of block
# 13 many points (the table says how many), and they end *below* the pixels: on these
# images, a network that knows a million photographs is worse than none. Two things come
# together, and we do not take them apart: the shapes that its features answer to are
# gone, and the mean over all positions leaves out *where* something is, which the
# classifier on the pixels still knows.
#
# Many real tasks lie between. Yosinski et al. (2014, arXiv:1411.1792) report that
# features transfer worse the further the new task is from the old one, and that even
# distant ones can be better than random ones. Kornblith et al. (2019) report that for
# two small collections of images with fine differences between classes, pretraining
# brought little. He et al. (2018, arXiv:1811.08883) trained detectors from scratch that
# were no worse than pretrained ones, with more steps. So ask of each claim of transfer:
# compared with what, and at how many steps?

# %% [markdown]
# ## 7 · What the slides claim, and what we measured

# %%
report.table()

# %% [markdown]
# The slides give one sentence to transfer learning. They leave out what decides whether
# it pays: which layer is taken and what it is compared with, and the learning rate.
#
# Donahue et al. (2013, arXiv:1310.1531) compared what different layers of AlexNet are
# worth for other tasks. Yosinski et al. (2014) measured it systematically, for each
# layer and with fine-tuning.

# %% [markdown]
# ## Summary
#
# - Take the features of a trained network and put a linear classifier on them, first of
#   all. Try several depths: here the last layer is not the best one.
# - Compare with a simple baseline. On these images, raw pixels are only a few points
#   behind the network's last features.
# - Compare methods at equal steps, and give each a learning rate chosen on validation
#   images. More labels at equal epochs are more steps too.
# - Draw the labels several times: with five of each class, the draw decides over
#   points.
# - Whoever wants to keep the normalisations of a trained base as they are sets
#   `trainable = False`; in `fit`, `base(x, training=False)` is not enough here. After a
#   change of `trainable`, compile again.
#
# **Your turn:** [hw05 ·
# Transfer](../../../assignments/en/hw05_transfer/hw05_transfer.ipynb). You freeze a
# base to the bit, unfreeze its end, and learn from twelve images.
