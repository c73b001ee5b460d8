# %% [markdown]
# # 04 · Residual networks: deeper, and still trainable
#
# More layers can make a network worse on the very images that it is trained on. An
# addition in each block takes most of that away.
#
# **From the slides:** ResNet and its depth; VGG as its base; the shortcut over two
# convolutions, which turns $F(x)$ into $F(x) + x$; the signal that flows back
# undiminished; accuracy beyond 150 layers; the 3.5 % of ImageNet 2015.
#
# **Time:** the next cell prints what recorded runs took. `LAYERWISE_BUDGET=full` trains
# on all of Fashion-MNIST, and wants a GPU. `LAYERWISE_SEED=1` repeats everything with
# other seeds.

# %%
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer start-up messages

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

from layerwise import budget, checks, costs, data, plots
from layerwise.models import resnet
from layerwise.models.resnet import EPSILON
from layerwise.report import Report

plots.use_style()
NS = budget.pick((1, 2), (1, 3, 5), (1, 3, 5, 9))  # blocks in each of three stages
DEPTHS = [6 * n + 2 for n in NS]
SEEDS = budget.seeds(budget.pick(1, 3, 3))
EPOCHS = budget.pick(1, 4, 30)
NUM_TRAIN, NUM_TEST = budget.pick((640, 200), (5_000, 2_000), (60_000, 10_000))
report = Report("04_resnet")
print(report.head())
print(f"depths {DEPTHS}, {EPOCHS} epochs, {NUM_TRAIN} images, seeds {list(SEEDS)}")

# %% [markdown]
# ## 1 · The question
#
# VGG taught the field to stack 3×3 convolutions. If 16 layers are good, are 32 better?
#
# Take a trained network and put more layers on top. If the new layers pass their input
# on as it is, the deeper network computes what the shallower one did. So among all
# deeper networks there is one that is as good. That argument is about which networks
# *exist*: the functions of the shallow network are a part of those of the deep one. It
# does not say that training *finds* such a network.
#
# We use Fashion-MNIST: ten kinds of clothes, 28×28 grey pixels.

# %%
(x_train, y_train), (x_test, y_test) = data.fashion_mnist(
    budget.pick("subset", "subset", "keras")
)
x_train, y_train = x_train[:NUM_TRAIN] / np.float32(255), y_train[:NUM_TRAIN]
x_test, y_test = x_test[:NUM_TEST] / np.float32(255), y_test[:NUM_TEST]

plots.image_grid(x_train[:10], [data.CLASS_NAMES[label] for label in y_train[:10]])
plt.show()

# %% [markdown]
# Ten images and their classes. The network reads tensors of shape
# (batch, height, width, channels), here (128, 28, 28, 1).
#
# **Training that can be repeated.** The batches are made inside the function, so that a
# seed gives the same run again: the same initial weights and the same order of images.
# (A shuffled pipeline that several trainings share goes on where the last one stopped.)

# %% tags=["include"]
from layerwise.training import build, fit

# %% [markdown]
# Every network of this chapter is trained by the next cell: same images, epochs,
# optimizer and seeds. Networks of one seed see the images in the same order. What
# changes is the depth, and whether there are shortcuts.

# %%
FILTERS = budget.pick(8, 8, 16)
train_batches = data.batches(x_train, y_train, 500)  # not shuffled: to measure with
test_batches = data.batches(x_test, y_test, 500)
# On TensorFlow and two cores, XLA compiles for longer than it saves.
JIT = False if keras.backend.backend() == "tensorflow" else "auto"


def train(make_model, n, residual, seed, rate=0.05):
    """Trains one network of 6n + 2 layers.

    Returns it, its training error in each epoch, and its errors on training and test
    images after training, in per cent.
    """
    keras.utils.set_random_seed(seed)
    model = make_model(n, filters=FILTERS, strides=2, residual=residual)
    steps = EPOCHS * -(-len(x_train) // 128)
    model.compile(
        keras.optimizers.SGD(
            keras.optimizers.schedules.CosineDecay(rate, steps), momentum=0.9
        ),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=JIT,
    )
    history = fit(model, x_train, y_train, EPOCHS, seed)
    ends = [model.evaluate(b, verbose=0)[1] for b in (train_batches, test_batches)]
    curve = 100 * (1 - np.array(history["accuracy"]))
    return model, curve, 100 * (1 - np.array(ends))


def train_all(make_model, residual):
    """Trains all depths with all seeds: curves, errors, and the last network."""
    curves, errors = {}, []
    for n in NS:
        runs = [train(make_model, n, residual, seed) for seed in SEEDS]
        curves[f"{6 * n + 2} layers"] = np.array([run[1] for run in runs])
        errors.append([run[2] for run in runs])
        print(f"{runs[0][0].name:9} training error", np.round(errors[-1], 1)[:, 0])
    return curves, np.array(errors), runs[-1][0]  # errors: (depths, seeds, 2)


# %% [markdown]
# > **Predict.** (1) Plain networks of the VGG kind (3×3 convolutions, each with batch
# > normalisation and ReLU) get the same few epochs. Which depth has the lowest error on
# > the *training* images? Which on the test images? Write it down.

# %%
plain_curves, plain, _ = train_all(resnet.small_resnet, residual=False)


# %%
def draw_curves(ax, curves, color, title):
    """Draws training errors by epoch: the deeper, the stronger the colour."""
    tints = plots.shades(color, len(curves))
    styles = {name: {"color": tint} for name, tint in zip(curves, tints, strict=True)}
    plots.bands(range(1, EPOCHS + 1), curves, ax, title, "epoch", styles=styles)


def draw_ends(ax, **errors):
    """Draws training errors after training by depth."""
    colors = {"plain": plots.VERMILION, "residual": plots.BLUE}
    styles = {name: {"color": color} for name, color in colors.items()}
    series = {name: values[:, :, 0].T for name, values in errors.items()}
    plots.bands(DEPTHS, series, ax, "After training", "layers", styles=styles)
    ax.set_xticks(DEPTHS)


figure, axes = plots.panels(2, width=4.8, height=3.6)
draw_curves(axes[0], plain_curves, plots.VERMILION, "Plain networks, while training")
draw_ends(axes[1], plain=plain)
axes[0].set_ylabel("training error (%)")
plt.show()

# %% [markdown]
# On the left, each point is the mean error over an epoch, while the weights change. On
# the right is the error after training, on the same training images. Lines are means,
# and bands run from the least to the greatest of the seeds.
#
# **(1)** The cell below compares depths. In this course two variants *differ* if no run
# of one reaches the range of the other, with at least three seeds. Everything else is
# "no difference here".

# %%
SHALLOW, MIDDLE, DEEP = 0, -2, -1  # places in DEPTHS
OTHER_RATES = budget.pick((0.015,), (0.015, 0.15), (0.015, 0.15))


def arm(kind, errors, place, column=0):
    """Names the training errors of one depth, or with column 1 the test errors."""
    return {f"{kind}, {DEPTHS[place]} layers": errors[place, :, column]}


pair = arm("plain", plain, DEEP) | arm("plain", plain, MIDDLE)
report.compare("plain deep", pair, says="higher")
test_pair = arm("plain", plain, DEEP, 1) | arm("plain", plain, MIDDLE, 1)
report.compare("plain deep, test", test_pair, says="higher")
ends = arm("plain", plain, DEEP) | arm("plain", plain, SHALLOW)
report.compare("plain deepest", ends, says="higher")
others = [
    train(resnet.small_resnet, NS[-1], False, SEEDS[0], rate)[2][0]
    for rate in OTHER_RATES
]
best = {"the deepest with its best other rate": [min(others)]}
pair = best | arm("plain", plain, MIDDLE)
report.compare("plain deep, other rates", pair, says="higher")

# %% [markdown]
# At the default budget the deepest network has the highest error on *both* kinds of
# images. In each of the three recorded runs, the network of 8 layers has the lowest
# mean error on training images, 19 to 20 %. With 20 layers it is 20 to 22 %, and the
# ranges overlap. Were this overfitting, it would be better than the others on the
# images that it was trained on. It is worse there too. He et al. (2015) call this
# *degradation*: the deeper network could compute what the shallower one does, and
# training does not get there. The last line is a control: perhaps one learning rate
# suits one depth only. It does not help the deepest network to have the better of a
# smaller and a larger rate.
#
# Our networks stop after a few epochs. In the paper the plain network of 34 layers is
# worse than the one of 18 on the training images *throughout* a full training on
# ImageNet (section 4.1, Figure 4), and three times as many iterations did not remove
# the problem (footnote 3).

# %% [markdown]
# ## 2 · F(x) + x
#
# The paper supposes that "pass the input on" is hard to learn for several nonlinear
# layers (section 3.1). A plain block computes $F(x)$ with two convolutions. For $F(x) =
# x$ the two kernels must fit together: each with a one in its middle for its own
# channel and zeros elsewhere, say, or the second must undo what the first does.
# Training starts from random numbers, which are nothing of the kind.
#
# So let the block compute
#
# $$y = F(x) + x$$
#
# and the identity is the case $F = 0$: all weights zero. The block has the same weights
# as before. The functions that it can compute are not the same ones: with a given width
# each kind of block has some that the other lacks. (The paper assumes only that both
# can approximate what is needed, section 3.1.) What changed is what the block computes
# before training, and which function is easy to reach.
#
# The derivative changed with it:
#
# $$\frac{\partial L}{\partial x} = \frac{\partial L}{\partial y}
#   \left( \frac{\partial F}{\partial x} + I \right)$$
#
# The $I$ brings the gradient of $y$ to $x$ as it is, and $F$ adds its own part. Section
# 4 measures what the sum comes to.

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
# **Batch normalisation has two modes.** In *training* mode it subtracts, for each
# channel, the mean over the batch and all positions, and divides by the standard
# deviation: of the batch at hand. Then it multiplies by γ and adds β, which are
# learned. Beside that it keeps *moving statistics*: with `momentum=0.9`, after each
# batch 0.9 of the old mean plus 0.1 of this batch's, and the same for the variance. In
# *inference* mode (`predict`, `evaluate`, a plain call) it uses these in place of the
# batch's own, so that the answer for one image does not depend on which others are in
# the batch.

# %%
norm = layers.BatchNormalization(momentum=0.9, epsilon=EPSILON)
sample = np.random.default_rng(0).normal(5, 2, (64, 8, 8, 1)).astype("float32")
norm.build(sample.shape)
for calls in range(41):
    if calls in (0, 1, 10, 40):
        print(
            f"after {calls:2} batches: moving mean {float(norm.moving_mean[0]):4.2f},",
            end="",
        )
        print(f" inference puts out a mean of {float(ops.mean(norm(sample))):5.2f}")
    trained = norm(sample, training=True)
print(f"training mode puts out a mean of {float(ops.mean(trained)):5.2f} at once")

# %% [markdown]
# The two modes agree after some tens of batches, if the data stay what they were.
# Whoever changes a trained network, by removing a part say, changes what later
# normalisations receive, while their moving statistics are still those of the old
# network. Section 6 shows what that does. A call with `training=True` also *moves* the
# statistics: on a trained network it changes the network.
#
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
# One case out of four is the identity. It is still the common one, because a stage
# changes the shape in its first block only.
#
# **The block.** Two convolutions and the addition. The last ReLU comes *after* the
# addition, so $F$ may take away as well as add. In this block, as in the slides, the
# shortcut skips *two* convolutions; from 50 layers on ResNets use blocks of three
# (section 7).

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
# > **Predict.** (2) Set the last normalisation's scale γ to zero, so that $F = 0$. What
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
    print(f"{name:8}  |block(x) - x| at most {away:.3f}", end="  ")
    on, off = x > 0, x == 0
    print(f"x > 0: gradient passes unchanged: {np.array_equal(back[on], weight[on])}")
    print(f"{'':10}x = 0: largest gradient {np.abs(back[off]).max():.3f}")

# %% [markdown]
# **(2)** With γ = 0 the residual block passes its input on, and where x is positive it
# passes the gradient back unchanged, in every bit. The plain block puts out zero and
# passes nothing back. Where x is exactly 0 the residual block, too, passes no gradient:
# the ReLU *after* the addition closes there. (Moving that ReLU off the shortcut is what
# He et al. did in 2016, arXiv:1603.05027. You build that block in the assignment.)
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
# same in every stage. That is VGG's rule, and the plain networks of the paper are
# modelled on VGG (section 3.3).
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


# %% tags=["include"]
from layerwise.gradient_lab import gradient_norm, leave, normalise, through

# %% [markdown]
# `through` is the stack. With `leave` it has no normalisation. `gradient_norm` asks the
# question: what is left of a gradient of size 1?

# %% [markdown]
# > **Predict.** (3) Eight curves: plain or residual, Glorot or He, with or without
# > normalisation. Which fall towards 0? Which grow? Which stay near 1?

# %%
LAB_DEPTHS = budget.pick((2, 10), (2, 10, 20, 30, 50), (2, 6, 10, 20, 30, 40, 50))
LAB_SEEDS = budget.seeds(budget.pick(1, 3, 10))
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
    low, high = min(values[-1]), max(values[-1])
    kind = "residual" if residual else "plain"
    print(f"{norm.__name__:9} {kind:8} {initializer.__name__:13}", end="")
    print(f" {low:8.1e} to {high:.1e}")

plain_glorot = {"left of 1, plain with Glorot": norms[leave, False, GLOROT][-1]}
report.within("plain Glorot vanishes", plain_glorot, 0, 1e-3)
residual_he = {"left of 1, residual with He": norms[leave, True, HE][-1]}
report.within("residual He grows", residual_he, 1e2, 1e6)
deep = {
    "plain": norms[normalise, False, HE][-1],
    "residual": norms[normalise, True, HE][-1],
}
report.compare("through batch norm", deep, says="higher", unit="times 1", digits=0)
factor = np.array(deep["plain"]) ** (1 / LAB_DEPTHS[-1])
report.within("growth of each plain layer", {"factor": factor}, 1.1, 1.3)

# %%
figure, axes = plots.panels(2, width=4.8, height=4.0, sharey=True)
titles = ("Without normalisation", "With batch normalisation")
for ax, norm, title in zip(axes, (leave, normalise), titles, strict=True):
    curves, styles = {}, {}
    for residual, color in ((False, plots.VERMILION), (True, plots.BLUE)):
        for initializer, line, fill in ((GLOROT, "--", "white"), (HE, "-", color)):
            name = "residual" if residual else "plain"
            name += ", He" if initializer is HE else ", Glorot"
            curves[name] = np.transpose(norms[norm, residual, initializer])
            look = {"linestyle": line, "marker": "os"[residual], "mfc": fill}
            styles[name] = look | {"color": color}
    ax.set_yscale("log")
    plots.bands(LAB_DEPTHS, curves, ax, title, "layers", styles=styles)
    ax.axhline(1, color=plots.INK, lw=1)
axes[0].set_ylabel("‖∂L/∂x‖,  where ‖∂L/∂y‖ = 1")
plt.show()

# %% [markdown]
# The black line is a gradient that is passed on undiminished.
#
# **(3)** *Without normalisation.* Plain with Glorot vanishes: each layer takes about
# the same share, and after 50 layers nearly nothing is left. He's initialisation was
# made for ReLU; the plain curve falls far more slowly with it. (Part of
# its fall comes from the zeros of the padding, of which deep stacks see much on small
# images.) The
# residual stacks do not vanish. They *grow*, by about a constant factor for each block,
# since each block adds its own part to what the shortcut brings.
#
# *With batch normalisation* the two initialisations give the same curves, because the
# scale of the weights no longer matters. Plain gradients grow by a constant factor for
# each layer, which the cell prints. Theory has it too: $\sqrt{\pi/(\pi-1)} = 1.21$ for
# ReLU and wide layers (Yang et al. 2019, arXiv:1902.08129). Residual ones grow ever
# more slowly.
#
# So no curve stays at 1, and the shortcut is not always the calmer choice: with He and
# no normalisation the plain stack is. What the shortcut rules out here is vanishing.
# With batch normalisation, as ResNet is built, it also slows the growth.
#
# What trains a network is the gradient of its *weights*, while this is the gradient at
# the *input*, before training. How the one follows from the other is not measured here.
# An exploding curve alone does not say that a network cannot be trained: the plain
# networks of 20 layers in section 1 were.

# %% [markdown]
# ## 5 · Train them
#
# > **Predict.** (4) The same depths, images, epochs and seeds as in section 1, now with
# > shortcuts. Which depth has the lowest training error?

# %%
residual_curves, residual, deepest = train_all(small_resnet, residual=True)

# %%
figure, axes = plots.panels(3, width=3.9, height=3.7, sharey=True)
draw_curves(axes[0], plain_curves, plots.VERMILION, "Plain, while training")
draw_curves(axes[1], residual_curves, plots.BLUE, "Residual, while training")
draw_ends(axes[2], plain=plain, residual=residual)
axes[0].set_ylabel("training error (%)")
plt.show()

# %% tags=["headline"]
print("errors after training in %: mean, and range of the seeds")
for name, errors in (("plain", plain), ("residual", residual)):
    for depth, values in zip(DEPTHS, errors, strict=True):
        print(f"{name:9} {depth:3} layers", end="")
        for kind, column in zip(("training", "test"), values.T, strict=True):
            print(f"   {kind} {column.mean():4.1f}", end="")
            print(f" ({column.min():4.1f} to {column.max():4.1f})", end="")
        print()


# %%
def both(place):
    """Names the training errors of both kinds at one depth."""
    return arm("residual", residual, place) | arm("plain", plain, place)


report.compare("shortcuts, shallow", both(SHALLOW), says="not higher")
report.compare("shortcuts, middle", both(MIDDLE), says="lower")
report.compare("shortcuts, deep", both(DEEP), says="lower")
pair = arm("residual", residual, DEEP) | arm("residual", residual, MIDDLE)
report.compare("residual deep", pair, says="not lower")
cost = {
    "what 12 layers cost, plain": plain[DEEP, :, 0] - plain[MIDDLE, :, 0],
    "residual": residual[DEEP, :, 0] - residual[MIDDLE, :, 0],
}
report.compare("what 12 layers cost", cost, says="higher")

# %% [markdown]
# **(4)** The residual networks of 20 and of 32 layers end at 13 to 17 % in the recorded
# runs, and that of 8 layers at 17 to 21 %. So 20 layers are better than 8, which they
# are not in the plain network. From 20 to 32 layers the error does not fall. With 20
# and with 32 layers the residual network trains better than the plain one. With 8
# layers there is little to win: the shortcut is not worse there. Twelve layers more,
# from 20 to 32, cost the plain network many points and the residual one few or none.
# Three runs of this chapter with other seeds are in the course's records: there the
# plain network loses 5 to 15 points by seed, and the residual one between -0.6 and 4.2.
# So here shortcuts take *most* of the degradation away. They do not make the deepest
# network the best one, as the lecture has it; the paper shows that on ImageNet, after a
# full training.
#
# What is compared is what the optimizer reaches after the same few epochs. A network of
# 32 layers also costs 5.6 times the multiply-adds of one with 8, so at equal depth the
# comparison is at equal cost, and between depths it is not.

# %% [markdown]
# ## 6 · Look inside
#
# The identity is easy to reach. Do the trained blocks come near it? Compare, block by
# block, the size of what $F$ adds with the size of what the shortcut carries, in the
# trained network and in a fresh one.


# %% tags=["include"]
from layerwise.training import in_training_mode


# %%
def step_sizes(model):
    """Returns ‖F(x)‖ / ‖shortcut(x)‖ for each block, over some test images."""
    additions = checks.find_layers(model, "Add")
    probe = keras.Model(model.input, [layer.input for layer in additions])
    # In training mode, so that the fresh network normalises by this batch too.
    pairs = in_training_mode(lambda: probe(x_test[:200], training=True), model)
    arrays = [[ops.convert_to_numpy(side) for side in pair] for pair in pairs]
    return np.array([np.linalg.norm(y) / np.linalg.norm(side) for side, y in arrays])


keras.utils.set_random_seed(SEEDS[-1])
fresh = step_sizes(small_resnet(NS[-1], filters=FILTERS, strides=2))
trained = step_sizes(deepest)
share = {"share of blocks with a smaller step": [np.mean(trained < fresh)]}
report.within("training lowers F", share, 0.7, 1)
blocks = np.arange(1, len(trained) + 1)
projected = (blocks % NS[-1] == 1) & (blocks > 1)  # a stage begins, but for the first

# %% [markdown]
# And what is a single block worth? Set its last γ and β to zero, so that $F = 0$ and
# the block passes its input on, and count the errors on test images. (Veit et al. 2016,
# arXiv:1605.06431, deleted blocks in this way.) The rest of the network was trained
# behind the whole block, and its moving statistics belong to that. So count twice: in
# inference mode, and with each normalisation using the statistics of the batch at hand.
#
# > **Predict.** (5) By how much does the error rise if one block of 15 is switched off?


# %%
def error(model, training):
    """Returns the error on test images in per cent, all as one batch."""
    logits = in_training_mode(lambda: model(x_test, training=training), model)
    return 100 * np.mean(ops.convert_to_numpy(logits).argmax(-1) != y_test)


without = {"as it is": [], "statistics of the batch": []}
whole = [error(deepest, training) for training in (False, True)]
for addition in checks.find_layers(deepest, "Add"):
    last = deepest.get_layer(addition.input[1]._keras_history.operation.name)
    kept = last.get_weights()
    last.set_weights([np.zeros_like(w) for w in kept[:2]] + kept[2:])
    for training, values in zip((False, True), without.values(), strict=True):
        values.append(error(deepest, training))
    last.set_weights(kept)

figure, axes = plots.panels(2, width=5.2, height=3.4)
colors = np.where(projected, plots.SKY, plots.BLUE)
axes[0].bar(blocks, trained, color=colors, label="trained")
axes[0].plot(blocks, fresh, "D", color=plots.INK, label="fresh")
axes[0].set(title="How far a block moves its input", ylabel="‖F(x)‖ / ‖shortcut(x)‖")
for (name, values), mark in zip(without.items(), "os", strict=True):
    axes[1].plot(blocks, values, mark, label=name)
axes[1].axhline(whole[0], color=plots.INK, lw=1)
axes[1].set(title="One block switched off", ylabel="test error (%)", ylim=(0, None))
for ax in axes:
    ax.set(xlabel="block", xticks=blocks)
    ax.legend()
plt.show()
rises = {
    name: np.median(np.array(values)[~projected]) - before
    for (name, values), before in zip(without.items(), whole, strict=True)
}
for name, rise in rises.items():
    print(f"{name:23} median rise {rise:4.1f} points")
small = {"median rise": [rises["statistics of the batch"]]}
report.within("one block less", small, -1, 6)
pair = {name: [rise] for name, rise in rises.items()}
report.compare("moving statistics", pair, says="higher")

# %% [markdown]
# On the left, pale bars are blocks with a projection. A bar of 0 would be the identity.
# No block is there, before training or after. In most blocks training makes $F$
# *smaller* beside what the shortcut carries: a step towards the identity. The paper
# compares something else, trained networks with each other: residual ones have smaller
# responses than plain ones, and with more layers "an individual layer of ResNets tends
# to modify the signal less" (section 4.2, Figure 7).
#
# **(5)** As it is, the error rises by 2.6 to 7.0 points in the three recorded runs (the
# median of the blocks without a projection). Given the statistics of the batch, the
# same network without the same block loses less, 1.8 to 2.3 points. So in two of the
# three runs most of the loss was not the block's own work: what the network lacked were
# means and variances that fit. (Veit et al. report a small rise for most blocks of a
# network of 110 layers, which has 54 blocks, without new statistics.)
#
# Within a stage each block adds a correction to what came before, and the ReLU after
# each addition cuts off what is negative. In a plain network each layer must hand on
# everything that the next one needs.

# %% [markdown]
# ## 7 · 152 layers
#
# For ImageNet's 224×224 images the network has four stages, and from 50 layers on each
# block is a *bottleneck*: 1×1 convolutions narrow the tensor before the 3×3 and widen
# it again after. (You write that block in the assignment.) The architecture is a row
# of a table: which block, and how many in each stage.

# %%
print("network    layers  blocks in the stages    parameters   multiply-adds")
for depth in budget.pick((18, 152), (18, 50, 152), (18, 34, 50, 101, 152)):
    # Shapes are enough to count: in this scope no weight is drawn.
    with keras.StatelessScope(initialize_variables=False):
        model = resnet.resnet(depth)
    kind, blocks = resnet.IMAGENET_DEPTHS[depth]
    parameters, multiply_adds = costs.total(costs.layer_costs(model))
    print(f"{model.name:10} {costs.depth(model):5}   {kind:10} {blocks!s:15}", end="")
    print(f"{parameters:11,}   {multiply_adds / 1e9:9.1f} billion")

# %% [markdown]
# The 152 layers are there: convolutions and dense layers on the longest way from image
# to answer. Parameters include moving statistics and, from 50 layers on, biases of the
# convolutions: superfluous before a normalisation, but `keras.applications` has them,
# and so its weights fit. An image costs fewer multiply-adds than in VGG-19, for which
# the paper gives 19.6 billion (section 4.1). From 50 to 152 layers, most of what is
# added is in the third stage: 36 blocks instead of 6.
#
# A bottleneck block skips *three* convolutions. "A shortcut over two convolutions" is
# right for 18 and 34 layers.

# %% [markdown]
# ## 8 · What the slides claim, and what we measured

# %%
top5 = {
    "person, less practised": 12.0,  # Russakovsky et al. (2015), section 6.4
    "ResNet-152, ten crops": 5.71,  # He et al. (2015), Table 3, validation images
    "person, trained": 5.1,  # Russakovsky et al. (2015), section 6.4
    "ResNet-152, more crops": 4.49,  # He et al. (2015), Table 4, validation images
    "six ResNets together": 3.57,  # He et al. (2015), Table 5, test images
}
figure, axes = plots.panels(1, width=7.0, height=3.2)
people = {name: plots.ORANGE for name in top5 if name.startswith("person")}
plots.bars(top5, axes[0], "ImageNet, top-5 error (quoted)", "%", people, "{:g}")
plt.show()

# %% [markdown]
# The bars are quoted, not measured; the cell names the tables. They mix protocols, so
# each says which: ten crops of each validation image, crops of several sizes, or six
# networks on the test images. The next table has what the lecture says of residual
# networks, and what became of it.

# %%
report.table()

# %% [markdown]
# The paper throughout: K. He, X. Zhang, S. Ren, J. Sun, *Deep Residual Learning for
# Image Recognition*, 2015, arXiv:1512.03385.

# %% [markdown]
# ## Summary
#
# - A deeper plain network can be worse on the very images that it is trained on. That
#   is degradation, a failure to optimise; overfitting looks different.
# - $F(x) + x$ makes the identity the easy case: zero weights, in place of two kernels
#   that must fit together. An identity shortcut has no weights of its own.
# - Here shortcuts take most of the degradation away: from 20 to 32 layers a plain
#   network gets much worse, and a residual one little or not. It does not get better.
# - A projection stands where the shape changes, once in a stage.
# - The shortcut does not hold the gradient at 1. Whether it vanishes or grows is
#   decided by shortcut, initialisation and normalisation together: always say which.
# - Batch normalisation computes one thing in training and another in inference. Whoever
#   changes a trained network must mind its moving statistics.
#
# **Your turn:** [hw04 · ResNet](../../../assignments/en/hw04_resnet/hw04_resnet.ipynb).
# You write the bottleneck block, the block with its ReLU moved off the shortcut, and a
# network from a row of a table.
