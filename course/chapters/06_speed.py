# %% [markdown]
# # 06 · Where the time goes
#
# A layer is limited by arithmetic, by memory, or by what it costs to call it. We time
# AlexNet layer by layer and find out which.
#
# **From the slides:** the two pies of AlexNet's forward pass; convolution as the great
# cost; GPUs and the matrix products they are good at; training on CPU and GPU; chips
# for AI, and who makes them.
#
# **Time:** the next cell prints what recorded runs took. `LAYERWISE_BUDGET=full` times
# larger batches. `LAYERWISE_SEED=1` draws other numbers to compute with.

# %%
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer start-up messages
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy computes on one core

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

from layerwise import backends, budget, chips, plots, profiler, roofline, traces
from layerwise import speed_plots as draw
from layerwise.convolution_ways import compiled_gradient
from layerwise.models import alexnet, resnet, vgg
from layerwise.report import Report

plots.use_style()
BATCHES = budget.pick((1, 8), (1, 8, 64), (1, 8, 64, 256))
ROUNDS = budget.pick(6, 9, 15)
rng = np.random.default_rng(budget.seed())
report = Report("06_speed")
print(report.head())
print(f"batches {BATCHES}, medians of {ROUNDS} rounds or more")


def normal(*shape):
    """Draws numbers to compute with."""
    return rng.normal(size=shape).astype("float32")


# %% [markdown]
# ## 1 · The question
#
# The slides show two pies: the time of AlexNet's forward pass, by kind of layer. Saito,
# from whose book the pies are, reads 95 % for convolutions on a GPU and 89 % on a CPU.
# The figure is from Y. Jia's dissertation (*Learning Semantic Image Representations at
# a Large Scale*, Berkeley 2014), the work from which Caffe came. P. Warden shows the
# same figure (*Why GEMM is at the heart of deep learning*, 2015) and reads the same
# two numbers for convolutions **and dense layers together**. We could not look at the
# figure itself, so we keep both readings.
#
# Start with what never changes from run to run: what the layers multiply and move.

# %%
model = alexnet.alexnet()
counted = profiler.profile(model, batch_size=1, rounds=1)
for what in ("multiply_adds", "bytes"):
    shares = counted.shares(what)
    text = "  ".join(f"{name} {100 * share:4.1f} %" for name, share in shares.items())
    print(f"{what:14}", text)

# %% [markdown]
# By multiply-adds AlexNet is mostly convolution. By bytes, for one image, it is nearly
# all dense layers: their weights are most of what has to be fetched.
#
# "norm" is local response normalisation. Papers count no multiplication for it. But a
# program must sum neighbouring channels in some way, and ours does that by a product
# with a matrix of ones and zeros. Section 2 asks whether that is a bad way.
#
# > **Predict.** (1) Which of the two lines will the *time* look like on your machine:
# > for one image? For the largest batch?

# %% [markdown]
# ## 2 · A profiler
#
# A clock around a layer easily measures something else. Six rules: let the first runs
# go by; wait until the result is there (a GPU returns before it has finished); repeat,
# and take the median; take off what a call costs by itself, measured on a *single*
# number (some backends copy what an empty layer is given); do not cut off at zero what
# comes out negative, for it is below the resolution; and add up.

# %% tags=["include"]
from layerwise.backends import synchronise

# %% tags=["include"]
from layerwise.profiler import timed

# %% [markdown]
# `profiler.profile` runs the whole model and then each layer, round after round. The
# layers must add up to 0.95 to 1.05 of the whole. If they do not, it refuses to tell
# shares: then the times of the layers explain something else.

# %%
profiles = {size: profiler.profile(model, size, ROUNDS) for size in BATCHES}
rows, repeated = {}, {}
for size, found in profiles.items():
    print(
        f"batch {size:3}: whole {1000 * found.whole:7.1f} ms, an empty call "
        f"{1000 * found.call:.2f} ms, layers {found.coverage:.2f} of the whole"
    )
    try:
        rows[f"here, batch {size}"] = found.shares()
    except ValueError as refused:
        print("   refused:", refused)
    for group in ("conv", "fc", "norm"):
        repeated[group, size] = 100 * np.array(found.repeated_shares(group))
rows |= {"multiply-adds": counted.shares("multiply_adds")}
for who, what in (("Saito", "conv (quoted)"), ("Warden", "conv + fc (quoted)")):
    rows |= {f"GPU ({who})": {what: 0.95}, f"CPU ({who})": {what: 0.89}}
axes = plots.panels(1, width=8.2, height=3.8)[1]
draw.share_bars(axes[0], rows, "AlexNet, forward: share of the time by kind of layer")
plt.show()

# %% tags=["headline"]
for (group, size), values in repeated.items():
    print(f"batch {size:3}: {group:4} {values.mean():4.1f} %", end="")
    print(f" ({values.min():.1f} to {values.max():.1f})")


# %%
def at(group, size):
    """Names the shares of a group at a batch size, one for each third of the rounds."""
    return {f"{group}, batch {size}": repeated[group, size]}


ONE, MOST = BATCHES[0], BATCHES[-1]
report.compare("conv by batch", at("conv", MOST) | at("conv", ONE), says="higher")
report.compare("fc by batch", at("fc", MOST) | at("fc", ONE), says="lower")
report.within("fc for one image", at("fc", ONE), 15, 100)
report.compare("conv and fc", at("conv", MOST) | at("fc", MOST), says="higher")
conv = {"conv in %": repeated["conv", MOST]}
report.within("conv 89", conv, 89, 100, says="no")
both = repeated["conv", MOST] + repeated["fc", MOST]
print(f"with dense layers added: {both.min():.1f} to {both.max():.1f} %")

# %% [markdown]
# **(1)** For one image the time lies between the two lines: dense layers take a far
# larger share than of the multiply-adds, and a smaller one than of the bytes. For
# the largest batch it looks much like the multiply-adds, and convolutions take most of
# it. This is for one CPU. On a GPU it need not be so; we have no times of single layers
# there.
#
# Convolutions alone do not reach the 89 % of Saito's reading here. With dense layers
# added, as Warden reads the figure, the share comes nearer. Of the rest normalisation
# takes a part that the cell prints. Is our way of computing it to blame? The next cell
# sums five shifted copies instead, as the paper defines it: for each number 5
# multiply-adds, where the product with the matrix has as many as there are channels.


# %%
class FiveTerms(alexnet.LocalResponseNormalization):
    """The same normalisation, by a sum of shifted copies."""

    def call(self, x):
        half, channels = self.size // 2, x.shape[-1]
        padded = ops.pad(ops.square(x), ((0, 0), (0, 0), (0, 0), (half, half)))
        total = sum(padded[..., i : i + channels] for i in range(self.size))
        return x * ops.exp(-self.beta * ops.log(self.bias + self.alpha * total))


ratios = []
lrn = {"product": alexnet.LocalResponseNormalization(), "five terms": FiveTerms()}
for shape in ((8, 55, 55, 96), (8, 27, 27, 256)):  # where AlexNet normalises
    x = ops.convert_to_tensor(normal(*shape))
    calls = [backends.forward(layer) for layer in lrn.values()]
    assert np.allclose(*(ops.convert_to_numpy(call(x)) for call in calls), atol=1e-5)
    fns = [lambda call=call, x=x: call(x) for call in calls]
    took = profiler.alternate(dict(zip(lrn, fns, strict=True)), 3, 12)
    ratios += list(np.divide(took["five terms"], took["product"]))
    print(shape, {name: f"{1000 * min(t):.1f} ms" for name, t in took.items()})
report.within("LRN, five terms", {"time of five terms / of a product": ratios}, 0.4, 4)

# %% [markdown]
# With 20 and 50 times fewer multiply-adds the sum of five takes about as long, a factor
# of a few at most. Against this way ours is not to blame; a library's own kernel we did
# not try. So fewer multiply-adds do not make this layer faster. It also has a
# logarithm, an exponential and several passes over a large tensor, which no count of
# multiply-adds contains. That is the first example of what the next section is about.

# %% [markdown]
# ## 3 · The roofline
#
# A chip has two limits: how many operations a second, and how many bytes a second. The
# **arithmetic intensity** of a layer, its operations for each byte, decides which one
# it meets. Williams, Waterman and Patterson (2009) draw both as one roof.

# %% tags=["include"]
from layerwise.roofline import attainable

# %%
rates = roofline.rates(budget.pick(512, 2048, 4096), budget.pick(3, 8, 8))
one = {"alexnet": profiles[ONE]}
if budget.level() != "smoke":
    one["vgg16"] = profiler.profile(vgg.vgg(16), 1, 6)
    one["resnet50"] = profiler.profile(resnet.resnet(50), 1, 6)
seen = [layer for p in (*one.values(), *profiles.values()) for layer in p.layers]
fastest = max(seen, key=lambda layer: layer.flops)
rates[f"a layer, {fastest.name}"] = fastest.flops
peak = max(rates.values())
for name, rate in rates.items():
    mark = "  <- the roof" if rate == peak else ""
    print(f"{name:34} {rate / 1e9:7.0f} billion operations a second{mark}")

copying = roofline.copy_bandwidth(budget.pick(32, 256, 1024))
reading = max(p.bytes / p.seconds for p in seen if p.group == "fc" and p.seconds > 0)
bandwidth = max(copying, reading)
print(f"copying {copying / 1e9:.1f} GB/s, dense layers up to {reading / 1e9:.1f} GB/s")
print(f"the roofs meet at {peak / bandwidth:.1f} operations for each byte")

# %% [markdown]
# The roof is the highest rate that was seen of *anything* on this machine: which
# product is the fastest differs from machine to machine. It is a lower bound of what
# the chip can do. What lies above a roof shows that the roof was none;
# `roofline.share_of_roof` refuses it.
#
# > **Predict.** (2) A dense layer uses each weight of 4 bytes for one multiply-add an
# > image, and a multiply-add is 2 operations. At which intensity do AlexNet's dense
# > layers lie for one image? For 64? How much longer do eight images take than one?

# %%
figure, axes = plots.panels(2, width=5.2, height=4.4, sharey=True)
for ax, title in zip(axes, ("One image", "AlexNet, larger batches"), strict=True):
    roofline.draw(ax, peak, bandwidth, "roof: best rates seen")
    ax.set_title(title)
draw.layers_under_roof(axes[0], one)
draw.layers_under_roof(axes[1], {f"batch {size}": p for size, p in profiles.items()})
axes[1].set_ylabel("")
plt.show()

# %%
images = {1: None, 8: None, 64: None}
dense = layers.Dense(4096)
dense.build((1, 9216))  # AlexNet's first dense layer
for size in images:
    x, call = ops.convert_to_tensor(normal(size, 9216)), backends.forward(dense)
    images[size] = lambda x=x, call=call: call(x)
took = profiler.alternate(images, budget.pick(3, 5, 5))
for size, seconds in took.items():
    moved = 4 * (9216 * 4096 + 4096 + size * (9216 + 4096))
    print(
        f"{size:2} images: {2 * size * 9216 * 4096 / moved:5.1f} operations a byte, "
        f"{1000 * min(seconds):5.1f} ms, {moved / min(seconds) / 1e9:5.1f} GB/s"
    )
ratio = {"time of 8 images / of 1": np.divide(took[8], took[1])}
report.within("eight for one", ratio, 0, 4)
arms = {"one of 64 images": [t / 64 for t in took[64]], "one image": took[1]}
report.compare_times("dense in batches", arms, says="faster")

# %% [markdown]
# Each point is a layer. **(2)** One image: half an operation for each byte, far left,
# on the slope. With B images it is about B / 2, until the images themselves count. So
# a dense layer crosses from the slope to the flat part at about twice as many images as
# the ridge has operations for each byte. Left of it, more images cost little: eight
# take much less than eight times as long, as one expects where reading the weights
# takes most of the time. A point on the slope may lie below the roof, for the library
# need not use all of the bandwidth.
#
# Convolutions use each weight once for each *position*. AlexNet's are to the right of
# this ridge from the start. (Others need not be: kernels of 1×1 on small maps, or a
# chip with a high ridge, as in section 7.) We count the multiply-adds of the
# definition; a library may need fewer (section 5).

# %%
middle = BATCHES[1]
print(f"batch {middle}: layers that took longest")
for p in sorted(profiles[middle].layers, key=lambda p: -p.seconds)[:8]:
    print(f"  {p.name:30} {1000 * p.seconds:6.1f} ms", end="")
    if p.multiply_adds:
        share = roofline.share_of_roof(p, peak, bandwidth)
        side = "memory" if p.intensity < peak / bandwidth else "arithmetic"
        print(f"  under the roof of {side:10} {100 * share:3.0f} % of it", end="")
    print()
rate = {f"rate of {g}": profiles[MOST].repeated_rates(g) for g in ("norm", "conv")}
report.compare("norm below conv", rate, says="lower", unit="GFLOP/s", digits=0)

# %% [markdown]
# The last column says how near the layer comes to its roof. A low number means that
# neither limit explains its time. Normalisation counts as many operations for each
# byte as needed to lie under the flat roof, and comes less near to it than the
# convolutions do. The count knows its product, and not its logarithm, its exponential,
# and the passes over intermediate results: the roofline tells what *could* be, if each
# byte moved once.

# %% [markdown]
# ## 4 · The third limit: overhead
#
# H. He (*Making Deep Learning Go Brrrr From First Principles*, 2022) names three
# regimes: arithmetic, memory, and **overhead**, which is everything else. Python looks
# a function up, the framework chooses a kernel, allocates the result, and hands the
# work to threads or to a GPU. That takes its time however small the tensor is.
#
# > **Predict.** (3) `x * 1.5 + 1` for 10 numbers, for 1,000, for 4 million: how does
# > the time grow? (4) A hundred such steps, called one after the other or compiled
# > into one program: what is the factor for 10 numbers?


# %%
def hundred(x):
    for _ in range(100):
        x = x * 0.5 + 1.0
    return x


counts = budget.pick((10, 1_000), (10, 1_000, 100_000, 4_000_000), (10, 1_000, 10**7))
single = backends.compiled(lambda x: x * 1.5 + 1.0)
tensors = {n: ops.convert_to_tensor(normal(n)) for n in counts}
sized = {n: lambda x=x: single(x) for n, x in tensors.items()}
by_count = profiler.alternate(sized, budget.pick(3, 5, 5), 40)
x, chained = tensors[10], backends.compiled(hundred)
programs = {"one program": lambda: chained(x), "a hundred calls": lambda: hundred(x)}
took = profiler.alternate(programs, 5, 15)
medians = [np.median(by_count[n]) for n in counts]
axes = plots.panels(1, width=6.2, height=3.4)[1]
moving = [8 * n / bandwidth * 1e6 for n in counts]
axes[0].loglog(counts, moving, "--", color=plots.GREY)
axes[0].loglog(counts, np.multiply(medians, 1e6), "o-", color=plots.BLUE)
axes[0].legend(["what moving 8 bytes a number takes", "measured"])
axes[0].set(title="x · 1.5 + 1, compiled", xlabel="numbers", ylabel="µs")
plt.show()
flat = {"time of 1,000 numbers / of 10": np.divide(by_count[1_000], by_count[10])}
report.within("a thousand for ten", flat, 0.3, 3)
report.compare_times("one program", took, says="faster")

# %% [markdown]
# **(3)** A thousand numbers take about as long as ten: that time is overhead. Only for
# large tensors does the line turn up, towards the dashed one, which is what the main
# memory would take (a cache may be faster). **(4)** The line above prints the factor.
# Called one by one, each step pays its own overhead. One program pays for one call,
# which is dearer than that of a single step, and then a little for each step. Larger
# batches and fewer, larger programs are two ways out. A compiler that merges steps
# (*fusion*) also saves the intermediate results, which is memory. This is why `profile`
# compiles each layer and takes off an empty call, and why it still cannot tell much
# about layers that are shorter than such a call.
#
# A GPU computes faster, and calling it costs time too, so it meets this limit sooner.
# The course ships recorded times of an H100 (section 6). For one image they give:

# %%
recorded = traces.available()
devices = traces.by_device(recorded)
H100 = (67e12, 3.35e12)  # float32 operations and bytes a second: NVIDIA H100 data sheet
h100 = next(entries for name, entries in devices.items() if "H100" in name)
for size, speed in traces.speeds(h100, "alexnet", "forward").items():
    work = size * 2 * sum(p.multiply_adds for p in counted.layers)
    weights = 4 * model.count_params()
    print(f"{size:3} images: {1000 * size / speed:5.2f} ms.", end="")
    print(f"  Arithmetic at the peak {1000 * work / H100[0]:5.2f} ms,", end="")
    print(f" reading the weights {1000 * weights / H100[1]:.2f} ms")

# %% [markdown]
# For one image the two columns on the right explain a small part of the time. What is
# left may be overhead, or work too small to fill the chip; this trace cannot tell
# which. For large batches arithmetic is a good part of it.

# %% [markdown]
# ## 5 · A convolution is a matrix product
#
# Why are convolutions fast at all? One reason: they can be turned into what chips do
# best. Put each window of the image into a row (*im2col*), and all filters into
# columns: one matrix product is the whole layer. Here is the simplest case: stride 1,
# no padding. (The assignment asks for the rest.) To see what the factor over plain
# loops is made of, we go there in three steps.


# %% tags=["include"]
from layerwise.convolution_ways import all_windows, each_window, three_loops

# %%
side = budget.pick(7, 15, 15)
x, kernel = normal(side, side, 192), normal(3, 3, 192, 128)  # as AlexNet's fifth layer
apart = np.moveaxis(kernel, -1, 0)  # a filter's numbers lie 128 apart in memory
pieces = np.ascontiguousarray(apart)
numbers = pieces[:, :1, :1, :1]  # as many rounds of the loops, each on one number
layer = layers.Conv2D(128, 3, use_bias=False)
layer.build((1, *x.shape))
layer.set_weights([kernel])
tensor, call = ops.convert_to_tensor(x[None]), backends.forward(layer)
slow = {
    "loops": lambda: three_loops(x, apart),
    "loops, a filter in one piece": lambda: three_loops(x, pieces),
    "loops with next to no work": lambda: three_loops(x[2:, 2:, :1], numbers),
}
quick = {
    "one product a window": lambda: each_window(x, kernel),
    "one product (im2col)": lambda: all_windows(x, kernel),
}
took = profiler.alternate(slow, 3, 2, time.thread_time)
took |= profiler.alternate(quick, 5, 5, time.thread_time)
keras_way = {"Keras, compiled, all cores": lambda: call(tensor)}
for name, seconds in (took | profiler.alternate(keras_way)).items():
    print(f"{name:30} {1000 * min(seconds):8.2f} ms")
for fn in (quick | keras_way).values():  # the same numbers
    assert np.allclose(np.squeeze(fn()), three_loops(x, apart), atol=0.1)
print(f"the matrix has {(side - 2) ** 2 * 9 * 192:,} numbers, the image {x.size:,}")


def pair(*names):
    return {name: took[name] for name in names}


empty = np.divide(took["loops with next to no work"], took["loops"])
report.within("Python's share", {"loops without work / with": empty}, 0.1, 0.9)
arms = pair("loops, a filter in one piece", "loops")
report.compare_times("order of filters", arms, says="not slower")
arms = pair("one product a window", "loops")
report.compare_times("all filters in one call", arms, says="faster")
arms = pair("one product (im2col)", "one product a window")
report.compare_times("im2col", arms, says="faster")

# %% [markdown]
# The same numbers, to rounding, and the same multiplications. NumPy computes on one
# core here, and its rows are the processor's time, which other programs do not disturb.
#
# The large factor is the first one: from `three_loops`, with one small call for each
# *number*, to `each_window`, with one call for each *window*. It saves Python and the
# preparation of small calls, which is overhead, as in section 4: the loops that compute
# next to nothing take nearly half of the time. It also changes who multiplies: a
# library in one go, where the loops write all products into a new array and then add.
# `all_windows` adds a smaller factor of its own. It saves calls again, and a product of
# two large matrices can use each number many times while it lies in a cache; we do not
# take these two apart. The order of the filters in memory matters less than either.
# The price of im2col is the matrix: each pixel is in it up to nine times.
#
# Two other ways *save* multiplications. **Winograd's** minimal filtering makes two
# outputs of a filter of three with four products instead of six (Lavin and Gray, 2015,
# arXiv:1509.09308). The **Fourier transform** turns a convolution into one product for
# each frequency.

# %% tags=["include"]
from layerwise.convolution_ways import winograd

# %%
d, g = normal(4), normal(3)
print("Winograd", np.round(winograd(d, g), 4), " direct", np.correlate(d, g).round(4))

# %% [markdown]
# In two dimensions Winograd needs 16 products where the direct way needs 36, and it is
# for stride 1. A Fourier product, too, computes the outputs at *all* positions: with a
# stride of 4 only one in sixteen of them is wanted. The count is ours. It leaves out
# the transforms of the kernels, which can be done once for many images.

# %% tags=["include"]
from layerwise.convolution_ways import direct_products, fourier_products

# %%
CONVOLUTIONS = {  # of one group: side with padding, kernel, stride, channels, filters
    "conv 1": (227, 11, 4, 3, 96),
    "conv 2": (31, 5, 1, 48, 128),
    "conv 3": (15, 3, 1, 256, 384),
    "conv 4": (15, 3, 1, 192, 192),
    "conv 5": (15, 3, 1, 192, 128),
}
print("millions of products          direct  Winograd    FFT")
fourier = {}
for name, (wide, size, stride, channels, filters) in CONVOLUTIONS.items():
    direct = direct_products(wide, size, stride, channels, filters)
    products = fourier_products(wide, channels, filters)
    fourier[name] = products / direct
    tiles = f"{16 / 36 * direct / 1e6:8.1f}" if (size, stride) == (3, 1) else "       –"
    print(f"{name}  {size:2}×{size:<2} stride {stride}      ", end="")
    print(f" {direct / 1e6:6.1f}  {tiles} {products / 1e6:6.1f}")
small = {"FFT / direct, layers 2 to 5": list(fourier.values())[1:]}
report.within("FFT, stride 1", small, 0, 0.95)
print(f"FFT / direct, layer 1: {fourier['conv 1']:.2f}")

# %% [markdown]
# By this count the Fourier transform needs fewer products in the four layers with
# stride 1, and more in the first, which has by far the largest kernel and a stride of
# 4. By memory it is worse throughout: each kernel becomes as large as the image, and a
# layer with many channels fetches all of that. Libraries have several of these ways:
# cuDNN's list of algorithms names matrix products, Fourier and Winograd
# (`cudnnConvolutionFwdAlgo_t`), oneDNN's direct convolution and Winograd
# (`dnnl::algorithm`). Both can be asked to choose for each layer.

# %% [markdown]
# ## 6 · CPU and GPU
#
# A timing is worth something with its provenance: which device, which versions, when,
# by which script. `python -m layerwise.record_trace OUT.json --training` records one on
# any machine; put yours into a folder and name it in `LAYERWISE_TRACES`.
#
# First a trap. AlexNet's second, fourth and fifth convolutions have two *groups*: each
# half of the filters sees half of the channels. On TensorFlow's CPU the gradient of a
# grouped convolution is computed in a slow way (TensorFlow issue 49147). Two
# convolutions side by side give the same numbers.

# %%
inputs, x = keras.Input((27, 27, 96)), normal(2, 27, 27, 96)
gradients = {}
for name, split in (("two convolutions", True), ("one with groups", False)):
    outputs = alexnet.convolution(inputs, 256, 5, groups=2, split=split)
    gradient = compiled_gradient(keras.Model(inputs, outputs))
    gradients[name] = lambda gradient=gradient: gradient(x)
took = profiler.alternate(gradients, 3, budget.pick(1, 2, 2))
report.compare_times("grouped gradient", took, says="faster")

# %% [markdown]
# A slow kernel is easily taken for the cost of training, so the recorded CPU trains
# AlexNet with `split=True`. Read what each trace notes: of the H100 there are times of
# whole networks only, and AlexNet on the CPU was recorded beside other programs.

# %%
for trace in recorded:
    print(f"{traces.label(trace)}, {len(trace['entries'])} entries")
    print("   ", trace["provenance"].get("note", "no note"))
    print("   ", trace["provenance"]["command"])

# %%
networks = ("alexnet", "vgg16", "resnet50")
figure, axes = plots.panels(len(networks), width=3.6, height=4.0, sharey=True)
draw.speeds_by_batch(axes, devices, networks)
figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
plt.show()

# %%
cpu = next(entries for name, entries in devices.items() if name.startswith("CPU"))
steps = []
for name in networks:
    forward, training = (
        traces.speeds(cpu, name, phase) for phase in ("forward", "training")
    )
    factors = {size: forward[size] / training[size] for size in training}
    steps += factors.values()
    print(f"CPU, {name:9} training step / forward pass, by batch:", end="")
    print("", "  ".join(f"{size}: {factor:.1f}" for size, factor in factors.items()))
report.within("training over forward", {"step / forward": steps}, 2.5, 7)
for phase in ("forward", "training"):
    both = [traces.speeds(entries, "alexnet", phase)[64] for entries in (h100, cpu)]
    print(f"AlexNet, batch 64, {phase}: GPU / CPU {both[0] / both[1]:.0f}")

# %% [markdown]
# By counting, a training step is three forward passes: forward, the gradient of what
# came in, the gradient of the weights. The update of the weights comes on top, and so
# do values that are kept for the way back. On the recorded CPU all ratios are above
# three, and the highest is 5.2: that is AlexNet's with 8 images, recorded on the busy
# machine. For the same reason the factors between GPU and CPU are too large, about
# twice. On the H100 a step of AlexNet also contains the way of the images from the host
# to the GPU, which its forward pass does not: that ratio is not comparable, and is not
# printed.
#
# How long would an epoch of ImageNet take?

# %%
epoch, images = {}, 1_281_167  # ILSVRC 2012: Russakovsky et al. (2015), Table 2
for device, entries in devices.items():
    for name in networks:
        if speed := traces.speeds(entries, name, "training"):
            days = images / max(speed.values()) / 86400
            epoch[f"{name}, {device.split(',')[0]}"] = days
plots.bars(epoch, None, "One epoch of ImageNet, extrapolated", "days", form="{:.3g}")
plt.xscale("log")
plt.show()
for name, days in epoch.items():
    print(f"90 epochs of {name}: {90 * days:.2g} days")

# %% [markdown]
# Extrapolated from the best batch size, in float32, without reading images from a disk.
# AlexNet's bar on the CPU is an upper bound: the machine was busy.
# Krizhevsky et al. (2012, section 5) trained AlexNet for roughly 90 epochs, in five to
# six days on two GTX 580. Saito (*Deep Learning from Scratch*, chapter 8) shows bars
# for one training of AlexNet: more than 40 days on a CPU with 16 cores, and 6 days on a
# GPU of the Titan series, less with cuDNN. That is a factor of 7. The recorded H100 and
# the recorded CPU lie much further apart: a large GPU beside two cores.

# %% [markdown]
# ## 7 · Chips for AI
#
# Is any chip that runs a network an AI chip? The slides say: one that is *made* for it,
# in power, speed, size and cost. Two quotients say most: operations for each joule, and
# operations for each byte of memory bandwidth, which is where the roof bends.

# %%
table = chips.chips()
print("chip                  kind    peak     GB/s   watts  10⁹ op/J  op/byte  numbers")
for chip in table:
    speed = f"{chip.peak_tops:6.4g} T {chip.bandwidth_gb_s:6.4g}  {chip.power_w:5.0f}"
    quotients = f"{chip.operations_per_joule:9.0f} {chip.ridge:9.0f}"
    print(f"{chip.name:21} {chip.kind:5} {speed} {quotients}  {chip.numbers}")
for source in dict.fromkeys(chip.source for chip in table):
    print("source:", source)

# %%
figure, axes = plots.panels(1, width=8.4, height=4.8)
draw.chip_roofs(axes[0], table)
here = "this machine, measured"
roofline.draw(axes[0], peak, bandwidth, here, plots.GREY, (0.1, 1e4))
first = [[p for p in profiles[ONE].layers if p.group == g] for g in ("fc", "conv")]
marks = {"dense, one image": first[0][0], "AlexNet's conv 3, one image": first[1][2]}
for name, layer in marks.items():
    axes[0].axvline(layer.intensity, color=plots.INK, lw=1, ls=":")
    axes[0].annotate(name, (layer.intensity * 1.1, 3), fontsize=9)
axes[0].set_title("Roofs of chips (quoted) and of this machine (measured)")
axes[0].legend(fontsize=9, loc="upper left")
plt.show()

# %% [markdown]
# Peaks are of the numbers named in the table; operations of 8 bits and of 32 are not
# the same work. The watts are what each source calls them, so compare orders of
# magnitude. At the top by operations for each joule TPU v4 and H100 lie side by side,
# though one is called ASIC and the other GPU; CPU and DSP are at the bottom, and the
# GPU of 2014 is not far above. A dense layer for one image lies left of every ridge: it
# cannot use the TPU's arithmetic; its speed is the TPU's memory bandwidth.
#
# **Who makes them.** A chip passes through many hands. Many firms do one or two of the
# steps: NVIDIA and AMD design GPUs and have them made by others.

# %%
figure, axes = plots.panels(1, width=11.5, height=2.4)
draw.chain(axes[0], chips.MAKERS, "From an idea to a chip in use (examples)")
plt.show()

# %% [markdown]
# The shares are of the world's foundry revenue in 2025 (TrendForce, by way of Focus
# Taiwan, 13 March 2026). Intel, Samsung and Texas Instruments design *and* manufacture.
# The last box is what the slides mean by an ecosystem: a chip without compilers and
# libraries runs no network.

# %% [markdown]
# ## 8 · What the slides claim, and what we measured

# %%
report.table()

# %% [markdown]
# ## Summary
#
# - Time is not proportional to multiply-adds. Arithmetic, memory traffic and overhead
#   each set a limit; intensity says which of the first two is the nearer one.
# - A batch makes dense layers faster for each image, since weights are fetched once.
# - A convolution is a matrix product, at the price of a larger matrix. Most of what it
#   gains over loops in Python comes from fewer and larger calls.
# - Layers that do not add up to the whole, and rates above the roof, mean that the
#   clock or the count is wrong.
# - Do not trust a timing that does not name device, versions, date and script.
# - Chips differ in their ridge: the higher it is, the more often a network has to use
#   each byte.
#
# **Your turn:** [hw06 · Speed](../../../assignments/en/hw06_speed/hw06_speed.ipynb).
# You write im2col and its transpose, count bytes, ask which limit a layer meets, and
# apply Amdahl's law to a profile: what is not made faster limits the speed-up of the
# whole (chapter 07 has it too).
