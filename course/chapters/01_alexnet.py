# %% [markdown]
# # 01 · ILSVRC and AlexNet: the upset of 2012
#
# A contest with a million photographs, an error that allows five guesses, and the
# network that won by ten points.
#
# **From the slides:** ImageNet and the contest ILSVRC; the winners from 2010 to 2015 by
# top-5 error; a person's error; AlexNet; why convolutions take most of its time; GPUs.
#
# **Time:** two to three minutes on two cores. `LAYERWISE_BUDGET=full` downloads a
# larger classifier, trains on all of Fashion-MNIST, and wants a GPU.

# %%
import logging
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer start-up messages
logging.getLogger("tensorflow").setLevel("ERROR")  # no advice on retracing

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

from layerwise import budget, checks, costs, data, ilsvrc, photographs, plots
from layerwise.pretrained import imagenet_classifier, top_k

plots.use_style()
CROPS = budget.pick(2, 24, 200)  # of each photograph
SEEDS = range(budget.pick(1, 3, 5))
EPOCHS = budget.pick(1, 8, 30)
NUM_TRAIN, NUM_TEST = budget.pick((320, 200), (2_000, 2_000), (60_000, 10_000))
print(f"budget {budget.level()}: {NUM_TRAIN} images, {EPOCHS} epochs, {SEEDS} seeds")

# %% [markdown]
# ## 1 · The question
#
# ImageNet is a collection of labelled photographs. Since 2010 a part of it was the
# subject of a yearly contest, the *ImageNet Large Scale Visual Recognition Challenge*,
# ILSVRC: 1,281,167 training images (2012), 1000 classes, and 100,000 test images whose
# labels the teams did not have (Russakovsky et al. 2015, Table 2).
#
# In 2012 a convolutional network won. The second-best team had 26.2 % errors; the
# network had 16.4 %, or 15.3 % with more training data (Krizhevsky, Sutskever and
# Hinton 2012, Table 2). From then on, all winners were such networks.
#
# Errors of what kind? What was in that network, and which part of it mattered?

# %% [markdown]
# ## 2 · Five guesses
#
# We have no ImageNet here, but a network that was trained on it: EfficientNet-Lite0, a
# descendant of 2019, and a few photographs that came with the packages of this course.

# %%
model, preprocess, names = imagenet_classifier()
images = photographs.photographs(224)  # (n, 224, 224, 3), 0 to 255
probabilities = ops.convert_to_numpy(model(preprocess(images)))
print(f"{model.name}: {checks.weight_count(model):,} weights -> {probabilities.shape}")

guesses = top_k(probabilities, 5, names)
captions = ["\n".join(f"{100 * p:3.0f} %  {name}" for name, p in g) for g in guesses]
figure, axes = plots.panels(len(images), columns=4, width=2.6, height=4.0)
for ax, image, name, caption in zip(
    axes, images, photographs.names(), captions, strict=True
):
    ax.imshow(image)
    ax.set(xticks=[], yticks=[], title=photographs.PHOTOGRAPHS[name].shows)
    ax.spines[:].set_visible(False)
    ax.set_xlabel(caption, loc="left", multialignment="left", linespacing=1.3)
plt.show()

# %% [markdown]
# Five guesses for each, with what the network holds them to be worth.
#
# The cat shows why five are allowed. Tabby, tiger cat and Egyptian cat are three of
# ImageNet's classes, and a label names only one. A photograph can also show several
# things, and again one label was given. So ILSVRC counts an answer as right if the
# label is among the five most probable classes:
#
# $$\text{top-5 error} = \frac{\text{images whose label is not among the first five}}
#   {\text{all images}}$$
#
# The dahlia and the astronaut show something else: neither is among the 1000 classes.
# A classifier has no way to say so. It spreads its guesses, and none is worth much.

# %%
entries = [photographs.PHOTOGRAPHS[name] for name in photographs.names()]
known = [index for index, entry in enumerate(entries) if entry.classes]


def ranks(probabilities, classes):
    """Counts, for each image, the classes that are held to be likelier than the right.

    `classes` are the right ones of each image: one is enough.
    """
    best = [
        row[list(right)].max()
        for row, right in zip(probabilities, classes, strict=True)
    ]
    return (probabilities > np.array(best)[:, None]).sum(axis=1)


found = ranks(probabilities[known], [entries[index].classes for index in known])
for index, rank in zip(known, found, strict=True):
    print(f"{entries[index].shows:22} right class at place {rank + 1}")
for k in (1, 5):
    print(
        f"top-{k} error {100 * np.mean(found >= k):.0f} % of {len(found)} photographs"
    )

# %% [markdown]
# An error is a place beyond the fifth. On a handful of clear photographs there is
# little to see, so make it harder: many small pieces of each, some of them mirrored. A
# piece of a palace may be all trees.
#
# > **Predict.** How much larger is the top-1 error than the top-5 error? How many
# > guesses until nothing is missed?

# %%
rng = np.random.default_rng(0)


def piece(image):
    """Cuts out a square of 30 to 80 % of the side, perhaps mirrors it; resizes it."""
    side = int(224 * rng.uniform(0.3, 0.8))
    top, left = rng.integers(0, 224 - side, 2)
    cut = image[top : top + side, left : left + side, :: rng.choice((-1, 1))]
    return ops.image.resize(cut.astype("float32"), (224, 224), "bicubic")


places = []
for index in known:
    pieces = np.stack(
        [ops.convert_to_numpy(piece(images[index])) for _ in range(CROPS)]
    )
    answers = ops.convert_to_numpy(model(preprocess(np.clip(pieces, 0, 255))))
    places.append(ranks(answers, [entries[index].classes] * CROPS))
places = np.array(places)  # (photographs, pieces)
ks = np.arange(1, 21)
top_errors = [100 * np.mean(places >= k) for k in ks]
for index, row in zip(known, places, strict=True):
    print(f"{entries[index].shows:22} top-1 {100 * np.mean(row >= 1):3.0f} %", end="")
    print(f"   top-5 {100 * np.mean(row >= 5):3.0f} %")
print(f"{'all pieces':22} top-1 {top_errors[0]:3.0f} %   top-5 {top_errors[4]:3.0f} %")

# %%
figure, axes = plots.panels(1, width=7.0, height=3.4)
axes[0].plot(ks, top_errors, marker="o")
axes[0].plot(5, top_errors[4], "o", ms=11, color=plots.VERMILION)
axes[0].annotate("top-5", (5, top_errors[4]), (8, 8), textcoords="offset points")
axes[0].set(
    title=f"{places.size} pieces of photographs: top-k error",
    xlabel="k, guesses allowed",
    ylabel="error (%)",
    xticks=ks,
    ylim=(0, None),
)
plt.show()

# %% [markdown]
# The error falls as k grows: every image that is right within k guesses is right within
# k + 1. With k = 1000 it is zero for any classifier, and says nothing. So an error
# without its k says nothing either. (These pieces come from six photographs, and tell
# about the definition, not about the classifier's error on ImageNet.)

# %% [markdown]
# ## 3 · Six years of winners
#
# The figures are quoted from a table that ships with the course. Each row says what was
# measured: one network or several together, on the test or the validation images.

# %%
for row in ilsvrc.results():
    mark = "*" if row["winner"] else " "
    depth = row["depth"] or "-"
    print(
        f"{row['year']} {mark} {row['top5_error']:5.2f} %  {row['method']:26}", end=""
    )
    print(f"{depth:>4} layers   {row['nets']:8}  {row['split']:10}  {row['team']}")


# %%
def interval(person):
    """Returns the half-width of a 95 % interval, in per cent, of a counted error."""
    share = person["top5_error"] / 100
    return 196 * np.sqrt(share * (1 - share) / person["images"])


for person in ilsvrc.HUMANS:
    print(
        f"annotator {person['name']}: {person['top5_error']} % of {person['images']}",
        f"images, 95 % interval ±{interval(person):.1f}",
    )
trained = ilsvrc.HUMANS[0]
sample = {"top5_error": ilsvrc.GOOGLENET_ON_SAMPLE, "images": trained["images"]}
print(f"GoogLeNet, same images: {sample['top5_error']} %, ±{interval(sample):.1f}")

# %%
figure, axes = plots.panels(1, width=9.0, height=4.6)
ax, winners = axes[0], ilsvrc.winners()
human, half = trained["top5_error"], interval(trained)
kinds = {"none": (plots.GREY, "features by hand"), "ensemble": (plots.BLUE, "networks")}
for place, row in enumerate(winners):
    color, kind = kinds[row["nets"]]
    ax.bar(place, row["top5_error"], 0.7, color=color, label=kind)
    text = f"{row['top5_error']:g} %"
    text += f"\n{row['depth']} layers" if row["depth"] else ""
    text += "\nextra data" if "extra" in row["method"] else ""
    height = max(row["top5_error"], human + half) + 0.5
    ax.text(place, height, text, ha="center", linespacing=1.3)
for place, row in ((2, "AlexNet"), (5, "GoogLeNet"), (6, "ResNet-152")):
    (one,) = (
        r for r in ilsvrc.results() if (r["method"], r["nets"]) == (row, "single")
    )
    look = {"color": plots.INK, "mfc": "white", "ms": 7, "linestyle": ""}
    ax.plot(
        place + 0.43, one["top5_error"], "D", label="one network, validation", **look
    )
ax.axhspan(human - half, human + half, color=plots.ORANGE, alpha=0.3, lw=0)
ax.axhline(human, color=plots.ORANGE, label="one trained person, 1,500 images")
ax.set_xticks(range(len(winners)), [f"{r['year']}\n{r['team']}" for r in winners])
ax.set(title="ILSVRC classification, winners", ylabel="top-5 error (%)", ylim=(0, 32))
ax.grid(visible=False, axis="x")
once = dict(zip(*reversed(ax.get_legend_handles_labels()), strict=True))
ax.legend(once.values(), once.keys())
plt.show()

# %% [markdown]
# Bars are the figures with which a team won, on the test images. Diamonds are a single
# network of the same kind, on the validation images: from 2012 on every bar is several
# networks together.
#
# **What is a person's 5.1 % worth?** It is one person. Annotator A1 practised on 500
# images, then labelled 1,500 of the test set, with all 1000 classes to choose from. A
# second one, who had practised on 100, had 12.0 % on 258 (Russakovsky et al. 2015,
# section 6.4). The band is what chance alone allows with 1,500 images; it says nothing
# about other people. What such a person finds hard is to know 120 breeds of dog, not to
# see the dog. "Better than people" means: fewer errors than A1 at that task.

# %% [markdown]
# ## 4 · AlexNet, layer by layer
#
# **The neighbours' brake.** Local response normalisation divides each number by a power
# of what lies in the five channels around it at the same position:
#
# $$b_i = \frac{a_i}{\left(k + \alpha \sum_{j=i-2}^{i+2} a_j^2\right)^{\beta}},
#   \qquad k = 2,\ \alpha = 10^{-4},\ \beta = 0.75$$
#
# It has no weights. The sum over neighbours is a product with a band of ones.

# %% tags=["include"]
from layerwise.models.alexnet import LocalResponseNormalization

# %%
norm = LocalResponseNormalization()
figure, axes = plots.panels(1, width=7.5, height=3.2)
channels = np.arange(24)
for size, color in ((20, plots.SKY), (200, plots.BLUE)):
    x = np.full((1, 1, 1, 24), 1.0, "float32")
    x[..., 12] = size
    share = ops.convert_to_numpy(norm(x) / x)[0, 0, 0] / 2**-0.75
    axes[0].plot(channels, share, "o-", color=color, label=f"channel 12 is {size}")
axes[0].set(
    title="What is left of each channel (all others are 1)",
    xlabel="channel",
    ylabel="share",
    ylim=(0, 1.1),
)
axes[0].legend(loc="lower left")
plt.show()

# %% [markdown]
# A loud channel brakes itself and two neighbours on each side. With α that small, it
# must be loud: 20 is hardly noticed. Numbers near 1 are all multiplied by $2^{-0.75}$,
# about 0.59, which the figure leaves out.
#
# **One convolution of five.** ReLU, then perhaps normalisation, then perhaps pooling
# over 3×3 windows that step by 2, so that they *overlap*.

# %% tags=["include"]
from layerwise.models.alexnet import convolution, initializer

# %% [markdown]
# `groups=2` is the trace of two GPUs: the filters on one see only the channels on the
# same one. That makes two convolutions side by side, each half as wide. Check it.

# %%
x = np.random.default_rng(1).normal(size=(2, 9, 9, 8)).astype("float32")
grouped = checks.as_model(convolution, (9, 9, 8), filters=6, kernel_size=3, groups=2)
halves = checks.as_model(
    convolution, (9, 9, 8), filters=6, kernel_size=3, groups=2, split=True
)
whole = checks.as_model(convolution, (9, 9, 8), filters=6, kernel_size=3)
kernel, bias = grouped.get_weights()
halves.set_weights([kernel[..., :3], bias[:3], kernel[..., 3:], bias[3:]])
gap = np.abs(ops.convert_to_numpy(grouped(x) - halves(x))).max()
print(f"grouped kernel {kernel.shape}, largest difference to two halves {gap:.1e}")
for name, net in (("ungrouped", whole), ("two groups", grouped)):
    parameters, multiply_adds = costs.total(costs.layer_costs(net))
    print(f"{name:11} {parameters:4} parameters  {multiply_adds:6,} multiply-adds")

# %% [markdown]
# The same numbers for half the kernel and half the work.
#
# **The end.** Two wide dense layers, each with dropout, which sets half of their
# outputs to zero at random while training; then one output for each class.

# %% tags=["include"]
from layerwise.models.alexnet import head

# %%
ones, dropout = np.ones((8,), "float32"), layers.Dropout(0.5, seed=0)
kept, same = dropout(ones, training=True), dropout(ones, training=False)
print("dropout, training:", ops.convert_to_numpy(kept))
print("dropout, in use:  ", ops.convert_to_numpy(same))
end = checks.as_model(head, (6, 6, 256), units=4096, num_classes=1000)
print(f"the end of AlexNet holds {checks.weight_count(end):,} weights")

# %% [markdown]
# What dropout lets through is doubled, so that the sum stays the same on average, and
# nothing needs to change when the network is used.
#
# **The network.** Five convolutions and three dense layers. The paper says 224×224
# pixels; its 55×55 outputs need 227×227.

# %% tags=["include"]
from layerwise.models.alexnet import alexnet

# %% [markdown]
# > **Predict.** Where do most of the parameters sit, in the convolutions or in the
# > dense layers? And where are most of the multiplications?

# %%
big = alexnet()
weighted = [row for row in costs.layer_costs(big) if row.parameters]
total_parameters, total_work = costs.total(weighted)
print("layer   kind     output            parameters      multiply-adds")
for number, row in enumerate(weighted, 1):
    print(f"{number:5}   {row.kind:7}  {row.output_shape!s:15}", end="")
    print(f"{row.parameters:13,}  {row.multiply_adds:17,}")
print(f"{'together':32}{total_parameters:13,}  {total_work:17,}")
dense = [row for row in weighted if row.kind == "Dense"]
dense_parameters = 100 * costs.total(dense)[0] / total_parameters
conv_work = 100 - 100 * costs.total(dense)[1] / total_work
print(f"dense layers hold {dense_parameters:.1f} % of the parameters;", end=" ")
print(f"convolutions do {conv_work:.1f} % of the multiply-adds")

# %%
figure, axes = plots.panels(2, width=4.6, height=3.4)
rows = [
    f"{'conv' if r.kind == 'Conv2D' else 'dense'} {n}"
    for n, r in enumerate(weighted, 1)
]
colors = {name: plots.VERMILION for name in rows if name.startswith("dense")}
for ax, title, field, total in (
    (axes[0], "Parameters", "parameters", total_parameters),
    (axes[1], "Multiply-adds for one image", "multiply_adds", total_work),
):
    shares = [100 * getattr(row, field) / total for row in weighted]
    plots.bars(dict(zip(rows, shares, strict=True)), ax, title, "% of all", colors)
plt.show()

# %% [markdown]
# The two panels are each other's opposite. A convolution uses each of its weights once
# at every position, a dense layer uses each once. So memory goes to the dense layers
# and time to the convolutions, and whoever wants a smaller file and whoever wants a
# faster network must look in different places. (VGG kept the dense layers. GoogLeNet
# and ResNet dropped them: chapters 03 and 04.)

# %% [markdown]
# ## 5 · Why GPUs, and why two
#
# The paper trained for 90 epochs on 1.2 million images, in five to six days on two GTX
# 580 GPUs with 3 GB each (sections 3.2 and 5). A training step costs about three
# forward passes: one forward, two backward, for the gradients of weights and of inputs.

# %%
BATCH, IMAGES, PAPER_EPOCHS = 128, 1.2e6, 90  # section 5 of the paper
outputs = sum(int(np.prod(r.output_shape)) for r in costs.layer_costs(big))
held = {
    "weights": total_parameters,
    "their gradients": total_parameters,
    "their momentum": total_parameters,
    "outputs of all layers": BATCH * outputs,
    "their gradients, at most": BATCH * outputs,
}
for name, count in held.items():
    print(f"{name:25} {4 * count / 2**20:7.0f} MiB")
print(f"{'together':25} {4 * sum(held.values()) / 2**20:7.0f} MiB in 32-bit numbers")
operations = 2 * 3 * total_work * IMAGES * PAPER_EPOCHS
print(f"the whole training: {operations:.1e} operations;", end=" ")
print(
    f"in 5.5 days, {operations / (5.5 * 86400) / 2e9:.0f} billion a second on each GPU"
)

x = np.zeros((budget.pick(1, 8, 32), 227, 227, 3), "float32")
ops.convert_to_numpy(big(x))  # the first call compiles
start = time.perf_counter()
ops.convert_to_numpy(big(x))
rate = len(x) / (time.perf_counter() - start)
days = 3 * IMAGES * PAPER_EPOCHS / rate / 86400
print(f"forward on this computer: {rate:.0f} images a second, so {days:.0f} days")

# %% [markdown]
# The estimate counts each layer's output once and ignores what a convolution needs
# while it works; early programs also held copies of the images, unrolled for a matrix
# product. It gives the scale, against a memory of 3 GB. The authors wrote that 1.2
# million images sufficed to train networks too large for one GPU (section 3.2). So they
# put half of the filters on each and let the GPUs talk in certain layers only: that is
# where the groups come from. Compared with a net with half as many filters in each
# convolution on one GPU, this lowered the top-5 error by 1.2 points.
#
# The last line is an extrapolation from a few images on this computer's processor (or
# GPU, if it has one). It is why nobody trained such a network on a processor.

# %% [markdown]
# ## 6 · The ideas of 2012, one by one
#
# What of it mattered? Take a narrow AlexNet, an eighth of the width, for 28×28 images
# of Fashion-MNIST, and leave out one idea at a time. Overlapping or not, the pooling
# gives the same sizes here, so all variants have equally many weights.

# %% tags=["include"]
from layerwise.models.alexnet import small_alexnet

# %%
(x_train, y_train), (x_test, y_test) = data.fashion_mnist(
    budget.pick("subset", "subset", "keras")
)
x_train, y_train = x_train[:NUM_TRAIN], y_train[:NUM_TRAIN]
x_test, y_test = x_test[:NUM_TEST], y_test[:NUM_TEST]
# As in the paper, the mean of the training images is subtracted.
mean, deviation = x_train.mean(axis=0), x_train.std()
x_train, x_test = ((x - mean) / deviation for x in (x_train, x_test))

IDEAS = {
    "all ideas of 2012": {},
    "tanh for ReLU": {"activation": "tanh"},
    "no dropout": {"dropout": 0},
    "no dropout, tanh": {"dropout": 0, "activation": "tanh"},
    "no normalisation": {"norm": False},
    "2×2 pooling": {"overlapping": False},
}
IDEAS = dict(list(IDEAS.items())[: budget.pick(2, 6, 6)])
for name, options in IDEAS.items():
    print(f"{name:18} {checks.weight_count(small_alexnet(**options)):,} weights")

# %%
test_batches = data.batches(x_test, y_test, 500)
all_batches = data.batches(x_train, y_train, 500)


def train(seed, options):
    """Trains one variant; returns its errors by epoch, and at the end."""
    keras.utils.set_random_seed(seed)
    net = small_alexnet(**options)
    net.compile(
        keras.optimizers.SGD(0.01, momentum=0.9),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        # On TensorFlow and two cores, XLA compiles for longer than it saves.
        jit_compile=keras.backend.backend() != "tensorflow",
    )
    batches = data.batches(x_train, y_train, 64, shuffle=True, seed=seed)
    # The batches are shuffled already.
    history = net.fit(batches, epochs=EPOCHS, shuffle=False, verbose=0).history
    ends = [net.evaluate(b, verbose=0)[1] for b in (all_batches, test_batches)]
    return 100 * (1 - np.array(history["accuracy"])), 100 * (1 - np.array(ends))


# %% [markdown]
# ReLU is left out twice: with dropout, and without, which is how the paper compared
# the two (four layers on CIFAR-10, no regularisation, Figure 1).
#
# > **Predict.** Which omission hurts the test error most? Which one helps the
# > *training* error? Is ReLU faster than tanh in both pairs?

# %%
curves, ends = {}, {}
for name, options in IDEAS.items():
    runs = [train(seed, options) for seed in SEEDS]
    curves[name] = np.array([curve for curve, _ in runs])  # (seeds, epochs)
    ends[name] = np.array([end for _, end in runs])  # (seeds, training and test)

# %%
figure, axes = plots.panels(2, width=5.0, height=4.0)
epochs = np.arange(1, EPOCHS + 1)
for index, (name, values) in enumerate(curves.items()):
    look = {"color": plots.PALETTE[index], "marker": plots.MARKERS[index]}
    axes[0].plot(epochs, values.mean(0), label=name, markevery=2, **look)
    test = ends[name][:, 1]
    axes[1].plot(test, [index] * len(test), linestyle="", alpha=0.6, **look)
    axes[1].plot(test.mean(), index, "|", color=plots.INK, ms=22, mew=2)
axes[0].set(title="While training", xlabel="epoch", ylabel="training error (%)")
axes[0].set_ylim(0, None)
axes[0].legend()
axes[1].set_yticks(range(len(ends)), list(ends))
axes[1].invert_yaxis()
axes[1].margins(y=0.15)
axes[1].set(title="Test error of each seed, and the mean", xlabel="test error (%)")
plt.show()

# %% tags=["headline"]
print("errors in %           training               test (mean, range of the seeds)")
for name, values in ends.items():
    print(f"{name:20}", end="")
    for column in values.T:
        print(
            f"{column.mean():5.1f} ({column.min():4.1f} to {column.max():4.1f})   ",
            end="",
        )
    print()
spread = max(np.ptp(values[:, 1]) for values in ends.values())
print(f"two seeds of one variant differ by up to {spread:.1f} points of test error")
print(
    f"AlexNet: {total_parameters:,} parameters, {dense_parameters:.1f} % of them dense;"
)
print(f"{conv_work:.1f} % of the multiply-adds in convolutions")

# %% [markdown]
# Read it with the spread in mind: a difference that is smaller than the distance
# between two seeds of the same network is not a finding. The left panel is taken while
# training, with dropout at work; the table is taken afterwards, without it. At the
# default budget, look for this:
#
# - *ReLU.* Without dropout it is far ahead of tanh after the same epochs, on the
#   training images most of all: what the paper saw. With dropout the two are level.
#   An idea's worth depends on what else is there.
# - *Dropout* costs. It sets half of narrow layers to zero, and the paper says that it
#   roughly doubles the epochs that training needs (section 4.2). Ours stops long before
#   that: with dropout the gap between training and test error is smaller, the test
#   error is not. `LAYERWISE_BUDGET=full` trains for longer.
# - *Without normalisation* the seeds scatter widely, and the worst one is far off. But
#   section 4 showed that small numbers are hardly braked: what the layer does to them
#   is to multiply by a constant below 1, twice. Here it may do no more than calm the
#   first steps.
# - *Overlapping pooling* makes no difference that we could tell from chance. The
#   paper's gains from these two, on ImageNet, were 1.2 and 0.3 points of top-5 error
#   (sections 3.3 and 3.4). To see 0.3 here takes far more seeds than three.
#
# So ReLU is the one idea of the four that clearly pays at this size. What we cannot
# take away here is the rest: a million images, and a network large enough to use them.

# %% [markdown]
# ## 7 · What the slides claim, and what we measured
#
# **"AlexNet won ILSVRC 2012 by an overwhelming margin."** *Yes* (quoted): 16.4 %
# against 26.2 % of the second-best, 15.3 % with more training data. Both are several
# networks together; one alone had 18.2 % on the validation images (Krizhevsky et al.
# 2012, Table 2).
#
# **"ImageNet has more than a million images."** *Yes*, and that is only the contest's
# part of it: 1,281,167 for training (Russakovsky et al. 2015, Table 2).
#
# **"An answer is right if it is among the first five."** *Yes*, and it matters. On our
# pieces of photographs the top-1 error is far above the top-5 error (section 2).
#
# **"From 2010 to 2015 the error fell from 28.2 % to 3.5 %."** *Yes* (quoted); the
# last figure is 3.57 %. Depth rose from 8 layers to 152 in these years, and much else
# changed with it.
#
# **"That is better than people."** *Better than one trained person* at naming 1000
# classes: 5.1 % on 1,500 images, with an interval that section 3 computes. A second
# person had 12.0 %.
#
# **"Convolutions take 95 % of AlexNet's forward time on a GPU, 89 % on a CPU."** *It
# fits.* Section 4 counts their share of the multiply-adds, and the time has no reason
# to be far from it. Their share of the parameters is the opposite.
#
# **"GPUs made it possible."** *Our estimate agrees* (section 5): days on two GPUs of
# 2012, as the authors report, and the figure that was printed for this computer.
#
# What the slides do not say: at small scale, most single ideas of 2012 are hard to tell
# from chance, or cost (section 6). Local response normalisation was soon dropped;
# Simonyan and Zisserman (2014, section 4.1) found that it does not help VGG.
#
# Sources: A. Krizhevsky, I. Sutskever, G. Hinton, *ImageNet Classification with Deep
# Convolutional Neural Networks*, NIPS 2012. O. Russakovsky et al., *ImageNet Large
# Scale Visual Recognition Challenge*, 2015, arXiv:1409.0575. Each winner's source is in
# the table that `ilsvrc.results()` reads.

# %% [markdown]
# ## Summary
#
# - Top-5 error: the share of images whose label is not among the five most probable
#   classes. An error without its k says nothing.
# - A figure from a contest needs three words more: one network or several, test or
#   validation, extra data or not. A "human" error needs to say who.
# - AlexNet: five convolutions, three dense layers, 60,965,224 parameters. The dense
#   layers hold them; the convolutions do the work.
# - Groups halve kernel and work. They are the trace of two GPUs with 3 GB each.
# - An idea's worth is a difference between runs. Compare it with the difference between
#   seeds first.
#
# **Your turn:**
# [hw01 · AlexNet](../../../assignments/en/hw01_alexnet/hw01_alexnet.ipynb). You write
# the top-k error for any k, the costs of a network that nobody has built, local
# response normalisation by its formula, and a network from a table.
