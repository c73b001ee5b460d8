# %% [markdown]
# # 11 · SegNet: what is where, pixel by pixel
#
# A car must know for every pixel whether it is road. We train a network for that on
# streets that a program draws, and ask what its decoder must remember.
#
# **From the slides:** automatic driving; recognising the surroundings; SegNet, which
# tells road, cars, buildings and pavement apart.
#
# **Time:** about three minutes on two cores. `LAYERWISE_BUDGET=full` draws more streets
# and trains longer; with LAYERWISE_CAMVID set to a folder it reads photographs.

# %%
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer start-up messages

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops
from scipy import ndimage
from sklearn.metrics import confusion_matrix, jaccard_score

from layerwise import budget, checks, plots, roads
from layerwise.films import film
from layerwise.models import resnet
from layerwise.models.segnet import DECODERS

plots.use_style()
NUM_TRAIN, NUM_TEST = budget.pick((64, 16), (1200, 200), (8000, 1000))
EPOCHS = budget.pick(1, 5, 30)
BATCH = 16
CLASSES = roads.CLASS_NAMES
print(f"budget {budget.level()}: {NUM_TRAIN} streets, {EPOCHS} epochs")

# %% [markdown]
# ## 1 · Streets
#
# Photographs with a class for each pixel take a person an hour each and come with
# licences. A program draws streets by the thousand, in true perspective, by day, at
# dusk and in rain, and knows every label exactly. What is learned on them holds for
# them; section 7 asks how far.

# %%
x_train, y_train = roads.roads(NUM_TRAIN, seed=1)
x_test, y_test = roads.roads(NUM_TEST, seed=2)
chosen = [3, 4, 9, 10, 14]
pictures = [*x_test[chosen], *roads.CLASS_COLORS[y_test[chosen]]]
figure = plots.image_grid(np.stack(pictures), columns=5, size=2.0)
plt.show()
share = np.bincount(y_train.ravel(), minlength=len(CLASSES)) / y_train.size
plots.bars(
    {name: 100 * part for name, part in zip(CLASSES, share, strict=True)},
    xlabel="% of all pixels",
    colors=dict(zip(CLASSES, roads.CLASS_COLORS / 255, strict=True)),
)
plt.show()

# %% [markdown]
# The colours of the bars are those of the label pictures. Cars, markings and trees are
# rare, and they are what a driver must not miss. So pixels right is a bad measure: who
# never finds a car loses one or two per cent. We count for each class the
# *intersection over union* (IoU): pixels right, divided by pixels that are the class or
# were called so.

# %% [markdown]
# ## 2 · Pooling that remembers
#
# An encoder pools four times: 64×96 becomes 4×6. Where in its window a maximum was is
# forgotten, and a decoder has to guess. SegNet keeps it: two bits for each window.

# %% tags=["include"]
from layerwise.models.segnet import MaxPoolWithIndices, MaxUnpool, corners, from_corners

# %%
small = np.random.default_rng(0).integers(0, 10, (1, 4, 6, 1)).astype("float32")
pooled, indices = MaxPoolWithIndices()(small)
back = MaxUnpool()(pooled, indices)
figure, axes = plots.panels(4, width=2.7, height=2.2)
shown = {"in": small, "pooled": pooled, "indices": indices, "unpooled": back}
for ax, (name, values) in zip(axes, shown.items(), strict=True):
    values = ops.convert_to_numpy(values)[0, ..., 0]
    ax.imshow(values, cmap="Blues", vmin=0, vmax=12)
    for (row, column), value in np.ndenumerate(values):
        ax.text(column, row, f"{value:.0f}", ha="center", va="center", fontsize=10)
    ax.set_title(name)
    ax.set_axis_off()
plt.show()
again = ops.max_pool(back, 2, 2)
print("pooling what was unpooled gives the same:", bool(ops.all(again == pooled)))

# %% [markdown]
# The maxima are at their old places, with zeros around them. The convolution that
# follows fills the gaps.

# %% [markdown]
# ## 3 · Encoder, decoder
#
# Three decoders with the same number of weights. *Indices* is SegNet. *Upsampling*
# repeats each value four times. *Skips* does that too, and adds what the encoder had at
# that size.

# %% tags=["include"]
from layerwise.models.segnet import segnet

# %%
models = {}
for decoder in DECODERS:
    keras.utils.set_random_seed(0)
    models[decoder] = segnet(decoder=decoder)
    print(f"{decoder:10} {checks.weight_count(models[decoder]):,} weights")
sizes = [tuple(layer.output.shape[1:3]) for layer in models["upsampling"].layers]
print("sizes:", " -> ".join(f"{h}×{w}" for h, w in dict.fromkeys(sizes)))

# %% [markdown]
# Rare classes get a larger weight in the loss: the root of median share over own share.
# (SegNet takes the ratio without the root; section 6 looks at what weights do.)

# %%
weights = np.sqrt(np.median(share) / share).astype("float32")
print({n: round(float(w), 2) for n, w in zip(CLASSES, weights, strict=True)})


def train(model, weights):
    """Trains on all streets; returns the loss of each epoch."""
    steps = EPOCHS * -(-NUM_TRAIN // BATCH)
    model.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(5e-3, steps)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=keras.backend.backend() != "tensorflow",
    )
    # Otherwise the first step does it, and TensorFlow traces that step twice.
    model.optimizer.build(model.trainable_variables)
    x = x_train.astype("float32")
    fitted = model.fit(
        x, y_train, BATCH, EPOCHS, sample_weight=weights[y_train], verbose=0
    )
    return fitted.history["loss"]


def predict(model, images):
    logits = model.predict(images.astype("float32"), batch_size=50, verbose=0)
    return logits.argmax(-1).astype("uint8")


def iou(labels, predicted):
    """Intersection over union of each class."""
    return jaccard_score(
        labels.ravel(),
        predicted.ravel(),
        labels=range(7),
        average=None,
        zero_division=0,
    )


# %%
losses = {decoder: train(models[decoder], weights) for decoder in DECODERS}
answers = {decoder: predict(models[decoder], x_test) for decoder in DECODERS}
scores = {decoder: iou(y_test, answers[decoder]) for decoder in DECODERS}
for decoder in DECODERS:
    right = 100 * np.mean(answers[decoder] == y_test)
    print(f"{decoder:10} loss {losses[decoder][-1]:.3f}, pixels right {right:.1f} %")

# %% [markdown]
# ## 4 · Look
#
# > **Predict.** Which of the three decoders misses the markings? Which the cars?

# %%
rows = []
for index in chosen[:4]:
    rows += [x_test[index], roads.CLASS_COLORS[y_test[index]]]
    rows += [roads.CLASS_COLORS[answers[decoder][index]] for decoder in DECODERS]
titles = ["street", "truth", *DECODERS] + [""] * (len(rows) - 5)
figure = plots.image_grid(np.stack(rows), titles, columns=5, size=2.0)
plt.show()

# %%
figure, ax = plt.subplots(figsize=(8.5, 3.4))
place = np.arange(len(CLASSES) + 1)
for offset, (decoder, values) in enumerate(scores.items()):
    bars = ax.bar(
        place + 0.27 * (offset - 1), [*values, values.mean()], 0.25, label=decoder
    )
ax.set_xticks(place, [*CLASSES, "mean"])
ax.set(ylabel="IoU", ylim=(0, 1.19), title="200 streets that were not trained on")
ax.axvline(len(CLASSES) - 0.5, color=plots.GREY, lw=1)
ax.legend(ncols=3, loc="upper left")
plt.show()

# %% [markdown]
# Wide things are easy for all. Thin and small ones need to know *where*: without
# indices or skips the network draws them in blocks. Two bits a window bring most of it
# back; the whole encoder's features bring more, and cost more memory.

# %% [markdown]
# **At the boundaries.** Take the pixels whose neighbour has another class.


# %%
def boundary(labels):
    """Marks pixels within one step of another class."""
    near = (1, 3, 3)
    return ndimage.maximum_filter(labels, near) != ndimage.minimum_filter(labels, near)


edge = boundary(y_test)
print(f"{100 * edge.mean():.0f} % of the pixels lie at a boundary")
for decoder in DECODERS:
    wrong = answers[decoder] != y_test
    print(
        f"{decoder:10} wrong at boundaries {100 * wrong[edge].mean():4.1f} %", end=", "
    )
    print(f"elsewhere {100 * wrong[~edge].mean():4.1f} %")

# %% [markdown]
# The three differ at boundaries above all. A decoder's memory is about edges.

# %% [markdown]
# ## 5 · Who is taken for whom?

# %%
table = confusion_matrix(
    y_test.ravel(), answers["indices"].ravel(), labels=range(7), normalize="true"
)
figure, ax = plt.subplots(figsize=(6.2, 4.8))
ax.imshow(np.sqrt(table), cmap="Blues", vmin=0, vmax=1.3)
for (row, column), value in np.ndenumerate(table):
    if value >= 0.005:
        ax.text(column, row, f"{100 * value:.0f}", ha="center", va="center")
ax.set_xticks(range(7), CLASSES, rotation=30)
ax.set_yticks(range(7), CLASSES)
ax.set(xlabel="called", ylabel="is", title="SegNet, % of the pixels of a class")
ax.grid(visible=False)
plt.show()

# %% [markdown]
# Each row sums to 100. The numbers beside the diagonal are neighbours on the street:
# markings and the road they are painted on, far cars and the road.

# %% [markdown]
# ## 6 · What class weights change
#
# The same SegNet, once more, with all pixels equal.

# %%
keras.utils.set_random_seed(0)
equal = segnet(decoder="indices")
train(equal, np.ones(7, "float32"))
answer = predict(equal, x_test)
rare = [CLASSES.index(name) for name in ("marking", "car", "tree")]
for name, found in (("weighted", answers["indices"]), ("all equal", answer)):
    values = iou(y_test, found)
    recall = [100 * np.mean(found[y_test == number] == number) for number in rare]
    calls = [100 * np.mean(y_test[found == number] == number) for number in rare]
    print(f"{name:10} mean IoU {values.mean():.3f}", end="; ")
    for number, r, c in zip(rare, recall, calls, strict=True):
        print(f"{CLASSES[number]}: {r:.0f} % found, {c:.0f} % of calls right", end="; ")
    print()

# %% [markdown]
# Weights trade one mistake for the other: more of the cars are found, and more of what
# is called a car is none. Which is worse is not a question for a loss function.

# %% [markdown]
# ## 7 · A drive, and where it ends
#
# Frame by frame, along one street. The network knows nothing of time.

# %%
frames, truth = roads.drive(budget.pick(3, 40, 80), seed=12)
seen = predict(models["indices"], frames)
mixed = 0.45 * frames + 0.55 * roads.CLASS_COLORS[seen]
print(f"mean IoU along the drive: {iou(truth, seen).mean():.3f}")
film(np.stack([frames, mixed.astype("uint8")], axis=1), seconds=0.12, scale=4)

# %% [markdown]
# Left the camera, right the network's opinion over it. Now streets that it was not
# trained for.

# %%
strange = {
    "as trained": (x_test, y_test),
    "night": ((x_test * 0.25).astype("uint8"), y_test),
    "fog": ((0.3 * x_test + 0.7 * 200).astype("uint8"), y_test),
    "mirrored": (x_test[:, :, ::-1], y_test[:, :, ::-1]),
    "tilted": tuple(
        ndimage.rotate(a, 15, (1, 2), reshape=False, order=0, mode="nearest")
        for a in (x_test, y_test)
    ),
    "upside down": (x_test[:, ::-1], y_test[:, ::-1]),
}
examples, titles = [], []
for name, (images, labels) in strange.items():
    found = predict(models["indices"], images)
    titles.append(f"{name}: {iou(labels, found).mean():.2f}")
    examples += [images[9], roads.CLASS_COLORS[found[9]]]
pairs = examples[::2] + examples[1::2]
figure = plots.image_grid(
    np.stack(pairs), titles + [""] * len(titles), columns=6, size=1.8
)
plt.show()

# %% [markdown]
# The numbers are mean IoU. Mirrored streets are streets, tilted ones nearly. The rest
# fails in the way that matters: *without a warning*. The network has learned that the
# sky is above and bright, which was true of every street that it saw.

# %%
folder = os.environ.get("LAYERWISE_CAMVID")
if folder:
    # Colours of the classes in CamVid's label pictures, for the classes we have.
    camvid = {(128, 128, 128): 0, (128, 64, 128): 1, (128, 0, 192): 2, (64, 0, 128): 3}
    camvid |= {(128, 0, 0): 4, (0, 0, 192): 5, (128, 128, 0): 6}
    real, real_labels = roads.read_folder(folder, camvid)
    known = real_labels != 255
    found = predict(models["indices"], real)
    print(f"{len(real)} photographs: pixels right", end=" ")
    print(f"{100 * np.mean(found[known] == real_labels[known]):.1f} %")
else:
    print("no photographs: set LAYERWISE_CAMVID to a folder of images/ and labels/")

# %% tags=["headline"]
print("mean IoU:", ", ".join(f"{d} {scores[d].mean():.3f}" for d in DECODERS), end="; ")
print(f"cars {scores['indices'][roads.CAR]:.2f} with indices")

# %% [markdown]
# ## 8 · What the slides claim, and what we measured
#
# **"Recognising the surroundings correctly is especially important."** *Yes, and pixels
# right hides it:* a network blind to cars would lose a per cent or two.
#
# **"SegNet, a network based on CNNs."** *Yes:* an encoder like VGG's, and a decoder
# that puts values back to where the maxima were.
#
# **"Road, cars, buildings and pavement are recognised with high accuracy."** *On what
# it was trained for.* Wide classes are near perfect here, far cars are not. Let night
# or fog fall, and the figure of section 7 shows what remains.

# %% [markdown]
# ## Summary
#
# - Segmentation is classification of every pixel; IoU for each class is its measure.
# - Pooling forgets where. Indices remember for two bits a window, skips for more.
# - The difference shows at boundaries and on thin things.
# - Class weights move the balance between missing and false alarms.
# - A network does not say that it is lost.
#
# **Your turn:** [hw11 · SegNet](../../../assignments/en/hw11_segnet/hw11_segnet.ipynb).
# You pool with indices, measure IoU, weigh the loss, and build a network that is judged
# on scenes that it has not seen.
