# %% [markdown]
# # 09 · Style transfer
#
# A network that was trained to name things can be made to paint. Nothing in it is
# trained: the *pixels* are.
#
# **From the slides:** painting with deep learning; the content image and the style
# image; intermediate data as content, the style matrix as style.
#
# **Time:** about three minutes on two cores. `LAYERWISE_BUDGET=full` paints larger
# pictures, longer, with the VGG-19 of keras.applications.

# %%
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer start-up messages

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

from layerwise import budget, photographs, plots, style, training
from layerwise.models import vgg
from layerwise.swirls import swirls

plots.use_style()
SMALL, LARGE = budget.pick((32, 32), (128, 256), (256, 512))
SHORT, LONG = budget.pick((2, 3), (30, 70), (150, 400))
print(f"budget {budget.level()}: {LONG} evaluations at {LARGE}×{LARGE}")

# %% [markdown]
# The network is a VGG-16 whose convolutions were trained on photographs (ImageNet, and
# then edges: chapter 02 tells where the weights come from). The content is a
# photograph. The style is a picture that a program drew: whirls in blues and yellows,
# in the manner of a starry night.

# %%
network = (
    keras.applications.VGG19(include_top=False)
    if budget.level() == "full"
    else vgg.vgg16_features()
)
content = photographs.photograph("china", LARGE).astype("float32")
painting = swirls(LARGE, LARGE)
small_content = photographs.photograph("china", SMALL).astype("float32")
small_painting = swirls(SMALL, SMALL)
figure = plots.image_grid(
    np.stack([content, painting]) / 255, ["content", "style"], size=3.2
)
plt.show()

# %% [markdown]
# ## 1 · What does a layer know of a picture?
#
# > **Predict.** We know only what a layer puts out for a photograph. Begin with noise,
# > and change its pixels until that layer puts out the same. From which layers on can
# > the photograph not be brought back?
#
# The gradient goes back to the *input*. L-BFGS decides the steps; it sees the loss and
# the gradient, and nothing else.

# %% tags=["include"]
from layerwise.style import distance, total_variation


# %%
def search(loss, start, steps):
    """Changes pixels until `steps` evaluations are used; returns picture and losses."""
    history = []

    def scaled(images):
        # L-BFGS takes its first step by the gradient's size: give it one.
        parts = loss(images)
        return 1e4 * parts[0], *parts[1:]

    pixels = training.minimize(
        training.value_and_gradient(scaled),
        start[None],
        steps,
        bounds=(0.0, 255.0),
        callback=lambda value: history.append([float(part) for part in value]),
    )
    return pixels[0], np.array(history)


# %%
rng = np.random.default_rng(0)
noise = rng.uniform(118, 138, small_content.shape).astype("float32")
depths = ("block1_conv2", "block3_conv1", "block4_conv2", "block5_conv1")
brought_back, gaps = [small_content], []
for name in depths:
    loss = style.objective(
        network, small_content, None, tv_weight=0.5, content_layers=[name]
    )
    picture, history = search(loss, noise, LONG)
    brought_back.append(picture)
    gaps.append(float(np.abs(picture - small_content).mean()))
figure = plots.image_grid(
    np.stack(brought_back) / 255, ["photograph", *depths], size=2.2
)
plt.show()
for name, gap in zip(depths, gaps, strict=True):
    print(f"from {name}: pixels are off by {gap:.0f} of 255 on average")

# %% [markdown]
# Early layers keep every pixel. Later ones keep where things are and what they are, and
# forget colours and exact places: the search cannot bring them back, not in so many
# evaluations. That is what *content* means here: the fourth block,
# the outline without the surface.

# %% [markdown]
# ## 2 · What is a style?
#
# Take the channels of a layer two by two: how strongly are both active at the same
# place, on average over all places? The table of these numbers is the style matrix. It
# forgets *where*.

# %% tags=["include"]
from layerwise.style import gram

# %%
features = vgg.feature_maps(network, ["block1_conv1", "block2_conv1"])(
    vgg.preprocess(small_painting[None])
)[0]
_, height, width, channels = features.shape
order = np.random.default_rng(1).permutation(height * width)
shuffled = ops.take(ops.reshape(features, (1, -1, channels)), order, axis=1)
shuffled = ops.reshape(shuffled, features.shape)
print("pixels of features moved about: the style matrix moves by", end=" ")
print(
    f"{float(distance(gram(shuffled), gram(features))):.0e}, the features by", end=" "
)
print(f"{float(distance(shuffled, features)):.2f} (relative, squared)")

# %% [markdown]
# > **Predict.** Begin with noise again, and ask for the style matrices only. What comes
# > out for the first layer alone, for two, for four?

# %%
styles, titles = [small_painting], ["style image"]
for count in (1, 2, 4):
    chosen = style.STYLE_LAYERS[:count]
    loss = style.objective(network, None, small_painting, style_layers=chosen)
    picture, history = search(loss, noise, SHORT)
    styles.append(picture)
    titles.append(f"up to {chosen[-1]}")
figure = plots.image_grid(np.stack(styles) / 255, titles, size=2.6)
plt.show()

# %% [markdown]
# The first layer knows colours and grain. With depth the pieces grow: strokes, then
# arcs. The whirls are not where they were: nobody asked for that.

# %% [markdown]
# ## 3 · Both at once
#
# The picture shall have the content of one and the style of the other. The loss is the
# sum: content + weight · style. Nothing of the network changes.

# %%
STYLE_WEIGHT, TV_WEIGHT = 40.0, 0.3
weights_before = network.get_weights()
loss = style.objective(network, content, painting, STYLE_WEIGHT, TV_WEIGHT)
began = time.perf_counter()
painted, history = search(loss, content, LONG)
seconds = time.perf_counter() - began
same = all(map(np.array_equal, network.get_weights(), weights_before))
print(f"{len(history)} evaluations in {seconds:.0f} s; weights untouched: {same}")
print(f"style loss {history[0, 2]:.3f} -> {history[-1, 2]:.4f}", end=", ")
print(f"{100 * history[-1, 2] / history[0, 2]:.1f} % of its start")

# %%
figure = plots.image_grid(
    np.stack([content, painted, painting]) / 255,
    ["content", "painted", "style"],
    size=3.4,
)
plt.show()

# %% [markdown]
# The palace stands where it stood. Sky and water are made of strokes now, and the
# strokes follow the edges of what they paint.

# %%
figure, axes = plots.panels(1, width=7.0, height=3.6)
evaluations = np.arange(1, len(history) + 1)
plots.lines(
    evaluations,
    {"style": history[:, 2], "content": history[:, 1]},
    axes[0],
    "Content is given up, style is gained",
    "evaluations",
    "loss, relative",
    log=True,
    styles={"style": {"marker": ""}, "content": {"marker": ""}},
)
axes[0].set_ylim(1e-3, 3)
plt.show()

# %% [markdown]
# Content starts at 0, since we began with the photograph, and ends well above: that is
# the price. Most of the style is there after twenty evaluations.

# %% [markdown]
# ## 4 · What the choices do
#
# **How much style?** Here is the strip of weights.

# %%
strip, titles = [], []
for weight in (1.0, 10.0, 100.0, 1000.0):
    loss = style.objective(network, small_content, small_painting, weight, TV_WEIGHT)
    picture, history_of_weight = search(loss, small_content, SHORT)
    strip.append(picture)
    titles.append(f"style × {weight:.0f}")
figure = plots.image_grid(np.stack(strip) / 255, titles, size=2.6)
plt.show()

# %% [markdown]
# **Must the network be trained?** The same loss, with a network whose weights were only
# drawn; and once more without the penalty on neighbouring pixels that differ.

# %%
variants = {
    "trained": (network, TV_WEIGHT),
    "random weights": (style.random_features(), TV_WEIGHT),
    "trained, no smoothing": (network, 0.0),
}
pictures = []
for features, tv in variants.values():
    loss = style.objective(features, small_content, small_painting, STYLE_WEIGHT, tv)
    picture, _ = search(loss, small_content, SHORT)
    pictures.append(picture)
for name, picture in zip(variants, pictures, strict=True):
    rough = float(total_variation(picture[None] / 255))
    print(f"{name:22} total variation {rough:.4f}")
figure = plots.image_grid(np.stack(pictures) / 255, list(variants), size=3.0)
plt.show()

# %% [markdown]
# Random weights carry over colours, and hardly a stroke: the knowledge of what a stroke
# is was *learned*, from photographs, without a painting among them. Total variation
# smooths the grain.

# %% [markdown]
# **L-BFGS or Adam?** Both get the same number of gradients.

# %%
loss = style.objective(network, small_content, small_painting, STYLE_WEIGHT, TV_WEIGHT)
_, by_lbfgs = search(loss, small_content, SHORT)
slope = training.value_and_gradient(loss)
curves = {"L-BFGS": np.minimum.accumulate(by_lbfgs[:SHORT, 0] / 1e4)}
for rate in (2.0, 10.0):
    pixels = keras.Variable(small_content[None])
    optimizer = keras.optimizers.Adam(rate)
    values = []
    for _ in range(len(curves["L-BFGS"])):
        parts, gradient = slope(ops.convert_to_tensor(pixels))
        optimizer.apply([gradient], [pixels])
        pixels.assign(ops.clip(pixels, 0, 255))
        values.append(float(parts[0]))
    curves[f"Adam, {rate:.0f} of 255 a step"] = np.minimum.accumulate(values)
plots.lines(
    np.arange(1, len(curves["L-BFGS"]) + 1),
    curves,
    title="Best loss so far",
    xlabel="gradients",
    ylabel="content + 40 · style",
    log=True,
    styles={name: {"marker": ""} for name in curves},
)
plt.show()
for name, values in curves.items():
    print(f"{name:24} {values[-1]:.3f}")

# %% [markdown]
# Adam needs a learning rate that fits; L-BFGS finds its steps by itself, and pays with
# memory of the last ten gradients.

# %% [markdown]
# ## 5 · Paint in one pass
#
# Half a minute for a picture is slow. Johnson, Alahi and Fei-Fei (2016) train a second
# network, once for each style, to do in a single pass what the search does in many. Its
# loss is ours; its training pictures are crops of photographs.

# %% tags=["include"]
from layerwise.style import transform_net

# %%
CROP, BATCH = budget.pick((32, 2), (96, 4), (192, 8))
STEPS = budget.pick(2, 160, 4000)
painter = transform_net(16, 2)
names = ("block1_conv1", "block2_conv1", "block3_conv1")
reader = vgg.feature_maps(network, names)
wanted = [gram(one) for one in reader(vgg.preprocess(small_painting[None]))]


def painters_loss(images):
    """Content of each image, style of the one painting."""
    found = reader(vgg.preprocess(painter(images, training=True)))
    kept = distance(found[-1], reader(vgg.preprocess(images))[-1])
    gap = sum(distance(gram(f), w) for f, w in zip(found, wanted, strict=True))
    return kept + 150 * gap / len(names) / BATCH


# %%
stock = [photographs.photograph(n, 192).astype("float32") for n in photographs.names()]
rng = np.random.default_rng(0)


def crops():
    """Draws pieces of photographs, half of them mirrored."""
    pieces = []
    for index in rng.integers(len(stock), size=BATCH):
        top, left = rng.integers(192 - CROP + 1, size=2)
        piece = stock[index][top : top + CROP, left : left + CROP]
        pieces.append(piece[:, :: rng.choice([-1, 1])])
    return np.stack(pieces)


step = training.make_step(
    painters_loss, painter, keras.optimizers.Adam(3e-3), others=[reader]
)
began = time.perf_counter()
losses = [float(step(crops())) for _ in range(STEPS)]
print(f"{STEPS} steps in {time.perf_counter() - began:.0f} s, loss", end=" ")
print(f"{losses[0]:.1f} -> {np.mean(losses[-10:]):.1f}")

# %%
unseen = np.stack([content, photographs.photograph("coffee", LARGE)]).astype("float32")
in_one_pass = np.clip(painter.predict(unseen, verbose=0), 0, 255)
runs = []
for _ in range(5):
    began = time.perf_counter()
    painter.predict(unseen[:1], verbose=0)
    runs.append(time.perf_counter() - began)
one_pass = float(np.median(runs))
figure = plots.image_grid(
    np.concatenate([in_one_pass, painted[None]]) / 255,
    ["one pass", "one pass", "search"],
    size=3.4,
)
plt.show()

# %% tags=["headline"]
print(f"style loss {100 * history[-1, 2] / history[0, 2]:.1f} % of its start", end=", ")
print(f"search {seconds:.0f} s, one pass {one_pass:.2f} s:", end=" ")
print(f"{seconds / one_pass:.0f} times faster")

# %% [markdown]
# After half a minute of crops the painter has colours and contours of the style, and
# hardly a stroke. It paints pictures of any size. The paper trains on some 80,000
# photographs; `LAYERWISE_BUDGET=full` trains longer here.

# %% [markdown]
# ## 6 · What the slides claim, and what we measured
#
# **"Deep learning paints artistic pictures from a content image and a style image."**
# *Yes*, with a network that never saw a painting.
#
# **"Intermediate data of the picture approach those of the content image, so the shapes
# become similar."** *Yes, and the depth decides.* Section 1: early layers would hold
# every pixel, the fourth block holds the shapes.
#
# **"Decreasing the distance of the style matrices brings the style near."** *Yes.* The
# style loss fell to the share in the headline. What it brings are colours, strokes and
# their company, not composition: the whirls are not where the style has them.
#
# **"In the course of learning"**, say the slides. Kindly: nothing is *learned* in
# sections 1 to 4. The weights are fixed, and an optimiser changes one picture. Only the
# painter of section 5 learns.

# %% [markdown]
# ## Summary
#
# - A gradient can go to the input. Then pixels are the parameters.
# - Deep features are content: what is where. Style matrices forget where.
# - Both losses pull at one picture; their weights are a matter of taste.
# - Random weights do not do: the strokes come from what training taught.
# - A network trained for one style needs one pass. It pays with training, and quality.
#
# **Your turn:** [hw09 · Style](../../../assignments/en/hw09_style/hw09_style.ipynb).
# You write the style matrix and the losses, paint, and keep the colours.
