# %% [markdown]
# # 04 · Residual networks: depth that does not hurt
#
# A deeper network should never be worse than a shallower one; it is, and one addition
# repairs it.
#
# **From the slides:** ResNet and its depth; the shortcut, which turns $F(x)$ into
# $F(x) + x$; the signal that flows back undiminished; accuracy beyond 150 layers; the
# 3.5 % of ImageNet 2015.
#
# **Time:** two to three minutes on two cores. `LAYERWISE_BUDGET=full` trains on all of
# Fashion-MNIST, and wants a GPU.

# %%
import logging
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer start-up messages
logging.getLogger("tensorflow").setLevel("ERROR")  # no advice on retracing

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

from layerwise import budget, checks, data, plots
from layerwise.models import resnet
from layerwise.models.resnet import EPSILON

plots.use_style()
NS = budget.pick((1, 2), (1, 3, 5), (1, 3, 5, 9))  # blocks in each of three stages
DEPTHS = [6 * n + 2 for n in NS]
EPOCHS = budget.pick(1, 3, 30)
NUM_TRAIN, NUM_TEST = budget.pick((640, 200), (10_000, 2_000), (60_000, 10_000))
print(f"budget {budget.level()}: depths {DEPTHS}, {EPOCHS} epochs, {NUM_TRAIN} images")

# %% [markdown]
# ## 1 · The question
#
# VGG taught the field to stack 3×3 convolutions. If 16 layers are good, are 32 better?
#
# Take any trained network and put more layers on top. If the new layers pass their
# input on as it is, the deeper network computes what the shallower one did. So the best
# deep network is at least as good as the best shallow one. That argument is about what
# *exists*. Training has to *find* it.
#
# We use Fashion-MNIST: ten kinds of clothes, 28×28 grey pixels.

# %%
(x_train, y_train), (x_test, y_test) = data.fashion_mnist(
    budget.pick("subset", "subset", "keras")
)
x_train, y_train = x_train[:NUM_TRAIN] / np.float32(255), y_train[:NUM_TRAIN]
x_test, y_test = x_test[:NUM_TEST] / np.float32(255), y_test[:NUM_TEST]
print("training images", x_train.shape, "labels", y_train.shape)

first = [int(np.flatnonzero(y_train == label)[0]) for label in range(10)]
plots.image_grid(x_train[first], data.CLASS_NAMES)
plt.show()

# %% [markdown]
# One image of each class. The network reads tensors of shape
# (batch, height, width, channels), here (128, 28, 28, 1).
#
# Every network in this chapter is trained by the next cell: same images, same order,
# same epochs, same optimizer, same seed. Only the depth and the shortcuts change.

# %%
FILTERS = budget.pick(8, 8, 16)
train_batches = data.batches(x_train, y_train, 128, shuffle=True)
test_batches = data.batches(x_test, y_test, 500)


def train(make_model, n, residual):
    """Trains one network of 6n + 2 layers; returns it and its errors in per cent."""
    keras.utils.set_random_seed(0)
    model = make_model(n, filters=FILTERS, strides=2, residual=residual)
    rate = keras.optimizers.schedules.CosineDecay(0.05, EPOCHS * len(train_batches))
    model.compile(
        keras.optimizers.SGD(rate, momentum=0.9),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        # On TensorFlow and two cores, XLA compiles for longer than it saves.
        jit_compile=keras.backend.backend() != "tensorflow",
    )
    # Otherwise the first step does it, and TensorFlow traces that step twice.
    model.optimizer.build(model.trainable_variables)
    history = model.fit(
        train_batches,
        epochs=EPOCHS,
        validation_data=test_batches,
        shuffle=False,  # the batches are shuffled already
        verbose=0,
    ).history
    errors = {
        key.replace("accuracy", "error"): [100 * (1 - value) for value in values]
        for key, values in history.items()
        if "accuracy" in key
    }
    last = {key: values[-1] for key, values in errors.items()}
    print(f"{model.name:9}", "  ".join(f"{k} {v:5.1f} %" for k, v in last.items()))
    return model, errors


# %% [markdown]
# > **Predict.** Three plain networks of the VGG kind (3×3 convolutions, each with batch
# > normalisation and ReLU) get the same few epochs. Which has the lowest error on the
# > *training* images? Which on the test images? Write it down.

# %%
plain_runs = {}
for n in NS:
    _, plain_runs[f"{6 * n + 2} layers"] = train(resnet.small_resnet, n, residual=False)


# %%
def tints(runs, color):
    """Returns a style for each depth: the deeper, the stronger the colour."""
    colors = plots.shades(color, len(runs))
    return {name: {"color": tint} for name, tint in zip(runs, colors, strict=True)}


plots.training_curves(
    plain_runs,
    "error",
    title="Plain networks: same images, same budget",
    ylabel="error (%)",
    styles=tints(plain_runs, plots.VERMILION),
    validation="test images",
)
plt.show()

# %% [markdown]
# `error` is the share of training images that were classified wrongly, averaged over
# the last epoch; `val_error` is the share of test images. At the default budget the
# deepest network is the worst on *both*.
#
# Were this overfitting, the deep network would be better on the images that it was
# trained on. It is worse there too. He et al. (2015) call it *degradation*: the deeper
# network could hold the shallower one, and the optimizer does not get there.

# %% [markdown]
# ## 2 · F(x) + x
#
# Why is "pass the input on" so hard? A plain block computes $F(x)$, two convolutions.
# For $F(x) = x$, every number in its kernels must have one particular value. Training
# starts from random ones, far away.
#
# So let the block compute
#
# $$y = F(x) + x$$
#
# and the identity is the case $F = 0$: all weights zero. The block has the same weights
# and can express the same functions as before. What moved is the function that it
# computes when it has learned *nothing*.
#
# The derivative moved with it:
#
# $$\frac{\partial L}{\partial x} = \frac{\partial L}{\partial y}
#   \left( \frac{\partial F}{\partial x} + I \right)$$
#
# The $I$ passes the gradient on whatever $F$ does. Section 4 measures what comes of it.

# %% [markdown]
# ## 3 · Build it
#
# **One layer.** A convolution, batch normalisation and ReLU. The convolution has no
# bias: the normalisation would subtract it again.

# %% tags=["include"]
from layerwise.models.resnet import conv_bn

# %%
x = keras.Input((28, 28, 1))
for filters, strides in ((16, 1), (32, 2)):
    y = conv_bn(x, filters, 3, strides)
    print(f"{x.shape} -> {filters} filters, stride {strides} -> {y.shape}")

# %% [markdown]
# Stride 2 halves height and width; `filters` is the number of channels that come out.
# The batch axis is `None`: any batch size will do.
#
# **The way past.** An addition needs two tensors of one shape. Where a block keeps the
# shape, the shortcut is the input itself, and costs nothing. Where it does not, a 1×1
# convolution projects the input to the new shape.

# %% tags=["include"]
from layerwise.models.resnet import shortcut

# %%
x = keras.Input((28, 28, 16))
for filters, strides in ((16, 1), (32, 1), (16, 2), (32, 2)):
    side = shortcut(x, filters, strides)
    kind = "identity" if side is x else "projection"
    print(f"{filters} filters, stride {strides}: {kind:10} {side.shape}")

# %% [markdown]
# One case out of four is the identity, yet it is the common one: a stage changes the
# shape in its first block only.
#
# **The block.** Two convolutions and the addition. The last ReLU comes *after* the
# addition, so $F$ may take away as well as add.

# %% tags=["include"]
from layerwise.models.resnet import basic_block

# %%
keeps = checks.as_model(basic_block, (28, 28, 16), filters=16)
halves = checks.as_model(basic_block, (28, 28, 16), filters=32, strides=2)
plain_block = checks.as_model(basic_block, (28, 28, 16), filters=16, residual=False)
for name, block in (("keeps", keeps), ("halves", halves), ("plain", plain_block)):
    kernels = len(checks.find_layers(block, "Conv2D"))
    print(
        f"{name:7} {block.input_shape} -> {block.output_shape}",
        f"  convolutions {kernels}  weights {checks.weight_count(block):6,}",
    )

# %% [markdown]
# The third convolution of `halves` is the projection. `keeps` and `plain` have equally
# many weights: an identity shortcut is free.
#
# > **Predict.** Set the last normalisation's scale γ to zero, so that $F = 0$. What
# > does `keeps` put out? What does `plain`? What reaches the input of each on the way
# > back?

# %%
rng = np.random.default_rng(0)
# What a block receives has passed a ReLU: nothing in it is negative.
x = np.maximum(rng.normal(size=(4, 28, 28, 16)), 0).astype("float32")
weight = rng.normal(size=x.shape).astype("float32")  # L = sum(weight * block(x))

for name, block in (("residual", keeps), ("plain", plain_block)):
    last = checks.find_layers(block, "BatchNormalization")[-1]
    last.gamma.assign(np.zeros(last.gamma.shape))
    away = np.abs(ops.convert_to_numpy(block(x)) - x).max()
    back = checks.gradient(lambda v, block=block: block(v) * weight, x)
    lost = np.abs(back - weight)[x > 0].max()
    print(f"{name:8}  |block(x) - x| at most {away:.3f}", end="  ")
    print(f"|dL/dx - dL/dy| at most {lost:.3f}")

# %% [markdown]
# With one vector of zeros the residual block *is* the identity, forwards and backwards,
# to the last bit. The plain block is a wall: nothing gets through in either direction.
# "Doing nothing" and "being broken" have changed places.
#
# **The stage.** Blocks in a row; the first may halve the image.

# %% tags=["include"]
from layerwise.models.resnet import stage

# %%
x = keras.Input((28, 28, 16))
print("in     ", x.shape)
for index, strides in enumerate((1, 2, 2)):
    x = stage(x, basic_block, 16 * 2**index, 3, strides)
    print("stage", index + 1, x.shape)

# %% [markdown]
# Half the height, half the width, twice the channels: a convolution costs about the
# same in every stage. That is VGG's rule, and ResNet keeps it.
#
# **The network.** One convolution, three stages, the mean over each channel, one dense
# layer.

# %% tags=["include"]
from layerwise.models.resnet import small_resnet

# %%
for n in (1, 3, 5):
    with_shortcuts = checks.weight_count(small_resnet(n))
    without = checks.weight_count(small_resnet(n, residual=False))
    print(f"{6 * n + 2:2} layers  {with_shortcuts:9,} weights  plain {without:9,}")

# %% [markdown]
# The difference is the two projections, and does not grow with depth. Layers are
# counted as the paper does: convolutions on the main path and the dense layer, $6n + 2$
# of them.

# %% [markdown]
# ## 4 · The gradient laboratory
#
# The slides say that the shortcut lets the signal flow back undiminished. Measure it.
#
# *What is pinned.* A stack of 2 to 50 convolutions, 3×3, 16 channels, on 8 random
# non-negative inputs of 16×16 positions; ReLU as in the basic block; weights as they
# are at initialisation, Glorot's uniform or He's normal; normalisation, where there is
# one, by the batch's own mean and variance, as in the first step of training. The loss
# is a random direction at the output, scaled so that $\|\partial L/\partial y\| = 1$.
# Then $\|\partial L/\partial x\|$ is what is left of 1, and "undiminished" means 1.


# %%
def leave(x):
    return x


def normalise(x):
    """What batch normalisation computes before it has learned anything."""
    mean, variance = ops.moments(x, (0, 1, 2), keepdims=True)
    return (x - mean) / ops.sqrt(variance + EPSILON)


def through(x, kernels, residual, norm):
    """Basic blocks in a row, two kernels each, on (batch, height, width, channels)."""
    for first, second in zip(kernels[::2], kernels[1::2], strict=True):
        y = ops.relu(norm(ops.conv(x, first, padding="same")))
        y = norm(ops.conv(y, second, padding="same"))
        x = ops.relu(x + y if residual else y)
    return x


# %% [markdown]
# With `leave` the stack has no normalisation. One more function asks the question: what
# is left of a gradient of size 1?


# %%
def gradient_norm(seed, depth, initializer, residual, norm):
    """Returns ‖dL/dx‖ through `depth` layers, where ‖dL/dy‖ is 1."""
    rng = np.random.default_rng(seed)
    x = np.maximum(rng.normal(size=(8, 16, 16, 16)), 0).astype("float32")
    direction = rng.normal(size=x.shape).astype("float32")
    direction /= np.linalg.norm(direction)
    draw = initializer(seed=keras.random.SeedGenerator(seed))
    kernels = [draw((3, 3, 16, 16)) for _ in range(depth)]
    return np.linalg.norm(
        checks.gradient(lambda v: through(v, kernels, residual, norm) * direction, x)
    )


# %% [markdown]
# > **Predict.** Eight curves: plain or residual, Glorot or He, with or without
# > normalisation. Which fall towards 0? Which grow? Which stay near 1?

# %%
LAB_DEPTHS = budget.pick((2, 10), (2, 10, 20, 30, 50), (2, 6, 10, 20, 30, 40, 50))
LAB_SEEDS = range(budget.pick(1, 3, 10))
GLOROT, HE = keras.initializers.GlorotUniform, keras.initializers.HeNormal
norms = {}
for norm in (leave, normalise):
    for residual in (False, True):
        for initializer in (GLOROT, HE):
            norms[norm, residual, initializer] = [
                [gradient_norm(s, d, initializer, residual, norm) for s in LAB_SEEDS]
                for d in LAB_DEPTHS
            ]

print(f"through {LAB_DEPTHS[-1]} layers, from the least to the greatest seed:")
for (norm, residual, initializer), values in norms.items():
    name = f"{'residual' if residual else 'plain'}, {initializer.__name__}"
    low, high = min(values[-1]), max(values[-1])
    kind = "batch norm" if norm is normalise else "no norm"
    print(f"{kind:11} {name:23} {low:8.1e} to {high:.1e}")

# %%
figure, axes = plots.panels(2, width=4.8, height=4.0, sharey=True)
titles = ("Without normalisation", "With batch normalisation")
for ax, norm, title in zip(axes, (leave, normalise), titles, strict=True):
    for residual, color in ((False, plots.VERMILION), (True, plots.BLUE)):
        for initializer, line in ((GLOROT, "--"), (HE, "-")):
            values = np.array(norms[norm, residual, initializer])
            middle = np.exp(np.log(values).mean(1))
            name = "residual" if residual else "plain"
            look = {"color": color, "linestyle": line, "marker": "os"[residual]}
            if initializer is GLOROT:
                look |= {"markerfacecolor": "white", "zorder": 3}
            kind = "He" if initializer is HE else "Glorot"
            ax.plot(LAB_DEPTHS, middle, label=f"{name}, {kind}", **look)
            ax.fill_between(
                LAB_DEPTHS, values.min(1), values.max(1), color=color, alpha=0.15, lw=0
            )
    ax.axhline(1, color=plots.INK, lw=1)
    ax.set(title=title, xlabel="layers", yscale="log")
axes[0].set_ylabel("‖∂L/∂x‖,  where ‖∂L/∂y‖ = 1")
axes[0].legend(loc="lower left")
axes[1].annotate(
    "undiminished",
    (LAB_DEPTHS[-1], 1),
    (0, -14),
    ha="right",
    textcoords="offset points",
)
plt.show()

# %% [markdown]
# The bands run from the least to the greatest of the seeds. Read the two panels apart.
#
# *Without normalisation.* Plain and Glorot is the textbook case: each layer takes a
# constant share, and after 50 layers the gradient has vanished. He's initialisation was
# made for ReLU and nearly holds it. The residual stacks do not vanish. They *grow*:
# each block adds its own contribution to what the shortcut brings.
#
# *With batch normalisation* the picture turns over. The scale of the weights no longer
# matters: the two initialisations lie on each other. Plain gradients *explode*, by a
# constant factor for each layer. Residual ones grow too, ever more slowly.
#
# So no curve stays at 1, and the shortcut is not always the calmer choice: with He and
# no normalisation the plain stack is. What the shortcut rules out here is vanishing.
# With batch normalisation, as ResNet is built, it also turns a growth by a constant
# factor for each layer into a slow one.

# %% [markdown]
# ## 5 · Train them
#
# > **Predict.** The same depths, images, epochs and seed as in section 1, now with
# > shortcuts. What becomes of the order of the three?

# %%
residual_runs = {}
for n in NS:
    deepest, residual_runs[f"{6 * n + 2} layers"] = train(
        small_resnet, n, residual=True
    )

# %%
kinds = {
    "plain": (plain_runs, plots.VERMILION),
    "residual": (residual_runs, plots.BLUE),
}
figure, axes = plots.panels(3, width=3.9, height=3.7)
axes[1].sharey(axes[0])
for ax, (name, (runs, color)) in zip(axes, kinds.items(), strict=False):
    curves = {key: {"error": values["error"]} for key, values in runs.items()}
    style = tints(runs, color)
    plots.training_curves(curves, "error", ax, name.capitalize(), "", style)
axes[0].set_ylabel("training error (%)")
plots.lines(
    DEPTHS,
    {
        name: [run["error"][-1] for run in runs.values()]
        for name, (runs, _) in kinds.items()
    },
    axes[2],
    "In the last epoch",
    "layers",
    styles={name: {"color": color} for name, (_, color) in kinds.items()},
)
axes[2].set_xticks(DEPTHS)
plt.show()

# %% tags=["headline"]
print("layers   training error       test error")
print("         plain  residual   plain  residual")
for depth, key in zip(DEPTHS, plain_runs, strict=True):
    pair = (plain_runs[key], residual_runs[key])
    numbers = [run[kind][-1] for kind in ("error", "val_error") for run in pair]
    print(f"{depth:6}   {numbers[0]:5.1f} {numbers[1]:9.1f}", end="")
    print(f"   {numbers[2]:5.1f} {numbers[3]:9.1f}")

# %% [markdown]
# At the default budget shortcuts turn the order around. The deepest plain network is
# the worst of all six. The deepest residual network is better than the shallowest: its
# layers have become useful. Between the two lie one addition for each block, the two
# projections with their few weights, and nothing else.
#
# A few epochs are not the end of training: every curve still falls. What is compared
# here is which network the optimizer can *use*, at equal cost. `LAYERWISE_BUDGET=full`
# trains for longer and goes deeper.

# %% [markdown]
# ## 6 · Look inside
#
# The identity is easy to reach. Do the trained blocks stay near it? Compare, block by
# block, the size of what $F$ adds with the size of what the shortcut carries. The same
# ratio in a fresh network says what training changed.


# %%
def step_sizes(model):
    """Returns ‖F(x)‖ / ‖shortcut(x)‖ for each block, over some test images."""
    additions = checks.find_layers(model, "Add")
    probe = keras.Model(model.input, [layer.input for layer in additions])
    # In training mode, so that the fresh network normalises by this batch too.
    pairs = probe(x_test[:200], training=True)
    arrays = [[ops.convert_to_numpy(side) for side in pair] for pair in pairs]
    return [np.linalg.norm(y) / np.linalg.norm(side) for side, y in arrays]


keras.utils.set_random_seed(0)
fresh = step_sizes(small_resnet(NS[-1], filters=FILTERS, strides=2))
trained = step_sizes(deepest)
blocks = np.arange(1, len(trained) + 1)
projected = (blocks % NS[-1] == 1) & (blocks > 1)  # a stage begins, but for the first
figure, axes = plots.panels(1, width=7.5, height=3.4)
colors = np.where(projected, plots.SKY, plots.BLUE)
axes[0].bar(blocks, trained, color=colors, label="trained")
axes[0].plot(blocks, fresh, "D", color=plots.INK, label="fresh")
axes[0].set(
    title=f"How far each block of {deepest.name} moves its input",
    xlabel="block",
    ylabel="‖F(x)‖ / ‖shortcut(x)‖",
    xticks=blocks,
)
axes[0].grid(visible=False, axis="x")
axes[0].margins(y=0.25)
axes[0].legend(ncols=2)
plt.show()

# %% [markdown]
# Pale bars are blocks with a projection. A bar of 0 would be the identity, and no block
# is there, before training or after: with γ = 1 normalisation gives $F$ about the scale
# of its input. Within a stage the steps shrink, because the running sum grows while $F$
# keeps its size. The identity is a safe place that a block *can* return to. It is not
# where blocks end up, nor where these start.
#
# What reaches the classifier is a sum: the input of the stage and one correction for
# each block. A plain network has no such sum. Each of its layers must hand on all that
# the next one needs.

# %% [markdown]
# ## 7 · 152 layers
#
# For ImageNet's 224×224 images the network has four stages, and from 50 layers on each
# block is a *bottleneck*: 1×1 convolutions narrow the tensor before the 3×3 and widen
# it again after. (You write that block in the assignment.) The architecture is a row
# of a table: which block, and how many in each stage.


# %%
def count(model):
    """Returns weighted layers on the main path and multiply-adds for one image."""
    weighted = [
        layer
        for layer in checks.find_layers(model)
        if isinstance(layer, layers.Conv2D | layers.Dense)
    ]
    cost = 0
    for layer in weighted:
        positions = np.prod(layer.output.shape[1:-1])  # 1 for a dense layer
        cost += int(np.prod(layer.kernel.shape) * positions)
    # Leaving out the first and the last layer, the division by the number of blocks
    # drops the projections, of which there are fewer than blocks.
    blocks = len(checks.find_layers(model, "Add"))
    return 2 + (len(weighted) - 2) // blocks * blocks, cost


print("network    layers  blocks in the stages      weights   multiply-adds")
for depth in budget.pick((18, 152), (18, 50, 152), (18, 34, 50, 101, 152)):
    # Shapes are enough to count: in this scope no weight is drawn.
    with keras.StatelessScope(initialize_variables=False):
        model = resnet.resnet(depth)
    kind, blocks = resnet.IMAGENET_DEPTHS[depth]
    main_path, cost = count(model)
    print(f"{model.name:10} {main_path:5}   {kind:10} {blocks!s:15}", end="")
    print(f"{checks.weight_count(model):11,}   {cost / 1e9:9.1f} billion")

# %% [markdown]
# The 152 layers are there, counted on the main path without projections. An image costs
# fewer multiply-adds than in VGG-19, for which the paper gives 19.6 billion (section
# 4.1). From 50 to 152 layers, most of what is added is in the third stage: 36 blocks
# instead of 6.

# %% [markdown]
# ## 8 · What the slides claim, and what we measured

# %%
cifar_depths = (20, 32, 44, 56, 110, 1202)
cifar_errors = (8.75, 7.51, 7.17, 6.97, 6.43, 7.93)  # He et al. (2015), Table 6
top5 = {
    "person, less practised": 12.0,  # Russakovsky et al. (2015), section 6.4
    "ResNet-152, ten crops": 5.71,  # He et al. (2015), Table 3, validation images
    "person, trained": 5.1,  # Russakovsky et al. (2015), section 6.4
    "ResNet-152, more crops": 4.49,  # He et al. (2015), Table 4, validation images
    "six ResNets together": 3.57,  # He et al. (2015), Table 5, test images
}
figure, axes = plots.panels(2, width=5.0, height=3.5)
plots.lines(
    cifar_depths,
    {"ResNet": cifar_errors},
    axes[0],
    "CIFAR-10, test error (quoted)",
    "layers, logarithmic",
    "%",
)
axes[0].set_xscale("log")
axes[0].set_xticks(cifar_depths, ["20", "32", "", "56", "110", "1202"])
axes[0].minorticks_off()
people = {name: plots.ORANGE for name in top5 if name.startswith("person")}
plots.bars(top5, axes[1], "ImageNet, top-5 error (quoted)", "%", people, "{:g}")
plt.show()

# %% [markdown]
# Both panels are quoted, not measured; the cell names the tables.
#
# **"The shortcut lets the signal flow back undiminished."** *Not diminished, and not
# unchanged either.* The identity passes it on exactly (section 3, $F = 0$). Through
# whole stacks at initialisation the gradient grows (section 4). In plain stacks it
# vanishes under Glorot's initialisation *without* normalisation; *with* batch
# normalisation it explodes. He et al. (2015, section 4.1) found healthy gradients in
# their plain networks, which had batch normalisation, and argued that vanishing is
# unlikely to be what makes them hard to train.
#
# **"Even beyond 150 layers, accuracy keeps rising."** *Up to a point.* On ImageNet, 152
# layers did better than 101, and 101 better than 50 (He et al. 2015, Table 3). On
# CIFAR-10, 1202 layers had 7.93 % test error and 110 layers 6.43 %, at similar training
# error; the authors blame overfitting (Table 6, section 4.2). With its ReLU moved off
# the shortcut, a network of 1001 layers reached 4.92 % (He et al. 2016,
# arXiv:1603.05027). Our own networks are too small to say anything about 150.
#
# **"ResNet lowered the error to 3.5 %, better than people."** *3.57 %, and by an
# ensemble.* That is the top-5 error of six networks together on the test images (He et
# al. 2015, Table 5). One ResNet-152 had 5.71 % on the validation images with ten crops
# of each (Table 3), and 4.49 % with crops of several sizes (Table 4). "People" is one
# trained annotator, with about 5.1 % on 1,500 images; a second, who had practised less,
# had 12.0 % on 258 (Russakovsky et al. 2015, arXiv:1409.0575, section 6.4).
#
# **"With shortcuts, deeper networks still learn efficiently."** *Yes.* This is the
# claim that our own table in section 5 bears out: same depth, same budget, lower
# training error.
#
# The paper throughout: K. He, X. Zhang, S. Ren, J. Sun, *Deep Residual Learning for
# Image Recognition*, 2015, arXiv:1512.03385.

# %% [markdown]
# ## Summary
#
# - A deeper plain network can be worse on the very images that it is trained on. That
#   is degradation, a failure to optimise; overfitting looks different.
# - $F(x) + x$ makes the identity the easy case: zero weights instead of one particular
#   setting of them all. An identity shortcut has no weights of its own.
# - A projection stands where the shape changes, once in a stage.
# - The shortcut does not hold the gradient at 1. Whether it vanishes, grows or explodes
#   is decided by shortcut, initialisation and normalisation together: always say which.
# - Depth helps as long as it can be trained *and* the data suffice. The deepest network
#   is not always the best one.
#
# **Your turn:** [hw04 · ResNet](../../../assignments/en/hw04_resnet/hw04_resnet.ipynb).
# You write the bottleneck block, the block with its ReLU moved off the shortcut, and a
# network from a row of a table.
