# %% [markdown]
# # 05 · Transfer learning: what others have trained
#
# A network that has seen a million photographs knows something about shoes. We find out
# how much, with five labels a class.
#
# **From the slides:** weights trained on ImageNet, copied (in part) into another
# network, and trained on: fine-tuning.
#
# **Time:** about two minutes on two cores. `LAYERWISE_BUDGET=full` uses more images.

# %%
import logging
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer start-up messages
logging.getLogger("tensorflow").setLevel("ERROR")  # no advice on retracing

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

from layerwise import budget, checks, data, plots, transfer

plots.use_style()
SIZE = budget.pick(32, 96, 96)  # pixels of a side
LABELS = budget.pick((5,), (5, 20, 100), (5, 20, 100, 400))  # of each class
SEEDS = range(budget.pick(1, 3, 5))
NUM_TEST = budget.pick(60, 1000, 2000)
print(f"budget {budget.level()}: {LABELS} labels a class, {len(SEEDS)} draws")

# %% [markdown]
# ## 1 · The question
#
# Chapters 01 to 04 trained on 10,000 labelled images. Who has those? Suppose that
# somebody sorts clothes and has labelled five of each kind. That is not enough to train
# a network. It may be enough to *use* one.
#
# The network is EfficientNet-Lite0 with ImageNet's weights (chapter 01 used it as it
# is). Its classifier is taken off. What is left turns a picture into 1280 feature maps.

# %%
(x_train, y_train), (x_test, y_test) = data.fashion_mnist()
pool = transfer.few(y_train, LABELS[-1], seed=0)  # what may be labelled at all
x_small, y = x_train[pool], y_train[pool]
x_small_test, y_test = x_test[:NUM_TEST], y_test[:NUM_TEST]
x, x_test = (transfer.prepare(images, SIZE) for images in (x_small, x_small_test))
backbone = transfer.backbone(SIZE)
print("images ", x_small.shape, "->", x.shape)
print("network", backbone.input_shape, "->", backbone.output_shape)
print(f"{checks.weight_count(backbone):,} weights")

# %% [markdown]
# Grey 28×28 pixels are blown up to what the network reads. It has never seen such
# pictures.
#
# > **Predict.** A linear classifier on these features, 5 labels a class: how many of
# > the test images will be right? And with a network trained from scratch on the same
# > 50?

# %% [markdown]
# ## 2 · Features at every depth
#
# Early layers see edges, late ones parts of dogs. Which are good for shoes? Average
# each layer's maps over all positions and put a linear classifier on top.

# %% tags=["include"]
from layerwise.transfer import pooled_features

# %%
blocks = budget.pick((2, 10), (0, 2, 4, 7, 10, 12, 14), (0, 2, 4, 7, 10, 12, 14))
names = ["conv_stem", *(f"blocks.{number}.bn2" for number in blocks), "bn1"]
features = pooled_features(backbone, names, x)
features_test = pooled_features(backbone, names, x_test)


def probe(name, per_class, seed):
    """Accuracy of a linear classifier on one layer's features, in per cent."""
    chosen = transfer.few(y, per_class, seed)
    train = features[name][chosen], y[chosen]
    return transfer.linear_accuracy(train, (features_test[name], y_test))


by_depth = {
    f"{per_class} labels a class": [
        [probe(name, per_class, seed) for seed in SEEDS] for name in names
    ]
    for per_class in LABELS
}

# %%
figure, axes = plots.panels(1, width=7.5, height=3.9)
for (name, values), color in zip(
    by_depth.items(), plots.shades(plots.BLUE, len(LABELS)), strict=True
):
    values = np.array(values)
    axes[0].plot(names, values.mean(1), "o-", color=color, label=name)
    axes[0].fill_between(
        names, values.min(1), values.max(1), color=color, alpha=0.2, lw=0
    )
axes[0].set(title="A linear classifier on each depth", ylabel="test images right (%)")
axes[0].set_xticks(range(len(names)), [n.removesuffix(".bn2") for n in names])
axes[0].tick_params(axis="x", rotation=30)
axes[0].legend()
plt.show()

# %% [markdown]
# Bands run from the least to the greatest draw. Deeper is better, up to a point: the
# last layers were made for ImageNet's thousand classes, and what they threw away may
# have been of use here. Where the best layer lies depends on the task and on the number
# of labels. It is a choice, to be made on held-out data.

# %% [markdown]
# ## 3 · Frozen, from scratch, fine-tuned
#
# Three ways to use the same labels:
#
# - **frozen:** the last features, and a linear classifier on them;
# - **from scratch:** a small network on the 28×28 pixels, random weights;
# - **fine-tuned:** a new head first, and then the last blocks train on with it.
#
# Before that, what "frozen" means. It is not only "no gradient".


# %%
def moved(trainable, training):
    """Whether a normalisation's statistics move in a call, and by what it divides."""
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
# A normalisation with `trainable=False` runs in inference mode, even inside `fit`: its
# statistics stay, and it divides by them. Leave it trainable on fifty images, and it
# replaces the statistics of a million.
#
# And one more rule: `compile` takes down which weights are trained. Who changes
# `trainable` afterwards must compile again.

# %% tags=["include"]
from layerwise.transfer import split

# %%
# Nothing before the cut will train, so it is computed once for all images.
bottom, top = split(backbone, "blocks.11.bn2")
z = bottom.predict(x, batch_size=100, verbose=0)
z_test = bottom.predict(x_test, batch_size=100, verbose=0)
for layer in top.layers:
    layer.trainable = not isinstance(layer, layers.BatchNormalization)
trained_by_others = top.get_weights()
print(f"{checks.weight_count(bottom):,} weights stay frozen,", end=" ")
print(f"{checks.weight_count(top, trainable=True):,} are fine-tuned")


def accuracy(model, images):
    logits = model.predict(images, batch_size=250, verbose=0)
    return 100 * float(np.mean(logits.argmax(-1) == y_test))


def fit(model, images, labels, rate, epochs):
    """Trains with Adam; what has changed in `trainable` counts from here on."""
    model.compile(
        keras.optimizers.Adam(rate),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=keras.backend.backend() != "tensorflow",
    )
    batches = data.batches(images, labels, 32, shuffle=True)
    model.fit(batches, epochs=epochs, shuffle=False, verbose=0)


# %%
def fine_tune(chosen, seed, rate=3e-4, epochs=5):
    """Trains a head on frozen features, then the last blocks with it."""
    keras.utils.set_random_seed(seed)
    top.set_weights(trained_by_others)
    head = keras.Sequential([keras.Input((1280,)), layers.Dense(10)])
    pooled = keras.Sequential([top, layers.GlobalAveragePooling2D()])
    frozen = pooled.predict(z[chosen], verbose=0)
    enough = max(20, 6400 // len(chosen))  # some two hundred steps, at least
    fit(head, frozen, y[chosen], 1e-3, budget.pick(1, enough, enough))
    model = keras.Sequential([pooled, head])
    if epochs:
        fit(model, z[chosen], y[chosen], rate, budget.pick(1, epochs, 2 * epochs))
    return accuracy(model, z_test)


def from_scratch(chosen, seed):
    """Trains a small network on the small images."""
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input((28, 28, 1)), layers.Rescaling(1 / 255)])
    for filters in (16, 32):
        model.add(layers.Conv2D(filters, 3, activation="relu", padding="same"))
        model.add(layers.MaxPooling2D())
    model.add(layers.Flatten())
    model.add(layers.Dense(10))
    epochs = 40 if len(chosen) < 500 else 20
    images = x_small[chosen].astype("float32")
    fit(model, images, y[chosen], 2e-3, budget.pick(1, epochs, 2 * epochs))
    return accuracy(model, x_small_test)


# %%
results = {"frozen": [], "from scratch": [], "fine-tuned": []}
for per_class in LABELS:
    draws = [transfer.few(y, per_class, seed) for seed in SEEDS]
    results["frozen"].append([probe("bn1", per_class, seed) for seed in SEEDS])
    for name, way in (("from scratch", from_scratch), ("fine-tuned", fine_tune)):
        results[name].append([way(chosen, s) for s, chosen in enumerate(draws)])

# %%
figure, axes = plots.panels(1, width=6.8, height=3.9)
for (name, values), color in zip(results.items(), plots.PALETTE, strict=False):
    values = np.array(values)
    spread = [values.mean(1) - values.min(1), values.max(1) - values.mean(1)]
    axes[0].errorbar(
        LABELS, values.mean(1), spread, marker="o", capsize=4, color=color, label=name
    )
axes[0].set(
    title="The same labels, three ways",
    xlabel="labels of each class",
    ylabel="test images right (%)",
    xscale="log",
)
axes[0].set_xticks(LABELS, [str(n) for n in LABELS])
axes[0].minorticks_off()
axes[0].legend()
plt.show()

# %% tags=["headline"]
for position, per_class in enumerate(LABELS):
    cells = [f"{n} {np.mean(v[position]):.1f}" for n, v in results.items()]
    print(f"{per_class:3} labels a class: {', '.join(cells)} % right")

# %% [markdown]
# Bars run from the least to the greatest draw; with 100 labels all draws are the same
# images, and the bars are the trainings' own. With 5 labels the frozen features are
# ahead of a network of one's own, and fine-tuning does not add to them: fifty images
# are too few to move two million weights for the better. The more labels, the smaller
# the lead of anything: what pretraining gives is given once. How large the lead is
# depends on how near the new task is to the old; small grey clothes are not near.

# %% [markdown]
# ## 4 · The learning rate
#
# > **Predict.** The same fine-tuning at rates from 1e-5 to 1e-2. Which of them is worse
# > than not fine-tuning at all?

# %%
RATES = budget.pick((1e-3,), (1e-5, 1e-4, 1e-3, 1e-2), (1e-5, 1e-4, 1e-3, 1e-2))
middle = LABELS[len(LABELS) // 2]
chosen = transfer.few(y, middle, seed=0)
head_only = fine_tune(chosen, seed=0, epochs=0)
by_rate = [fine_tune(chosen, seed=0, rate=rate) for rate in RATES]
ax = plots.lines(
    RATES,
    {"fine-tuned": by_rate},
    title=f"Fine-tuning on {middle} labels a class",
    xlabel="learning rate",
    ylabel="test images right (%)",
)
ax.set_xscale("log")
ax.axhline(head_only, color=plots.GREY, lw=1.5, ls="--")
ax.annotate(
    "the head alone", (RATES[0], head_only), (0, -16), textcoords="offset points"
)
plt.show()

# %% [markdown]
# Too small a rate changes nothing. Too large a one destroys in a few steps what a
# million images had taught. Where it pays, it pays a little, and well below the rate
# that one would use from scratch.

# %% [markdown]
# ## 5 · When it does not help
#
# Features transfer if what they look for is there. Mix up the pixels of all images by
# one fixed permutation: every image keeps all its numbers, and no edge survives. A
# linear classifier on raw pixels does not notice. The features do.


# %%
def permuted(images, seed=0):
    order = np.random.default_rng(seed).permutation(28 * 28)
    return images.reshape(len(images), -1)[:, order].reshape(images.shape)


top.set_weights(trained_by_others)  # the halves share them with the backbone
chosen = transfer.few(y, middle, seed=0)
table = {}
for name, change in (("as they are", lambda images: images), ("permuted", permuted)):
    small = change(x_small[chosen]), change(x_small_test)
    large = [transfer.prepare(images, SIZE) for images in small]
    found = [pooled_features(backbone, ["bn1"], images)["bn1"] for images in large]
    pixels = [images.reshape(len(images), -1).astype("float32") for images in small]
    table[name] = [
        transfer.linear_accuracy((train, y[chosen]), (test, y_test))
        for train, test in (found, pixels)
    ]
for name, (on_features, on_pixels) in table.items():
    print(f"images {name:12} features {on_features:5.1f} %   pixels {on_pixels:5.1f} %")

# %% [markdown]
# On permuted images the features of a million photographs are worth less than the
# pixels themselves. And even on the clothes as they are, raw pixels are not far behind:
# this task is small, grey and centred. Ask of every claim of transfer: compared with
# what?

# %% [markdown]
# ## 6 · What the slides claim, and what we measured
#
# **"In practice one often uses weights that were trained on ImageNet."** *Yes*, and
# section 3 shows when: with few labels a class the frozen features were the best of the
# three, even on pictures that look nothing like ImageNet's.
#
# **"Copy (a part of) the trained weights into another network, and train it again:
# fine-tuning."** *Two things in one.* With few labels, copying is nearly all of it, and
# training again moves little. Which part to copy is a question of its own: section 2.
# Yosinski et al. (2014, arXiv:1411.1792) asked it first for whole networks.
#
# **What the slides leave out:** batch normalisation, which must be frozen with the
# rest; the learning rate; and the cases in which it does not help.

# %% [markdown]
# ## Summary
#
# - Features of a trained network and a linear classifier are the first thing to try.
# - Fine-tune in two phases: the head on a frozen base, then the last blocks at a rate a
#   tenth of the usual.
# - `trainable=False` on a normalisation also stops its statistics. After a change of
#   `trainable`, compile again.
# - Draw the labels several times: with five of each, the draw matters.
# - Always compare with a simple baseline.
#
# **Your turn:** [hw05 ·
# Transfer](../../../assignments/en/hw05_transfer/hw05_transfer.ipynb). You freeze a
# base to the bit, unfreeze its end, and learn from twelve images.
