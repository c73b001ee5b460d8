# %% [markdown]
# # 06 · Where the time goes
#
# A network is fast where its arithmetic keeps up with its memory. We time AlexNet layer
# by layer and find out which of the two it waits for.
#
# **From the slides:** the two pies of AlexNet's forward pass; convolution as the great
# cost; GPUs and the matrix products they are good at; training on CPU and GPU; chips
# for AI, and who makes them.
#
# **Time:** one to two minutes on two cores. `LAYERWISE_BUDGET=full` times larger
# batches.

# %%
import logging
import math
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer start-up messages
logging.getLogger("tensorflow").setLevel("ERROR")  # no advice on retracing

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import ops

from layerwise import budget, chips, plots, profiler, roofline, traces
from layerwise.models import alexnet, resnet, vgg

plots.use_style()
BATCHES = budget.pick((1, 8), (1, 8, 64), (1, 8, 64, 256))
ROUNDS = budget.pick(2, 7, 15)
GROUPS = {
    "conv": plots.BLUE,
    "fc": plots.VERMILION,
    "pool": plots.GREEN,
    "norm": plots.ORANGE,
    "other": plots.GREY,
}
print(f"budget {budget.level()}: batches {BATCHES}, medians of {ROUNDS} rounds")

# %% [markdown]
# ## 1 · The question
#
# The slides show two pies: the forward pass of AlexNet, by kind of layer. Convolutions
# take 95 % of the time on a GPU and 89 % on a CPU. (The pies are by way of a textbook
# from Y. Jia's dissertation, *Learning Semantic Image Representations at a Large
# Scale*, Berkeley 2014, the work from which Caffe came.)
#
# Start with what never changes from run to run: the number of multiplications.

# %%
model = alexnet.alexnet()
counted = profiler.profile(model, batch_size=1, rounds=1)
for what in ("multiply_adds", "bytes"):
    shares = counted.shares(what)
    text = "  ".join(f"{name} {100 * share:4.1f} %" for name, share in shares.items())
    print(f"{what:14}", text)

# %% [markdown]
# By multiplications AlexNet is nearly all convolution. By bytes it is nearly all dense
# layers: for one image, their weights are most of what has to be fetched.
#
# > **Predict.** Which of the two lines will the *time* look like on your machine: for
# > one image, for 8, for 64?

# %% [markdown]
# ## 2 · A profiler
#
# A clock around a layer is quickly wrong. Four rules make it right: let the first runs
# go by; wait until the result is there (a GPU returns before it has finished); repeat,
# and take the median; take off what a call costs by itself.

# %% tags=["include"]
from layerwise.backends import synchronise

# %% tags=["include"]
from layerwise.profiler import timed

# %% [markdown]
# `profiler.profile` runs the whole model and then each layer, in turn. The layers must
# add up to the whole, else the profile explains something else.

# %%
profiles = {size: profiler.profile(model, size, ROUNDS) for size in BATCHES}
for size, found in profiles.items():
    print(
        f"batch {size:3}: whole {1000 * found.whole:7.1f} ms, layers together "
        f"{1000 * found.total:7.1f} ms ({found.total / found.whole:.2f} of it)"
    )

# %% [markdown]
# A ratio near 1 says that nothing of size is missing. At batch 1 the layers are so
# short that what a call costs is a visible part, and the ratio is less exact.

# %%
slides = {"slides, GPU": 95, "slides, CPU": 89}
figure, axes = plots.panels(1, width=8.2, height=3.4)
ax = axes[0]
names = [f"here, batch {size}" for size in profiles] + ["multiplications"]
shares = [found.shares() for found in profiles.values()]
shares.append(counted.shares("multiply_adds"))
for row, share in enumerate(shares):
    left = 0
    for group, color in GROUPS.items():
        width = 100 * share.get(group, 0)
        ax.barh(row, width, left=left, color=color, height=0.7)
        if width > 5:
            label = f"{group} {width:.0f}"
            ax.text(left + width / 2, row, label, ha="center", va="center", color="w")
        left += width
for row, value in enumerate(slides.values(), len(names)):
    ax.barh(row, value, color=plots.BLUE, height=0.7, alpha=0.55)
    ax.text(value / 2, row, f"conv {value} (quoted)", ha="center", va="center")
ax.set(
    title="AlexNet, forward: share of the time by kind of layer",
    xlabel="%",
    yticks=range(len(names) + 2),
    yticklabels=[*names, *slides],
    xlim=(0, 100),
)
ax.invert_yaxis()
ax.grid(visible=False, axis="y")
plt.show()

# %% [markdown]
# The share of the convolutions grows with the batch. For one image the dense layers
# take about as long as the convolutions, with a tenth of their multiplications. And
# local response normalisation, which counts as no multiplication at all, takes a share
# that nobody would have guessed.

# %% [markdown]
# ## 3 · The roofline
#
# A chip has two limits: how many operations a second, and how many bytes a second. The
# **arithmetic intensity** of a layer, its operations for each byte, decides which one
# it meets. Williams, Waterman and Patterson (2009) draw both as one roof.

# %% tags=["include"]
from layerwise.roofline import attainable

# %%
peak = roofline.matmul_peak(budget.pick(512, 2048, 4096))
bandwidth = roofline.copy_bandwidth(budget.pick(32, 256, 1024))
print(f"matrix product {peak / 1e9:6.0f} billion operations a second")
print(f"copying memory {bandwidth / 1e9:6.1f} GB/s")
print(f"the roofs meet at {peak / bandwidth:.1f} operations for each byte")

# %% [markdown]
# Both limits are measured: the fastest of several matrix products, and the fastest copy
# of an array that no cache holds.
#
# > **Predict.** Where do AlexNet's dense layers lie at batch 1? A weight of 4 bytes is
# > used for one multiply-add: 2 operations. And at batch 64?

# %%
figure, axes = plots.panels(2, width=5.0, height=4.2, sharey=True)
networks = {"alexnet": model, "vgg16": vgg.vgg(16), "resnet50": resnet.resnet(50)}
one = {"alexnet": profiles[1]} | {
    name: profiler.profile(networks[name], 1, budget.pick(1, 5, 9))
    for name in budget.pick((), ("vgg16", "resnet50"), ("vgg16", "resnet50"))
}
looks = dict(zip(networks, ("o", "^", "s"), strict=True))
roofline.draw(axes[0], peak, bandwidth, "measured roof")
roofline.draw(axes[1], peak, bandwidth)
for name, found in one.items():
    for group in ("conv", "fc"):
        points = [p for p in found.layers if p.group == group and p.seconds > 0]
        axes[0].scatter(
            [p.intensity for p in points],
            [p.flops / 1e9 for p in points],
            marker=looks[name],
            color=GROUPS[group],
            alpha=0.7,
            s=34,
            label=f"{name}, {group}",
        )
for index, (size, found) in enumerate(profiles.items()):
    alpha = (index + 1) / len(profiles)
    for group, mark in (("conv", "o"), ("fc", "D")):
        points = [p for p in found.layers if p.group == group and p.seconds > 0]
        axes[1].scatter(
            [p.intensity for p in points],
            [p.flops / 1e9 for p in points],
            marker=mark,
            color=GROUPS[group],
            alpha=alpha,
            s=34,
            label=f"{group}, batch {size}",
        )
axes[0].set_title("One image")
axes[1].set(title="AlexNet, larger batches", ylabel="")
for ax in axes:
    ax.legend(fontsize=8.5, loc="lower right")
plt.show()

# %% [markdown]
# Each point is a layer. Dense layers at batch 1 sit at half an operation for each byte,
# far left, on the slope: they wait for memory, and no faster arithmetic would help
# them. A larger batch uses each weight more often and moves them to the right and up.
# Convolutions use each weight once for each *position*; they are to the right from the
# start. Some of them lie above the flat roof: we count the multiplications of the
# definition, and a library may need fewer (section 4), or be better at another size
# than at that of our one matrix product. A measured roof is an estimate.

# %%
middle = sorted(profiles)[1]
print(f"batch {middle}: layers that took longest")
longest = sorted(profiles[middle].layers, key=lambda p: -p.seconds)[:8]
for p in longest:
    roof = attainable(p.intensity, peak, bandwidth)
    bound = "memory" if p.intensity < peak / bandwidth else "arithmetic"
    share = f"{100 * p.flops / roof:3.0f} % of the roof" if p.flops else "no products"
    print(f"  {p.name:30} {1000 * p.seconds:6.1f} ms  bound by {bound:10} {share}")

# %% [markdown]
# "Bound by" is what the roofline says is the limit; the last column is how near the
# layer comes to it. Local response normalisation is made of element-wise steps that
# each read and write the whole tensor: it moves bytes several times and multiplies
# little.

# %% [markdown]
# ## 4 · A convolution is a matrix product
#
# Why are convolutions fast at all? Because they are turned into what chips do best. Put
# each window of the image into a row, and all filters into columns: one matrix product
# is the whole layer. Here is the simplest case: stride 1, no padding. (The assignment
# asks for the rest.)


# %%
def naive(x, kernel):
    """One dot product for each window and each filter."""
    size, filters = len(kernel), kernel.shape[-1]
    out = np.empty((x.shape[0] - size + 1, x.shape[1] - size + 1, filters), x.dtype)
    for i, j, f in np.ndindex(*out.shape):
        out[i, j, f] = np.sum(x[i : i + size, j : j + size] * kernel[..., f])
    return out


def as_product(x, kernel):
    """Windows as rows, filters as columns."""
    size, filters = len(kernel), kernel.shape[-1]
    rows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(0, 1))
    shape = rows.shape[:2]
    # (rows, columns, channels, size, size) -> channels last, as the kernel has them
    rows = rows.transpose(0, 1, 3, 4, 2).reshape(math.prod(shape), -1)
    return (rows @ kernel.reshape(-1, filters)).reshape(*shape, filters)


def with_keras(x, kernel):
    return np.asarray(ops.conv(x[None], kernel))[0]


# %%
rng = np.random.default_rng(0)
side = budget.pick(7, 15, 30)
x = rng.normal(size=(side, side, 192)).astype("float32")  # as AlexNet's fifth layer
kernel = rng.normal(size=(3, 3, 192, 128)).astype("float32")
took, results = {}, {}
for name, fn in {"loops": naive, "product": as_product, "Keras": with_keras}.items():
    runs = []
    for _ in range(2 if fn is naive else 12):
        start = time.perf_counter()
        results[name] = fn(x, kernel)
        runs.append(time.perf_counter() - start)
    took[name] = float(np.median(runs[1:]))
for name, seconds in took.items():
    error = np.abs(results[name] - results["loops"]).max()
    ratio = took["loops"] / seconds
    print(
        f"{name:8} {1000 * seconds:8.2f} ms  {ratio:7.0f} times the loops' speed",
        end="",
    )
    print(f"  differs by at most {error:.0e}")
matrix = (side - 2) ** 2 * 9 * 192
print(f"the price: {matrix:,} numbers in the matrix, {x.size:,} in the image")

# %% [markdown]
# The same numbers, to rounding; the multiplications are the same too. What changed is
# the order of the memory: rows that lie one after the other, and a product that a
# library has tuned for this chip. The price is the matrix: each pixel is in it up to
# nine times.
#
# Two other ways *save* multiplications. **Winograd's** minimal filtering makes two
# outputs of a filter of three with four products instead of six (Lavin and Gray, 2015,
# arXiv:1509.09308). The **Fourier transform** turns a convolution into one product for
# each frequency.


# %%
def winograd(d, g):
    """Two outputs of a filter of three, with four products."""
    m1 = (d[0] - d[2]) * g[0]
    m2 = (d[1] + d[2]) * (g[0] + g[1] + g[2]) / 2
    m3 = (d[2] - d[1]) * (g[0] - g[1] + g[2]) / 2
    m4 = (d[1] - d[3]) * g[2]
    return m1 + m2 + m3, m2 - m3 - m4


d, g = rng.normal(size=4), rng.normal(size=3)
print("Winograd", np.round(winograd(d, g), 6), " direct", np.correlate(d, g).round(6))

print("multiplications, in millions, for one image; transforms of kernels not counted")
for size, channels, filters, n in (
    (3, 192, 128, 13),
    (5, 48, 128, 27),
    (11, 3, 96, 55),
):
    direct = n * n * size**2 * channels * filters
    # F(2×2, 3×3): 16 products for 4 outputs.
    tiles = f"{16 / 36 * direct / 1e6:5.1f}" if size == 3 else "    –"
    points = 2 ** math.ceil(math.log2(n + size - 1))
    transforms = (channels + filters) * 2 * points**2 * math.log2(points)
    frequencies = 4 * channels * filters * points * (points // 2 + 1)
    print(
        f"{size:2}×{size:<2} on {n}×{n}×{channels:<3}  direct {direct / 1e6:6.1f}   "
        f"Winograd {tiles}   FFT {(frequencies + transforms) / 1e6:5.1f}   "
        f"numbers in a kernel {size**2:3} -> {2 * points * (points // 2 + 1)}"
    )

# %% [markdown]
# Winograd in two dimensions needs 16 products where the direct way needs 36. The count
# for the Fourier transform is ours: four real products for each complex one, half of
# the frequencies, and 2·P²·log₂ P for a transform of P×P points. By multiplications it
# wins everywhere. By memory it does not: the last column shows what becomes of a small
# kernel, and a layer with many channels fetches all of that. It pays where kernels are
# large. Libraries such as cuDNN and oneDNN choose among such ways for each layer.

# %% [markdown]
# ## 5 · CPU and GPU
#
# A timing is worth something with its provenance: which device, which versions, when,
# by which script. `python -m layerwise.record_trace OUT.json --training` records one on
# any machine; put yours into a folder and name it in `LAYERWISE_TRACES`.

# %%
recorded = traces.available()
for trace in recorded:
    kind = "GPU" if traces.on_gpu(trace) else "CPU"
    print(f"{kind}: {traces.label(trace)}, {len(trace['entries'])} entries")
if not any(map(traces.on_gpu, recorded)):
    print("No trace of a GPU ships with the course yet: record one on yours.")

# %%
figure, axes = plots.panels(len(networks), width=3.4, height=3.5)
for ax, name in zip(axes, networks, strict=True):
    for number, trace in enumerate(recorded):
        for phase, shade in (("forward", 0.5), ("training", 1.0)):
            speed = {
                e["batch_size"]: e["batch_size"] / e["seconds"]
                for e in trace["entries"]
                if (e["model"], e["phase"], e["dtype"]) == (name, phase, "float32")
            }
            where = "GPU" if traces.on_gpu(trace) else "CPU"
            ax.plot(
                list(speed),
                list(speed.values()),
                color=plots.PALETTE[number],
                alpha=shade,
                marker=plots.MARKERS[number],
                label=f"{where}, {phase}",
            )
    ax.set(title=name, xlabel="batch size", xscale="log", yscale="log")
    ax.set_xticks([1, 8, 64], ["1", "8", "64"])
    ax.minorticks_off()
axes[0].set_ylabel("images a second")
axes[0].legend()
plt.show()

# %% [markdown]
# Read a point as: so many images a second, of the machine that the cell before names. A
# training step costs three to four forward passes or more: forward, the gradient of
# what came in, the gradient of the weights, and the update of all of them. AlexNet has
# the most weights and gains most from a batch; the update's cost is shared by its
# images.

# %%
epoch = {}
images = 1_281_167  # ILSVRC 2012, training images: Russakovsky et al. (2015), Table 2
for trace in recorded:
    for e in trace["entries"]:
        if e["phase"] == "training" and e["dtype"] == "float32":
            where = "GPU" if traces.on_gpu(trace) else "CPU"
            key = f"{e['model']}, {where}"
            days = images / e["batch_size"] * e["seconds"] / 86400
            epoch[key] = min(days, epoch.get(key, math.inf))
plots.bars(epoch, title="One epoch of ImageNet, extrapolated", xlabel="days")
plt.show()

# %% [markdown]
# Extrapolated from the best batch size, without the time to read images. Krizhevsky et
# al. (2012, section 5) trained AlexNet for roughly 90 epochs, in five to six days on
# two GTX 580. Multiply your bar by 90.

# %% [markdown]
# ## 6 · Chips for AI
#
# Is any chip that runs a network an AI chip? The slides say: one that is *made* for it,
# in power, speed, size and cost. Two quotients say most: operations for each joule, and
# operations for each byte of memory bandwidth, which is where the roof bends.

# %%
table = chips.chips()
print("chip                  kind    peak     GB/s   watts    10⁹ op/J   op/byte")
for chip in table:
    print(
        f"{chip.name:21} {chip.kind:5} {chip.peak_tops:6.4g} T "
        f"{chip.bandwidth_gb_s:6.4g}  {chip.power_w:5.0f}",
        f"{chip.operations_per_joule:9.0f} {chip.ridge:9.0f}   {chip.numbers}",
    )
for source in dict.fromkeys(chip.source for chip in table):
    print("source:", source)

# %%
figure, axes = plots.panels(1, width=8.0, height=4.4)
kinds = dict(zip(("CPU", "GPU", "ASIC", "FPGA", "DSP"), plots.PALETTE, strict=False))
for chip in table:
    roofline.draw(
        axes[0],
        chip.peak_tops * 1e12,
        chip.bandwidth_gb_s * 1e9,
        color=kinds[chip.kind],
        span=(0.1, 1e4),
    )
roofline.draw(
    axes[0], peak, bandwidth, "this machine, measured", plots.GREY, (0.1, 1e4)
)
height = 0
for chip in sorted(table, key=lambda chip: chip.peak_tops):
    height = max(chip.peak_tops * 1e3, 1.7 * height)  # labels keep their distance
    look = {"fontsize": 9, "va": "center", "color": kinds[chip.kind]}
    axes[0].annotate(chip.name, (1.2e4, height), **look)
marks = {
    "dense, batch 1": min(p.intensity for p in profiles[1].layers if p.group == "fc"),
    "AlexNet's conv 3, batch 1": next(
        p.intensity for p in profiles[1].layers if p.name.startswith("conv2d_2")
    ),
}
for name, intensity in marks.items():
    axes[0].axvline(intensity, color=plots.INK, lw=1, ls=":")
    axes[0].annotate(name, (intensity * 1.1, 3), fontsize=9)
for kind, color in kinds.items():
    axes[0].plot([], [], color=color, label=kind)
axes[0].set_title("Roofs of chips (quoted) and of this machine (measured)")
axes[0].set_xlim(0.1, 3e5)
axes[0].legend(fontsize=9, loc="upper left")
plt.show()

# %% [markdown]
# Peaks are of the numbers named in the table; 8-bit and 32-bit operations are not the
# same work. The watts are what each source calls them, so compare orders of magnitude.
# What stands out: the specialised chips win by operations for each joule, and their
# roofs bend far to the right. A dense layer at batch 1 gets almost nothing from a
# TPU's arithmetic: it gets its bandwidth.
#
# **Who makes them.** A chip passes through many hands, and few firms do more than one
# of the steps.

# %%
chain = {
    "architecture": "instruction set,\nlicensed designs",
    "design": "circuits, by firms\nwithout a factory",
    "verification": "simulation, tools,\nmonths of it",
    "manufacturing": "a foundry: great cost,\nlong time, high risk",
    "packaging": "chip, memory,\nboard",
    "ecosystem": "compilers, libraries,\nframeworks, users",
}
figure, axes = plots.panels(1, width=10.5, height=1.9)
for place, (name, what) in enumerate(chain.items()):
    color = plots.BLUE if name in ("design", "ecosystem") else plots.GREY
    box = {"boxstyle": "round,pad=0.4", "fc": "white", "ec": color, "lw": 1.6}
    text = f"{name}\n{what}"
    axes[0].text(place, 0, text, ha="center", va="center", fontsize=9, bbox=box)
    if place:
        arrow = {"arrowstyle": "->", "color": plots.GREY}
        axes[0].annotate("", (place - 0.43, 0), (place - 0.57, 0), arrowprops=arrow)
axes[0].set(xlim=(-0.55, 5.55), ylim=(-1, 1), title="From an idea to a chip in use")
axes[0].set_axis_off()
plt.show()

# %% [markdown]
# The slides' point is the last box: who holds the ecosystem holds the market. CUDA and
# cuDNN are software.

# %% [markdown]
# ## 7 · What the slides claim, and what we measured

# %% tags=["headline"]
for size, found in profiles.items():
    conv, fc = (100 * found.shares().get(group, 0) for group in ("conv", "fc"))
    print(
        f"batch {size:3}: conv {conv:4.1f} %, fc {fc:4.1f} % of AlexNet's forward pass"
    )
print(f"as a product {took['loops'] / took['product']:.0f} times the loops' speed")

# %% [markdown]
# **"Convolutions take 95 % of the time on the GPU and 89 % on the CPU."** *It depends
# on the batch too.* Here they take less than half for one image and three quarters for
# 64. The pies give no batch size; they fit a large one, on hardware that
# computed slowly compared with its memory. The multiplications alone would be 92 %.
#
# **"How to compute convolutions fast is the great problem."** *Yes, for batches; for
# one image it is the dense layers' weights.* Networks since then have answered the
# second part themselves: ResNet-50 has one dense layer, of 2 million weights.
#
# **"GPUs are fast because they do many products in parallel."** *And because they read
# memory fast.* In the table a GPU has ten times the bandwidth of a CPU and more. Where
# the roof slopes, that is the whole difference.
#
# **"Most frameworks only profit from NVIDIA's GPUs."** *Less so today.* TensorFlow, JAX
# and PyTorch have builds for AMD's ROCm, and TPUs have XLA. CUDA is still the first to
# be served.
#
# **"AI algorithm + chip = AI chip?"** *Any chip will do, at a price in joules:* compare
# the last but one column of section 6.

# %% [markdown]
# ## Summary
#
# - Time is not proportional to multiplications. It is the larger of arithmetic and
#   memory traffic, and intensity says which.
# - A batch makes dense layers faster for each image, since weights are fetched once.
# - A convolution is a matrix product, at the price of a larger matrix.
# - A timing without device, versions, date and script is hearsay.
# - Chips differ in their ridge: the higher it is, the more a network has to reuse each
#   byte.
#
# **Your turn:** [hw06 · Speed](../../../assignments/en/hw06_speed/hw06_speed.ipynb).
# You write im2col and its transpose, count bytes, and apply Amdahl's law to a profile.
