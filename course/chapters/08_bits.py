# %% [markdown]
# # 08 · Fewer bits
#
# A network does not need most of the digits that it is given. We take them away one by
# one, and look where accuracy begins to fall.
#
# **From the slides:** memory and bus as bottlenecks; numbers of 64, 32 and 16 bits;
# networks that are not disturbed by small noise; fewer bits for embedded use.
#
# **Time:** the next cell prints what recorded runs took. `LAYERWISE_BUDGET=full` trains
# on all of Fashion-MNIST. `LAYERWISE_SEED=1` repeats everything with other seeds.

# %%
import functools
import os
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer start-up messages

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

from layerwise import budget, data, floats, litert, plots, precision, traces, training
from layerwise import quantize as q
from layerwise.models import efficientnet_lite, vgg
from layerwise.precision import gradient_sizes, in_turn, layer_times
from layerwise.report import Report

plots.use_style()
EPOCHS, MORE_EPOCHS = budget.pick((1, 1), (4, 2), (20, 5))
NUM_TRAIN, NUM_TEST = budget.pick((640, 200), (10_000, 2_000), (60_000, 10_000))
SEEDS = budget.seeds(budget.pick(1, 3, 3))
report = Report("08_bits")
print(report.head())
print(f"{EPOCHS} epochs, {NUM_TRAIN} images, seeds {list(SEEDS)}")

# %% [markdown]
# ## 1 · What a number is made of
#
# A floating-point number is a sign, a power of two and a fraction:
# ±2^(exponent − bias) · (1 + fraction). With more bits of exponent it reaches further:
# larger and smaller numbers. With more bits of fraction its steps are finer.

# %%
figure, axes = plots.panels(1, width=10.0, height=3.3)
floats.draw(axes[0], 0.1, floats.SHORT)
axes[0].set_title("0.1, as near as each format comes to it")
plt.show()

# %% [markdown]
# Pale boxes are zeros. `bfloat16` is `float32` cut off after 16 bits: the same range,
# and fewer digits. `float16` gives three of those exponent bits to the fraction.

# %%
print(floats.table())

# %% [markdown]
# > **Predict.** (1) What do `float16` and `bfloat16` make of 70,000? Of 1e-8? Of 1 +
# > 0.001?

# %%
for value in (70_000.0, 1e-8, 1.001):
    for name in ("float32", "float16", "bfloat16"):
        print(f"{name} {floats.rounded(value, name):.7g}", end="   ")
    print("from", value)

# %% [markdown]
# **(1)** `float16` has nothing above 65,504, and what is below 3e-8 (half of its
# smallest number) becomes 0. `bfloat16` has both, in coarse steps, and does not notice
# the thousandth. Which loss hurts a network? Sections 3 and 4 measure it.
#
# **The other rows** are newer than the lecture's source.
#
# - *TF32* is not a type of an array. GPUs of NVIDIA since 2020 can round what they read
#   of `float32` matrices to 10 bits of fraction, multiply, and add up in `float32`.
#   TensorFlow does so by default where the GPU can
#   (`tf.config.experimental.enable_tensor_float_32_execution`). A "`float32`" timing on
#   such a GPU may be one of TF32.
# - *fp8* comes in two kinds (Micikevicius et al. 2022, arXiv:2209.05433). E4M3 has
#   finer steps and is recommended for weights and activations; to reach 448 it gives up
#   infinity. E5M2 has about the range of `float16` and is recommended for gradients.
#   With a scale for each tensor, numbers are brought into that range.
# - *int4* is no floating-point format: at most 16 levels, in equal steps (section 5).
#   It is used to store the weights of large language models, where reading the weights
#   takes much of the time. Groups of weights share a scale, and methods such as GPTQ
#   (Frantar et al. 2022, arXiv:2210.17323) choose how to round. Keras 3.15 has
#   `model.quantize` for `"int8"`, `"int4"`, `"float8"` and `"gptq"`.
#
# What do they cost in one product of two matrices? The inputs are rounded, and the sums
# are kept in `float32`, as most matrix units do.

# %%
pair = np.random.default_rng(0).normal(size=(2, 512, 512)).astype("float32")
rounded = {name: floats.rounded(pair, name) for name in list(floats.LAYOUT)[2:]}
for bits in (8, 4):
    scales = q.find_scale(pair, bits, axis=0)
    rounded[f"int{bits}"] = q.quantize(pair, scales, bits) * scales
exact = pair[0] @ pair[1]
for name, (a, b) in rounded.items():
    error = np.linalg.norm(a @ b - exact) / np.linalg.norm(exact)
    print(f"{name:13} error of the product {100 * error:7.3f} %")

# %% [markdown]
# TF32 and `float16` have the same fraction, and the same error. Each bit of fraction
# less about doubles it. These numbers are all of about one size, and for such the 8
# bits of int8 do better than those of E4M3: no bits are spent on range. The steps of
# E4M3 grow with the number, so that small and large ones have the same relative error.

# %% [markdown]
# ## 2 · Half the bits, half the bytes
#
# **Memory.** Training keeps what every layer puts out until the gradients are
# computed. Count for VGG-16, in training, with a batch of 64:

# %%
with vgg.without_memory():
    network = vgg.vgg(16)
    shapes = [layer.output.shape[1:] for layer in network.layers[1:]]
    activations = 64 * sum(int(np.prod(shape)) for shape in shapes)
    weights = network.count_params()
print(f"activations: {activations * 4 / 2**30:.1f} GiB in 32 bits, half in 16")
weights_and_all = 4 * 4 * weights / 2**30  # gradients too, and two moments of Adam
print(f"weights of 32 bits, gradients, moments of Adam: {weights_and_all:.1f} GiB")

# %% [markdown]
# The intermediate data take more than the weights here, and they grow with the batch.
# With 16 bits nearly twice the batch fits. (Mixed precision, section 4, keeps the
# weights and the moments in 32 bits.)
#
# **The bus** does not care what the bytes mean. Copy the same *count* of numbers in
# three widths. The copies take turns, so that whatever else the machine does meets all
# of them. Each time is a median, and there are three of each.

# %%
count = budget.pick(8, 32, 64) * 2**20
names = ("float64", "float32", "float16")
pairs = {name: np.ones((2, count), name) for name in names}
took = in_turn(
    {name: lambda pair=pair: np.copyto(*pair) for name, pair in pairs.items()}
)
for name, seconds in took.items():
    print(f"{name}: {pairs[name][0].nbytes / 2**20:4.0f} MiB", end="")
    print(f" {1000 * np.median(seconds):6.1f} ms")
report.compare_times("copies", {n: took[n] for n in names[::-2]}, says="faster")
del pairs

# %% [markdown]
# A copy costs what its bytes cost. *Computing* costs what the chip has instructions
# for. These are this processor's instructions for few bits, by the names in its list of
# features:

# %%
print(precision.describe_instructions())

# %%
dtypes = ("float32", "bfloat16", "float16")
for place, took in layer_times(dtypes, budget.pick(64, 1024, 2048)).items():
    for dtype, seconds in took.items():
        text = precision.faster(seconds, took["float32"]) if dtype != "float32" else ""
        print(f"{place:17} {dtype:8} {1000 * np.median(seconds):7.2f} ms  {text}")

# %% [markdown]
# Read the last column together with the list of instructions. Weights and inputs have
# the type of the row, all is compiled, and differences of less than a tenth do not
# count. Instructions that *convert* (F16C) are not in the list: with them, arithmetic
# is still that of `float32`. And an instruction does not help where the library has no
# code that uses it: a slow row may be that of a format for which nobody wrote a fast
# path. So "half the bits, half the time" depends on chip and library, and
# another machine prints another table.
#
# Whole networks on other devices, where recorded traces have two formats:

# %%
recorded = precision.speedups(traces.available())
print(len(recorded), "recorded timings in two formats")
print("\n".join(row["text"] for row in recorded))

# %% [markdown]
# **A trap.** In Saito's *Deep Learning from Scratch* (chapter 8), the book behind the
# lecture, an experiment classifies in `float16` and finds the accuracy unchanged. Its
# script `half_float_network.py` writes the rounded parameters back into the old arrays,
# as below.

# %%
rng = np.random.default_rng(0)
params = {"W": rng.normal(size=(3, 3)), "b": np.zeros(3)}  # NumPy makes float64
for param in params.values():
    param[...] = param.astype("float16")  # rounded to 16 bits, stored in 64
print({name: str(param.dtype) for name, param in params.items()})
x = rng.normal(size=(2, 3)).astype("float16")
print("x @ W + b is", (x @ params["W"] + params["b"]).dtype)
W, b = (param.astype("float16") for param in params.values())
print("with new arrays it is", (x @ W + b).dtype)

# %% [markdown]
# The values were rounded, the *type* never changed: assignment into an array keeps the
# array's type. The first layer's product is of `float64`, and all that follows. What
# does that do to the book's conclusion? That accuracy bears *weights* rounded to 16
# bits, and an input of 16 bits, was shown. That it bears *arithmetic* of 16 bits was
# not. About speed the book claims nothing: it says itself (section 8.3.4) that NumPy
# only stores 16 bits, and computes with more. In this script the weights are not even
# stored so. How to tell: print `dtype`, and `nbytes`.

# %% [markdown]
# ## 3 · How robust is a network?
#
# The slides say: a network bears a little noise in its input, so it bears rounding too.
# That can be measured. Small VGGs, each trained in a few seconds, are the patients: one
# for each seed, on Fashion-MNIST.

# %%
source = budget.pick("subset", "subset", "keras")
(x_train, y_train), (x_test, y_test) = data.fashion_mnist(source)
x_train, y_train = np.float32(x_train[:NUM_TRAIN] / 255), y_train[:NUM_TRAIN]
x_test, y_test = np.float32(x_test[:NUM_TEST] / 255), y_test[:NUM_TEST]
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
JIT = False if keras.backend.backend() == "tensorflow" else "auto"


def fit(model, seed, epochs=EPOCHS, rate=2e-3, images=NUM_TRAIN, **options):
    """Compiles a model and trains it; a seed gives the same order of images."""
    adam = keras.optimizers.Adam(rate)
    model.compile(adam, cross_entropy, jit_compile=JIT, **options)
    training.fit(model, x_train[:images], y_train[:images], epochs, seed)
    return model


def small_vgg(seed, kind="float32"):
    """Makes a small VGG with a dtype policy; its logits are float32 in any case."""
    keras.utils.set_random_seed(seed)
    with precision.policy(kind):
        inner = vgg.small_vgg()
        outputs = layers.Activation("linear", dtype="float32")(inner.output)
        return keras.Model(inner.input, outputs)


def accuracy(model, x=x_test):
    """Returns the share of test images that are classified rightly, in per cent."""
    logits = ops.convert_to_numpy(model(x, training=False))
    return 100 * float(np.mean(logits.argmax(-1) == y_test))


models = [fit(small_vgg(seed), seed) for seed in SEEDS]
whole = np.array([accuracy(model) for model in models])
print(f"{models[0].count_params():,} weights in float32, right:", whole.round(1))

# %% [markdown]
# **Noise in the input.** First random: each pixel goes up or down by ε, as a coin
# decides, where white is 1. Then *adversarial* (Szegedy et al. 2013, arXiv:1312.6199):
# each pixel goes up or down by the same ε, but in the direction in which the loss
# grows. That direction is the sign of the gradient (Goodfellow et al. 2014,
# arXiv:1412.6572, the fast gradient sign method). Both kinds change a pixel by ε, up to
# the limits of black and white; where the gradient is exactly 0, the second kind
# changes nothing.
#
# > **Predict.** (2) How many images are still classified rightly with ε = 0.05, if the
# > signs are random? And if they follow the gradient?

# %% tags=["include"]
from layerwise.robustness import gradient_signs, moved

# %%
EPSILONS = (0, 0.02, 0.05, 0.1, 0.2)
noisy = {"random signs": [], "signs of the gradient": []}
for model, seed in zip(models, SEEDS, strict=True):
    coins = np.random.default_rng(seed).choice((-1, 1), x_test.shape)
    worst = gradient_signs(model, x_test, y_test, cross_entropy)
    for values, signs in zip(noisy.values(), (coins, worst), strict=True):
        values.append([accuracy(model, moved(x_test, signs, e)) for e in EPSILONS])
shown = [moved(x_test, signs, 0.05)[:8] for signs in (0 * coins, coins, worst)]
plots.image_grid(np.concatenate(shown), columns=8, size=0.9)
plt.show()
noisy = {name: np.array(values) for name, values in noisy.items()}
random, adversarial = (values[:, 2] for values in noisy.values())
report.within("random noise", {"points lost": whole - random}, -1, 5)
pair = {"adversarial": adversarial, "random": random}
report.compare("adversarial noise", pair, says="lower")

# %% [markdown]
# First row: the images as they are. Second: random signs. Third: the gradient's signs,
# for the last of the networks. **(2)** Random noise of 0.05 costs a point or so.
# Adversarial noise of the same size costs tens of points. So for these networks and
# this ε "small noise does not matter" is true of random directions, and false of some
# that are chosen.
# Rounding is not chosen against the network: the gradient plays no part in it.
#
# **Rounding.** Now round each kernel, or what goes into each layer, or both, to few
# bits. Integers times a scale stand for the numbers (section 5 has the code). The scale
# is the one with the least squared error. Weights have a sign; what comes out of a ReLU
# has none, and so does not spend a bit on it.
#
# > **Predict.** (3) At how many bits does accuracy fall by more than 2 points: for
# > weights with one scale a kernel, for weights with a scale for each filter, for
# > activations, for both?

# %%
BITS = budget.pick((8, 6, 2), (8, 6, 5, 4, 3, 2, 1), (8, 6, 5, 4, 3, 2, 1))
calibration = x_train[:128]
widths = {
    "weights, a scale a kernel": q.by_bits(
        models, calibration, BITS, inputs=False, per_channel=False
    ),
    "weights, a scale a filter": q.by_bits(models, calibration, BITS, inputs=False),
    "activations": q.by_bits(models, calibration, BITS, weights=False),
    "both": q.by_bits(models, calibration, BITS),
}
rounded = {}
for name, rows in widths.items():
    rounded[name] = np.array([[accuracy(few) for few in row] for row in rows])

# %%
figure, axes = plots.panels(2, width=5.0, height=3.9, sharey=True)
plots.bands(EPSILONS, noisy, axes[0], "Noise in the input", "ε, where white is 1")
plots.bands(range(len(BITS)), rounded, axes[1], "Rounding", "bits")
axes[0].set(ylabel="test images right (%)", xticks=EPSILONS, ylim=(0, 100))
axes[1].set_xticks(range(len(BITS)), BITS)
for ax in axes:
    ax.axhline(10, color=plots.GREY, lw=1, ls=":")
    ax.axhline(whole.mean(), color=plots.GREY, lw=1)
    ax.legend(loc="lower left", fontsize=9)
plt.show()

# %%
lost = {name: whole[:, None] - values for name, values in rounded.items()}
print("mean points lost at", BITS, "bits")
for name, values in lost.items():
    falls = [b for b, v in zip(BITS, values.mean(0), strict=True) if v > 2]
    print(f"{name:26} {values.mean(0).round(1)}, more than 2 at {falls} bits")
six, two = BITS.index(6), BITS.index(2)
report.within("eight bits", {"points lost, both 8 bits": lost["both"][:, 0]}, -2, 2)
report.within("six bits", {"points lost, both 6 bits": lost["both"][:, six]}, -2, 2)
pair = {
    "2 bits, activations": rounded["activations"][:, two],
    "2 bits, weights": rounded["weights, a scale a filter"][:, two],
}
report.compare("two bits of activations", pair, says="higher")
pair = {f"3 bits, {name}": rounded[name][:, -3] for name in list(rounded)[:2]}
report.compare("scales for each filter", pair, says="no difference")

# %% [markdown]
# In the figure lines are means over the networks and bands their range; the dotted line
# is guessing. A level part, then a fall. **(3)** The table answers by number. With 8
# and with 6 bits little is lost, in no recorded run much more than a point, and with
# few bits very much. With 2 bits, activations do better than weights. One reason may be
# that without a sign they have four levels (0 to 3), while weights have three (−1, 0
# and 1). A scale for each filter makes no difference in this network at 3 bits by the
# ranges; section 5 has a kernel where it does.
#
# **Is rounding like noise?** That is the slides' argument. Add to each kernel, in place
# of the rounding error, random noise of the same size, filter by filter.

# %% tags=["include"]
from layerwise.robustness import copy_of, noise_like, with_kernels


# %%
def round_off(kernel, bits=3):
    scale = q.find_scale(kernel, bits, axis=-1)
    return q.quantize(kernel, scale, bits) * scale


noise = noise_like(round_off, np.random.default_rng(SEEDS[0]))
pair = {
    "rounded to 3 bits": [with_kernels(m, round_off, accuracy) for m in models],
    "noise of that size": [with_kernels(m, noise, accuracy) for m in 4 * models],
}
report.compare("rounding is like noise", pair, says="no difference")
for name in ("float16", "bfloat16", "float8_e4m3fn", "float8_e5m2"):
    change = functools.partial(floats.rounded, name=name)
    right = [with_kernels(m, change, accuracy) for m in models]
    print(f"weights in {name:13} points lost: {np.mean(whole - right):.1f}")

# %% [markdown]
# No difference here: for weights of 3 bits in this network the argument is not refuted.
# Rounding does what random noise of its size does, as far as these ranges tell, and
# those of the noise are wide. Other numbers of bits we did not compare. Below that are
# weights in floating-point formats: 16 bits, which is what the book's script showed,
# and the two kinds of fp8.

# %% [markdown]
# ## 4 · Train in sixteen bits
#
# Training is harder than prediction: its numbers differ more in size. There are two
# dangers. An *update* is small beside its weight, and is rounded away:

# %%
for name in ("float16", "bfloat16"):
    print(f"1 + 0.0001 in {name}: {floats.rounded([1.0001], name)[0]:.7g}")

# %% [markdown]
# And *gradients* may lie below the smallest number. Here are those of the trained
# network for one batch: the gradients of its weights, and the gradients on their way
# back, where they leave the second layer for the first.
#
# > **Predict.** (4) Which share of each would become 0 in `float16`, whose smallest
# > number is 6e-8?

# %%
batch = x_train[:128], y_train[:128]
sizes = [gradient_sizes(m, *batch, cross_entropy, "block1_conv1") for m in models]
smallest = floats.describe("float16").smallest
zeros = {}
for name in sizes[0]:
    zeros[name] = [100 * np.mean(found[name] <= smallest / 2) for found in sizes]
_, (ax,) = plots.panels(1, width=7.0, height=3.4)
for name, values in sizes[-1].items():
    ax.hist(np.log2(values), np.arange(-40, 2), density=True, alpha=0.6, label=name)
for name in ("smallest", "normal"):
    ax.axvline(np.log2(getattr(floats.describe("float16"), name)), color=plots.INK)
ax.set(title="Gradients of a small VGG", xlabel="log2 |gradient|", ylabel="share")
ax.legend()
plt.show()
for name, shares in zeros.items():
    print(f"{name:9} become 0 in float16: {np.min(shares):.1f} to {max(shares):.1f} %")
report.within("weight gradients lost", {"% of weights": zeros["weights"]}, 0, 2)
pair = {"% of the way back": zeros["way back"], "% of weights": zeros["weights"]}
report.compare("gradients lost on the way", pair, says="higher")

# %% [markdown]
# Left of the left line `float16` has nothing, between the lines only numbers of few
# digits. Shares are of the gradients that are not exactly 0 in `float32`. **(4)**
# Hardly any gradient of a weight is lost: each is a sum over all images, and in
# convolutions over positions too. On the way back more are lost, 5 to 17 % in our
# recorded runs, and in the figure many lie below the second line. `float16` reaches up
# to 65,504, and all that room to the right is empty. So multiply the loss, and with it
# all gradients, by a large number, and divide before the update. That is *loss
# scaling*. `bfloat16` has the exponents of `float32` and does not need it.
#
# **Mixed precision** (Micikevicius et al. 2017, arXiv:1710.03740) is this recipe:
# layers compute in 16 bits; weights are kept in `float32`; softmax and loss are
# computed in `float32`; and with `float16` the loss is scaled. In Keras a *dtype
# policy* does the first two. The loss functions of Keras convert to `float32`
# themselves, and the last line of `small_vgg` gives the logits that type for everybody
# else. And who scales the loss?


# %%
def tiny(kind=None):
    inputs = keras.Input((4,))
    return keras.Model(inputs, layers.Dense(10, dtype=kind)(inputs))


with precision.policy("mixed_float16"):
    by_model = tiny()
wrapped = keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam())
ways = {
    "policy on the layer": (tiny("mixed_float16"), "adam"),
    "global policy": (by_model, "adam"),
    "on the layer, wrapped": (tiny("mixed_float16"), wrapped),
}
for name, (model, optimizer) in ways.items():
    model.compile(optimizer, cross_entropy)
    print(f"{name:21} layer {model.layers[1].dtype_policy.name}, model", end=" ")
    print(f"{model.dtype_policy.name:13} -> {type(model.optimizer).__name__}")

# %% [markdown]
# `compile(auto_scale_loss=True)`, the default, looks at the policy of the *model*, and
# a model takes the global policy at the time when it is made. With a policy on the
# layers only, the model's is `float32`, and **nobody scales the loss**: the first row.
# So either set the global policy while the model is made, and put it back, as the
# course's `precision.policy` does; or wrap the optimizer by hand. Without the course's
# library:
#
# ```python
# keras.config.set_dtype_policy("mixed_float16")
# model = make_model()  # the last layer with dtype="float32"
# keras.config.set_dtype_policy("float32")
# model.compile(keras.optimizers.Adam(), loss)  # wraps Adam in a LossScaleOptimizer
# ```

# %% [markdown]
# **Train.** The same networks, seeds and images in `mixed_bfloat16`. And in
# `mixed_float16`, which is slow on processors without instructions for it and so gets
# fewer images and one seed in a run, with and without a scaled loss, beside `float32`
# with as few.

# %%
brain = [fit(small_vgg(seed, "mixed_bfloat16"), seed) for seed in SEEDS]
report.within("bfloat16", {"gain": [accuracy(m) for m in brain] - whole}, -5, 5)
few = {"epochs": 2, "images": budget.pick(256, 5_000, NUM_TRAIN)}
half, kinds = {}, ("float32", "mixed_float16", "mixed_float16")
for name, kind in zip(("float32", "scaled", "not scaled"), kinds, strict=True):
    model = small_vgg(SEEDS[0], kind)
    fit(model, SEEDS[0], auto_scale_loss=name != "not scaled", **few)
    half[name] = [accuracy(model)]
    print(f"{kind:13} {type(model.optimizer).__name__:18} {half[name][0]:.1f} % right")
plain, scaled, unscaled = half.values()
report.compare("float16", {"float16": scaled, "float32": plain}, says="no difference")
pair = {"float16, loss scaled": scaled, "not scaled": unscaled}
report.compare("loss scaling", pair, says="no difference")

# %% [markdown]
# With `bfloat16` no network is more than 5 points from its `float32` twin, which has
# the same first weights and the same order of images. (In one of our nine trainings it
# was 3 points lower, in the others less than one from it: so they do not tell whether
# it costs a little.) With `float16` the ranges overlap, too. Beside its own twin it was
# lower in each of our three recorded runs, by 0.5 to 1.8 points, which three pairs do
# not prove. And the loss scale? For this network, in two epochs, no difference. A
# likely reason: the gradients that become 0 are the smallest, and the sums over images
# and positions contain larger ones. Micikevicius et al. (2017, section 3.2) have
# networks that need it and others that do not; their example is the detector Multibox
# SSD. One does not know before, so with `float16` the loss is always scaled.
#
# How does Keras find the scale? It tries. Here is one weight, whose true gradient is
# 1e-8, with a scale that starts too high.

# %% tags=["include"]
from layerwise.precision import follow_scale

# %%
inner = keras.optimizers.SGD(1.0)
scaling = {"initial_scale": 2.0**44, "dynamic_growth_steps": 5}
saved = follow_scale(keras.optimizers.LossScaleOptimizer(inner, **scaling), 1e-8, 14)
plain = follow_scale(keras.optimizers.SGD(1.0), 1e-8, 14)
print("step   not scaled   scaled   scale")
for step, ((before, _), (after, scale)) in enumerate(zip(plain, saved, strict=True)):
    print(f"{step + 1:4}   {before:10.2g}   {after:6.2g}   2^{np.log2(scale):.0f}")

# %% [markdown]
# Not scaled, the weight never moves: its gradient is 0 in `float16`. With a scale, the
# first steps overflow. Such a step is skipped, and the scale is halved. Once it fits,
# steps count. After 5 good steps in a row (here; 2,000 by default) the optimizer tries
# twice the scale. Where that overflows, as at step 8, that step is lost and the scale
# goes back. So with this setting one step in six is lost. By default it is at most one
# in 2,001, once the scale is found and as long as the gradients keep their size.

# %% [markdown]
# ## 5 · Integers
#
# Phones go further: numbers become integers of 8 bits, q = round(x / scale), and the
# layer computes with integers.

# %% tags=["include"]
from layerwise.quantize import find_scale, largest, least_squares, quantize

# %% [markdown]
# With a sign, 8 bits are −127 to 127; 4 bits are −7 to 7; 2 bits are −1, 0 and 1; and
# 1 bit is −1 or 1. Without a sign they are 0 to 255, and so on. `find_scale` reaches a
# percentile of |x|, or takes the scale with the least squared error, which clips what
# is rare and large.
#
# **One filter can be loud.** Then its weights set the step for all the others, unless
# each filter has a scale of its own. Take the first depthwise kernel of
# EfficientNet-Lite0, as it is and with its batch normalisation folded in: on a device
# the factor γ/σ of each channel is multiplied into the kernel once and for all.

# %%
trained = efficientnet_lite.pretrained()
kernel = trained.get_layer("blocks.0.depthwise_conv").get_weights()[0]
norm = trained.get_layer("blocks.0.bn1")
gamma, _, _, variance = norm.get_weights()
factor = gamma / np.sqrt(variance + norm.epsilon)
ours = models[0].get_layer("block2_conv1").get_weights()[0]
folded = kernel * factor[:, None]
cases = {"small VGG": (ours, 3), "depthwise": (kernel, 2), "folded": (folded, 2)}
for name, (weights, axis) in cases.items():
    loud, shared, own = q.filter_errors(weights, axis)
    print(f"{name:9} loudest filter {loud:4.1f} times the median one;", end=" ")
    print(f"8 bits: error {100 * shared:.1f} %, or with own scales {100 * own:.1f} %")

# %% [markdown]
# Read the loudness and the two errors together: the louder the loudest filter, the more
# a scale of its own gives to the others. (Nagel et al. 2019, arXiv:1906.04721, is about
# networks with such kernels. With 8 bits and one scale a kernel they fail, and its
# remedy is to make all filters equally loud.)
#
# **Clip or not?** For activations: a scale that reaches the largest value seen, or one
# that clips the rarest. Weights have 8 bits.

# %%
for bits in budget.pick((2,), (8, 4, 3, 2), (8, 4, 3, 2)):
    right = {}
    for reach in (100, 99.9, 99, "best"):
        few = [q.quantized(m, calibration, 8, bits, input_reach=reach) for m in models]
        right[reach] = [accuracy(model) for model in few]
    cells = [f"{name}: {np.mean(whole - v):4.1f}" for name, v in right.items()]
    print(f"activations of {bits} bits, range and points lost:", "   ".join(cells))
pair = {"2 bits, least squares": right["best"], "2 bits, largest": right[100]}
report.compare("clipping", pair, says="higher")

# %% [markdown]
# The first column reaches the largest value (100 % of them), the next clip one in a
# thousand and one in a hundred, the last takes the least squared error. With 8 bits it
# hardly matters. With 2 bits clipping buys a finer step for all the rest, and gains.

# %% [markdown]
# **Do integers compute this?** So far they were simulated with floats. A sum of 32 bits
# holds any 66,000 products of 0 to 255 with −127 to 127 exactly; 16 bits do not even
# hold two of the largest.

# %% tags=["include"]
from layerwise.quantize import integer_conv

# %%
bank = models[0].get_layer("block1_conv1").get_weights()[0]
x_scale, k_scale = find_scale(x_test[:4], signed=False), find_scale(bank, axis=-1)
x, k = quantize(x_test[:4], x_scale, signed=False), quantize(bank, k_scale)
sums = integer_conv(x, k)
simulated = ops.convert_to_numpy(ops.conv(x * x_scale, k * k_scale))
gap = np.abs(sums * x_scale * k_scale - simulated).max()
print(f"{x.dtype} times {k.dtype} is {sums.dtype}, up to {np.abs(sums).max():,}")
print(f"integers and simulation differ by at most {gap:.0e}")

# %% [markdown]
# **Training with rounding in it.** Rounding has no useful gradient, so one pretends:
# forwards the weight is rounded, backwards the gradient goes straight through.

# %% tags=["include"]
from layerwise.quantize import straight_through

# %% [markdown]
# > **Predict.** (5) Weights of 2 bits and of 1, activations of 4: what do two more
# > epochs with rounding give back? The `float32` network gets the same two epochs.


# %%
def train_on(copies):
    for copy, seed in zip(copies, SEEDS, strict=True):
        fit(copy, seed + 100, epochs=MORE_EPOCHS, rate=1e-3)
    return [accuracy(copy) for copy in copies]


onward, trained_on = train_on([copy_of(model) for model in models]), {}
for bits in budget.pick((2,), (2, 1), (3, 2, 1)):
    few = [q.quantized(model, calibration, bits, 4) for model in models]
    trained_on[bits] = [accuracy(model) for model in few], train_on(few)
print(f"float32   {whole.mean():.1f} %, trained on {np.mean(onward):.1f} %")
for bits, (before, after) in trained_on.items():
    print(f"{bits} bits    {np.mean(before):.1f} %, trained on {np.mean(after):.1f} %")
before, after = trained_on[2]
pair = {"2 bits, trained on": after, "2 bits as rounded": before}
report.compare("rounding in training", pair, says="higher")
pair = {
    "1 bit, trained on": trained_on[min(trained_on)][1],
    "float32, trained on": onward,
}
report.compare("1 bit against float32", pair, says="lower")

# %% [markdown]
# **(5)** Most of what 2 bits had lost comes back: the network finds other weights, for
# which rounding does less harm. (It also trains two epochs longer; the first line shows
# that for `float32` these add little.) It is not free: with the same two epochs the
# `float32` network stays ahead of the one with weights of 1 bit. (The rate is the same
# for all, and the scales stay where they were before; methods that learn the scale too,
# such as Esser et al. 2019, arXiv:1902.08153, are made for few bits.)

# %% [markdown]
# ## 6 · On a device
#
# Two tools: Keras's own `quantize("int8")` or `quantize("int4")`, and LiteRT (formerly
# TensorFlow Lite), whose interpreter runs on phones and controllers.

# %%
model, table = models[0], {}
table["Keras float32"] = litert.size_on_disk(copy_of(model)), whole[0]
for mode in ("int8", "int4"):
    copy = copy_of(model)
    with warnings.catch_warnings(record=True) as remarks:
        warnings.simplefilter("always")
        copy.quantize(mode)
    left = sum("Conv2D" in str(remark.message) for remark in remarks)
    table[f"Keras {mode}"] = litert.size_on_disk(copy), accuracy(copy)
    print(f"Keras's quantize({mode!r}) leaves {left} Conv2D as they were")

# %%
speed = "not measured on this backend"
if keras.backend.backend() == "tensorflow":
    files = litert.compare(model, x_train[:100], x_test, batch_size=200)
    for name, (size, logits, _) in files.items():
        table[f"LiteRT {name}"] = size, 100 * np.mean(logits.argmax(-1) == y_test)
    took = in_turn({name: call for name, (_, _, call) in files.items()})
    speed = precision.faster(took["int8"], took["float32"])

# %% tags=["headline"]
for name, (size, right) in table.items():
    print(f"{name:14} {size / 1000:5.0f} kB  {right:5.1f} % right")
print("LiteRT, int8 against float32 on this processor:", speed)
print(f"2 bits: {np.mean(before):.1f} %, trained on {np.mean(after):.1f} %")

# %% [markdown]
# Keras quantises dense layers; its convolutions stay as they were. LiteRT does the
# whole network, with inputs and outputs as integers. Its files hold more than weights,
# so that a small network does not shrink to a quarter. For the accuracies, mind that
# 2,000 test images have a standard error of 0.8 points. Which file runs faster, the
# cell prints; it depends on the processor's instructions for int8 (section 2), and on
# whether the library uses them.

# %% [markdown]
# ## 7 · What the slides claim, and what we measured

# %%
report.table()

# %% [markdown]
# ## Summary
#
# - Exponent bits are range, fraction bits are precision. `bfloat16` keeps the range of
#   `float32`.
# - Half the bits are half the bytes. They are half the *time* only where chip and
#   library have a path for them: measure it on the machine that counts.
# - Accuracy over bits is level at first, here down to 6 bits, and then falls. Clipping
#   helps where bits are few, and training with rounding in it gives most of the loss
#   back.
# - A small VGG bears random noise of a twentieth of the range. It does not bear noise
#   of the same size that was chosen against it.
# - Mixed precision is 16 bits in the layers, float32 weights, softmax and loss, and for
#   `float16` a scaled loss. `compile` scales it if the *model's* policy says so.
# - Print `dtype` before you believe an experiment about bits.
#
# **Your turn:** [hw08 · Bits](../../../assignments/en/hw08_bits/hw08_bits.ipynb). You
# decode floats, quantise with a zero point, fold a normalisation, and write loss
# scaling.
