# %% [markdown]
# # 08 · Fewer bits
#
# A network does not need most of the digits that it is given. We take them away one by
# one, and look for the cliff.
#
# **From the slides:** memory and bus as bottlenecks; numbers of 64, 32 and 16 bits;
# networks that shrug off small noise; fewer bits for embedded use.
#
# **Time:** about two minutes on two cores. `LAYERWISE_BUDGET=full` trains on all of
# Fashion-MNIST.

# %%
import logging
import os
import tempfile
import time
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer start-up messages
logging.getLogger("tensorflow").setLevel("ERROR")  # no advice on retracing

import keras
import matplotlib.pyplot as plt
import ml_dtypes
import numpy as np
from keras import layers, ops

from layerwise import budget, checks, data, floats, litert, plots, profiler, traces
from layerwise import quantize as q
from layerwise.backends import forward
from layerwise.models import vgg

plots.use_style()
EPOCHS = budget.pick(1, 4, 20)
NUM_TRAIN, NUM_TEST = budget.pick((640, 200), (10_000, 2_000), (60_000, 10_000))
print(f"budget {budget.level()}: {EPOCHS} epochs, {NUM_TRAIN} images")

# %% [markdown]
# ## 1 · What a number is made of
#
# A floating-point number is a sign, a power of two and a fraction:
# ±2^(exponent − bias) · (1 + fraction). More bits of exponent reach further, more bits
# of fraction see finer.

# %%
figure, axes = plots.panels(1, width=10.0, height=2.3)
floats.draw(axes[0], 0.1)
axes[0].set_title("0.1, as near as each format comes to it")
plt.show()

# %% [markdown]
# Pale boxes are zeros. `bfloat16` is `float32` cut off after 16 bits: the same range,
# and fewer digits. `float16` gives three of those exponent bits to the fraction.

# %%
print("format     largest    smallest normal  smallest   gap after 1")
for name in floats.LAYOUT:
    f = floats.describe(name)
    print(
        f"{name:9} {f.largest:9.3g}   {f.normal:12.3g}   {f.smallest:9.3g}  "
        f"{f.epsilon:10.3g}"
    )

# %% [markdown]
# > **Predict.** What do `float16` and `bfloat16` make of 70,000? Of 1e-8? Of 1 + 0.001?

# %%
with np.errstate(over="ignore", under="ignore"):
    for value in (70_000.0, 1e-8, 1.001):
        found = {
            name: float(np.asarray(value).astype(ml_dtypes.finfo(name).dtype))
            for name in ("float32", "float16", "bfloat16")
        }
        print(value, "->", "  ".join(f"{n} {v:.7g}" for n, v in found.items()))

# %% [markdown]
# `float16` overflows at 65,504 and loses what is below 6e-8. `bfloat16` keeps both, and
# does not notice the thousandth. Which loss hurts a network?

# %% [markdown]
# ## 2 · Half the bits, half the bytes
#
# The bus does not care what the bytes mean. Copy the same *count* of numbers in four
# widths.

# %%
count = budget.pick(2, 32, 64) * 2**20
took = {}
for name in ("float64", "float32", "float16"):
    source = np.ones(count, name)
    target = np.empty_like(source)
    runs = [profiler.timed(np.copyto, target, source)[0] for _ in range(9)]
    took[name] = float(np.median(runs[2:]))
for name, seconds in took.items():
    print(
        f"{name}: {count * np.dtype(name).itemsize / 2**20:5.0f} MiB, "
        f"{1000 * seconds:6.1f} ms, {took['float64'] / seconds:.1f} times float64"
    )

# %% [markdown]
# Moving costs what the bytes cost. *Computing* costs what the chip has units for, and
# that is another matter. A dense layer and a convolution, compiled, in three types:

# %%
side = budget.pick(64, 1024, 2048)
rng = np.random.default_rng(0)
matrix = rng.normal(size=(side, side)).astype("float32")
images = rng.normal(size=(16, 32, 32, 32)).astype("float32")
speeds = {}
for dtype in ("float32", "bfloat16", "float16"):
    dense, conv = layers.Dense(side, dtype=dtype), layers.Conv2D(64, 3, dtype=dtype)
    for name, layer, x in (("dense", dense, matrix), ("conv", conv, images)):
        x = ops.cast(x, dtype)
        layer.build(x.shape)
        calls = {name: (forward(layer), x)}
        calls[f"{name}, gradient"] = (checks.gradient, layer, x)
        for kind, (fn, *args) in calls.items():
            runs = [profiler.timed(fn, *args)[0] for _ in range(budget.pick(3, 7, 15))]
            speeds[kind, dtype] = float(np.median(runs[2:]))
for (name, dtype), seconds in speeds.items():
    ratio = speeds[name, "float32"] / seconds
    print(f"{name:15} {dtype:9} {1000 * seconds:8.2f} ms  {ratio:5.2f} times float32")
on_gpu = [traces.label(t) for t in traces.available() if traces.on_gpu(t)]
print("float16 on a GPU:", *(on_gpu or ["no trace of a GPU ships with the course yet"]))

# %% [markdown]
# Read the last column. Where a processor has instructions for `bfloat16` (AVX512-BF16,
# AMX), it beats `float32`. `float16` gains nothing on such a processor, and backwards
# through a convolution, where nobody wrote a fast path for it, it loses by a factor.
# *Half the bits is half the time* only where hardware and library say so.

# %% [markdown]
# **A trap.** A well-known textbook (Saito, *Deep Learning from Scratch*, chapter 8) has
# an experiment: classify in `float16`, and find the accuracy unchanged. Its script
# writes the rounded parameters back into the old arrays, as below.

# %%
params = {"W": rng.normal(size=(3, 3)), "b": np.zeros(3)}  # NumPy makes float64
for param in params.values():
    param[...] = param.astype("float16")  # rounded to 16 bits, stored in 64
print({name: str(param.dtype) for name, param in params.items()})
x = rng.normal(size=(2, 3)).astype("float16")
print("x @ W + b is", (x @ params["W"] + params["b"]).dtype)
params = {name: param.astype("float16") for name, param in params.items()}
print("with new arrays it is", (x @ params["W"] + params["b"]).dtype)

# %% [markdown]
# The values were rounded, the *type* never changed: assignment into an array keeps the
# array's type. All arithmetic ran in 64 bits. The conclusion about accuracy may stand,
# one about memory or speed would not. How to tell: print `dtype`, and `nbytes`.

# %% [markdown]
# ## 3 · How robust is a network?
#
# The slides say: a network bears a little noise in its input, so it bears rounding too.
# That can be measured. A small VGG, trained in a few seconds, is the patient.

# %%
(x_train, y_train), (x_test, y_test) = data.fashion_mnist(
    budget.pick("subset", "subset", "keras")
)
x_train, y_train = x_train[:NUM_TRAIN] / np.float32(255), y_train[:NUM_TRAIN]
x_test, y_test = x_test[:NUM_TEST] / np.float32(255), y_test[:NUM_TEST]
keras.utils.set_random_seed(0)
model = vgg.small_vgg()
model.compile(
    keras.optimizers.Adam(2e-3),
    keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
    jit_compile=keras.backend.backend() != "tensorflow",
)
model.fit(
    data.batches(x_train, y_train, shuffle=True),
    epochs=EPOCHS,
    shuffle=False,
    verbose=0,
)


def accuracy(model, x=x_test):
    """Share of test images that are classified rightly, in per cent."""
    logits = model.predict(data.batches(x, y_test, 500), verbose=0)
    return 100 * float(np.mean(logits.argmax(-1) == y_test))


whole = accuracy(model)
print(f"{checks.weight_count(model):,} weights in float32: {whole:.1f} % right")

# %% [markdown]
# > **Predict.** At how many bits for the weights does it fall: 8, 4, 2? And if the
# > *activations* have few bits instead?

# %%
sigmas = (0, 0.05, 0.1, 0.2, 0.4, 0.8)
draws = budget.pick(1, 3, 10)
noisy_input, noisy_weights = [], []
start = model.get_weights()
for sigma in sigmas:
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        noise = rng.normal(0, sigma, x_test.shape).astype("float32")
        noisy_input.append(accuracy(model, x_test + noise))
        model.set_weights(
            [w + sigma * w.std() * rng.normal(size=w.shape) for w in start]
        )
        noisy_weights.append(accuracy(model))
        model.set_weights(start)
noisy = {
    "input, σ in units of white": np.reshape(noisy_input, (-1, draws)).mean(1),
    "weights, σ in units of each tensor's": np.reshape(noisy_weights, (-1, draws)).mean(
        1
    ),
}

# %%
BITS = budget.pick((8, 2), (16, 8, 6, 5, 4, 3, 2, 1), (16, 8, 6, 5, 4, 3, 2, 1))
kinds = {
    "weights, one scale a tensor": lambda bits: (bits, 0, False),
    "weights, one scale a filter": lambda bits: (bits, 0, True),
    "activations": lambda bits: (0, bits, True),
    "both": lambda bits: (bits, bits, True),
}
rounded = {}
for name, options in kinds.items():
    rounded[name] = []
    for bits in BITS:
        weight_bits, input_bits, per_channel = options(bits)
        few = q.quantized(model, x_train[:256], weight_bits, input_bits, per_channel)
        rounded[name].append(accuracy(few))

# %%
figure, axes = plots.panels(2, width=5.0, height=3.9, sharey=True)
plots.lines(sigmas, noisy, axes[0], "Noise", "σ", "test images right (%)")
plots.lines(BITS, rounded, axes[1], "Rounding", "bits")
axes[1].set_xscale("log", base=2)
axes[1].set_xticks(BITS, [str(bits) for bits in BITS])
axes[1].minorticks_off()
axes[1].invert_xaxis()
for ax in axes:
    ax.axhline(10, color=plots.GREY, lw=1, ls=":")
    ax.axhline(whole, color=plots.GREY, lw=1)
    ax.legend(loc="lower left", fontsize=9)
    ax.set_ylim(0, 100)
axes[0].annotate("guessing", (0.66, 5), fontsize=9, color=plots.GREY)
plt.show()

# %%
for name, values in rounded.items():
    cells = [f"{b}: {v:.1f}" for b, v in zip(BITS, values, strict=True)]
    print(f"{name:28}", "  ".join(cells))

# %% [markdown]
# A plateau, then a cliff. Down to 6 bits nothing can be told apart from `float32`; at 4
# it begins to cost; at 1 and 2 bits, without further training, the network is gone. A
# scale for each filter moves the cliff. Noise shows the same shape without any bits:
# the claim about robustness holds, *up to* the cliff.

# %% [markdown]
# ## 4 · Train in sixteen bits
#
# Training is harder than prediction: its numbers span more powers of two. Keras's mixed
# precision has three ingredients: weights stay `float32`, because an update is small
# beside them; the last layer computes in `float32`; and with `float16` the loss is
# scaled.

# %%
inputs = keras.Input((28, 28, 1))
x = layers.Conv2D(8, 3, activation="relu", dtype="mixed_float16")(inputs)
x = layers.GlobalAveragePooling2D(dtype="mixed_float16")(x)
mixed = keras.Model(inputs, layers.Dense(10, dtype="float32")(x))
for layer in mixed.layers[1:]:
    print(f"{layer.name:26} computes in {layer.compute_dtype:8}", end=" ")
    print("weights in", layer.variable_dtype if layer.weights else "–")
print("1 + 0.0001 in float16:", np.float16(1) + np.float16(0.0001))

# %% [markdown]
# The last line is why weights stay `float32`: the update would vanish. Gradients vanish
# in another way. They are below the smallest number.

# %%
gradients = 10.0 ** np.random.default_rng(0).normal(-7.5, 1.0, 100_000)
scales = 2.0 ** np.arange(0, 49, 3)
with np.errstate(over="ignore"):
    as_half = [(gradients * scale).astype("float16") for scale in scales]
shares = {
    "lost: became 0": [100 * np.mean(half == 0) for half in as_half],
    "overflowed: infinite": [100 * np.mean(np.isinf(half)) for half in as_half],
}
plots.lines(
    np.log2(scales),
    shares,
    title="100,000 small gradients, drawn, in float16",
    xlabel="the loss is multiplied by 2 to the power of",
    ylabel="%",
)
plt.show()

# %% [markdown]
# These gradients are drawn, not measured, to show the window: too small a scale loses
# the small ones, too large a scale blows up the large ones. Keras looks for the window
# while it trains. Here is one weight, whose true gradient is 1e-8.


# %%
def follow(optimizer, steps):
    """Trains one weight on a gradient of 1e-8, in float16; returns it and the scale."""
    weight = keras.Variable([0.0])
    optimizer.build([weight])
    history = []
    for _ in range(steps):
        scale = (
            optimizer.scale_loss(1.0) if hasattr(optimizer, "inner_optimizer") else 1
        )
        # float16, as the backward pass would hold it
        gradient = ops.cast(np.float32(1e-8) * ops.ones(1) * scale, "float16")
        optimizer.apply([ops.cast(gradient, "float32")], [weight])
        history.append((float(weight[0]), float(scale)))
    return history


plain = follow(keras.optimizers.SGD(1.0), 12)
saved = follow(
    keras.optimizers.LossScaleOptimizer(
        keras.optimizers.SGD(1.0), initial_scale=2.0**44, dynamic_growth_steps=5
    ),
    12,
)
print("step   unscaled weight   scaled weight   scale")
for step in range(12):
    print(
        f"{step + 1:4}   {plain[step][0]:15.2g}   {saved[step][0]:13.2g}"
        f"   2^{np.log2(saved[step][1]):.0f}"
    )

# %% [markdown]
# Without a scale the weight never moves: its gradient is 0 in `float16`. With one, the
# first steps overflow and are skipped, the scale halves until it fits, and then every
# step counts. `bfloat16` has the exponent of `float32` and needs none of this.

# %% [markdown]
# ## 5 · Integers
#
# Phones go further: numbers become integers of 8 bits, q = round(x / scale), and the
# layer runs in integers.

# %% tags=["include"]
from layerwise.quantize import find_scale, largest, quantize

# %%
kernel = model.get_layer("block2_conv1").get_weights()[0]
sizes = np.abs(kernel).max((0, 1, 2))
print(f"largest weight of a filter: from {sizes.min():.3f} to {sizes.max():.3f}")
for bits in (8, 4, 2):
    for axis, name in ((None, "one scale"), (-1, "a scale for each filter")):
        scale = find_scale(kernel, bits, axis)
        error = quantize(kernel, scale, bits) * scale - kernel
        share = np.linalg.norm(error) / np.linalg.norm(kernel)
        print(f"{bits} bits, {name:24} error {100 * share:5.1f} % of the kernel")

# %% [markdown]
# One loud filter sets the step of all the others, unless each has its own. For
# activations there is a choice too: a step that reaches the largest value seen, or one
# that lets the rarest be clipped.

# %%
for bits in budget.pick((4,), (8, 4, 3), (8, 4, 3)):
    cells = []
    for percentile in (100, 99.9, 99, 97):
        few = q.quantized(model, x_train[:256], 8, bits, True, percentile)
        cells.append(f"{percentile:5} %: {accuracy(few):5.1f}")
    print(f"activations of {bits} bits, range of", "   ".join(cells))

# %% [markdown]
# At 8 bits it hardly matters. At few bits clipping a little buys a finer step for all
# the rest.
#
# So far the integers were simulated with floats. Is that what a chip would compute?
# Sums of 32 bits hold every product of 8-bit numbers exactly:

# %% tags=["include"]
from layerwise.quantize import integer_conv

# %%
picture, bank = x_test[:4], model.get_layer("block1_conv1").get_weights()[0]
x_scale, k_scale = find_scale(picture), find_scale(bank, axis=-1)
whole_numbers = integer_conv(quantize(picture, x_scale), quantize(bank, k_scale))
in_floats = ops.conv(
    quantize(picture, x_scale) * x_scale, quantize(bank, k_scale) * k_scale
)
gap = np.abs(whole_numbers * x_scale * k_scale - ops.convert_to_numpy(in_floats)).max()
print(f"{whole_numbers.dtype}, sums up to {np.abs(whole_numbers).max():,}", end="; ")
print(f"integers and simulation differ by at most {gap:.0e}")

# %% [markdown]
# **Training with rounding in it.** Rounding has no useful gradient, so one pretends:
# forwards the weight is rounded, backwards the gradient goes straight through.

# %% tags=["include"]
from layerwise.quantize import straight_through

# %%
trained_on = {}
for bits in budget.pick((2,), (2, 3), (2, 3)):
    few = q.quantized(model, x_train[:256], bits, 4, True, 99.9)
    before = accuracy(few)
    few.compile(
        keras.optimizers.Adam(1e-3),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=keras.backend.backend() != "tensorflow",
    )
    few.fit(
        data.batches(x_train, y_train, shuffle=True),
        epochs=budget.pick(1, 2, 5),
        shuffle=False,
        verbose=0,
    )
    trained_on[bits] = (before, accuracy(few))
    print(f"weights {bits} bits, activations 4: {before:.1f} %", end=" ")
    print(f"-> {trained_on[bits][1]:.1f} % after training with rounding")

# %% [markdown]
# The cliff is not where it seemed. A network that is *told* of the rounding finds
# weights that survive it.

# %% [markdown]
# ## 6 · On a device
#
# Two tools: Keras's own `quantize("int8")`, and LiteRT (formerly TensorFlow Lite),
# whose interpreter runs on phones and controllers.


# %%
def fresh(model):
    """Copies architecture and weights, and not the optimizer's state."""
    copy = type(model).from_config(model.get_config())
    copy.set_weights(model.get_weights())
    return copy


copy = fresh(model)
with warnings.catch_warnings(record=True) as remarks:
    warnings.simplefilter("always")
    copy.quantize("int8")
print({type(layer).__name__: layer.dtype_policy.name for layer in copy.layers})
print("left as they were:", sum("Conv2D" in str(r.message) for r in remarks), "Conv2D")


# %%
def size_on_disk(model):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.keras")
        model.save(path)
        return os.path.getsize(path)


batch, table = 200, {}
table["Keras float32"] = (size_on_disk(fresh(model)), whole, None)
table["Keras int8, dense only"] = (size_on_disk(copy), accuracy(copy), None)
if keras.backend.backend() == "tensorflow":
    contents = {"float32": litert.convert(model)}
    contents["int8"] = litert.convert(model, x_train[:100])
    for name, content in contents.items():
        run = litert.Interpreter(content, batch)
        right, runs = 0, []
        for first in range(0, len(x_test), batch):
            start = time.perf_counter()
            logits = run(x_test[first : first + batch])
            runs.append(time.perf_counter() - start)
            right += int((logits.argmax(-1) == y_test[first : first + batch]).sum())
        seconds = float(np.median(runs))
        table[f"LiteRT {name}"] = (len(content), 100 * right / len(x_test), seconds)

# %% tags=["headline"]
for name, (size, right, seconds) in table.items():
    speed = f"{batch / seconds:9,.0f} images a second" if seconds else ""
    print(f"{name:24} {size / 1000:7.0f} kB  {right:5.1f} % {speed}")
for bits, (before, after) in trained_on.items():
    print(f"weights {bits} bits: {before:.1f} %, trained with rounding {after:.1f} %")

# %% [markdown]
# Keras's own quantisation does dense layers; convolutions stay as they were. LiteRT
# does the whole network, with inputs and outputs as integers: about a third of the size
# of its own float file (a file holds more than weights), and the same accuracy to the
# noise of the test images. One image is half a thousandth of them.

# %% [markdown]
# ## 7 · What the slides claim, and what we measured
#
# **"Memory and bus width can be the bottleneck."** *Yes.* Section 2: bytes set the time
# of a copy. Chapter 06: dense layers of one image wait for nothing else.
#
# **"Numbers of 64 or 32 bits are mainly used."** *When the book was written.* Training
# in 16 bits is common since Micikevicius et al. (2017, arXiv:1710.03740).
#
# **"Deep learning does not need so many digits, because networks are robust."** *Up to
# a cliff.* Here 6 bits are as good as 32, and 2 are not, until one trains with them.
#
# **"With small noise on the input the output stays the same."** *For small noise.* The
# left panel of section 3 says how small.
#
# **"Fewer bits are important for embedded use."** *Yes, and not only for memory:* the
# integer network was also the faster one here, on a processor that has instructions for
# it.

# %% [markdown]
# ## Summary
#
# - Exponent bits are range, fraction bits are precision. `bfloat16` keeps the range.
# - Half the bits are half the bytes. They are half the *time* where chip and library
#   have a path for them.
# - Accuracy over bits has a plateau and a cliff; scales for each filter, clipping and
#   training with rounding move the cliff.
# - Mixed precision is float32 weights, float32 logits, and for `float16` a scaled loss.
# - Print `dtype` before you believe an experiment about bits.
#
# **Your turn:** [hw08 · Bits](../../../assignments/en/hw08_bits/hw08_bits.ipynb). You
# decode floats, quantise with a zero point, fold a normalisation, and write loss
# scaling.
