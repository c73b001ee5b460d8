# %% [markdown]
# # 11 · SegNet: what is where, pixel by pixel
#
# A car must know for every pixel whether it is road. We train a network for that on
# streets that a program draws, and ask what its decoder must remember.
#
# **From the slides:** automatic driving; recognising the surroundings; SegNet, which
# tells road, cars, buildings and pavement apart; the expectations of automatic driving.
#
# **Time:** the next cell prints what recorded runs took. `LAYERWISE_BUDGET=full` draws
# more streets and trains longer; with LAYERWISE_CAMVID set to a folder it reads
# photographs. `LAYERWISE_SEED=1` repeats the trainings with other seeds.

# %%
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer start-up messages

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops
from scipy import ndimage
from sklearn.metrics import confusion_matrix, jaccard_score

from layerwise import budget, checks, plots, roads, training
from layerwise.films import film
from layerwise.models import resnet
from layerwise.models.segnet import DECODERS
from layerwise.report import Report

plots.use_style()
NUM_TRAIN, NUM_TEST = budget.pick((64, 16), (600, 200), (8000, 1000))
EPOCHS = budget.pick(1, 5, 30)
SEEDS = budget.seeds(budget.pick(1, 3, 3))
CLASSES = roads.CLASS_NAMES
report = Report("11_segnet")
print(report.head())
print(f"{NUM_TRAIN} streets, {EPOCHS} epochs, seeds {list(SEEDS)}")

# %% [markdown]
# ## 1 · Streets
#
# Photographs with a class for each pixel are expensive: for Cityscapes "annotation and
# quality control required more than 1.5 h on average for a single image" (Cordts et al.
# 2016, section 2.2). A program draws streets by the thousand, in true perspective, by
# day, at dusk and in rain, and knows every label exactly. What is learned on them holds
# for them; section 7 asks how far.

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
# rare, and they are what a driver must not miss. So the share of right pixels is a bad
# measure: who never finds a car loses one or two per cent. We count for each class the
# *intersection over union* (IoU): pixels right, divided by pixels that are the class or
# were called so. Their mean over the classes is the *mean IoU*.
#
# Medicine often uses *Dice* instead, twice the intersection over the sum of both areas.
# For one class the two say the same, since Dice = 2 IoU / (1 + IoU): a better IoU is a
# better Dice. (Means over several classes can differ in order.)


# %%
def iou(labels, predicted):
    """Intersection over union of each class, in per cent."""
    classes = range(len(CLASSES))
    pair = labels.ravel(), predicted.ravel()
    return 100 * jaccard_score(*pair, labels=classes, average=None, zero_division=0)


no_cars = np.where(y_test == roads.CAR, roads.ROAD, y_test)
right, mean = 100 * np.mean(no_cars == y_test), iou(y_test, no_cars).mean()
print(f"perfect, but blind to cars: {right:.1f} % of the pixels right", end=", ")
print(f"mean IoU {mean:.1f} %")

# %% [markdown]
# ## 2 · Pooling that remembers
#
# An encoder pools four times: 64×96 becomes 4×6. Where in its window a maximum was is
# forgotten, and a decoder has to guess. SegNet keeps it. Two bits would do for each
# window (section 3 of the paper); for clarity our layer keeps an integer.

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
# follows fills the gaps. Pooling once more gives the same, because no maximum here is
# negative; in the network that holds behind a ReLU.
#
# **Other ways up.** The *fully convolutional network* (FCN: Long, Shelhamer and Darrell
# 2015, arXiv:1411.4038) enlarges with *transposed convolutions* and adds what earlier
# layers saw. *U-Net* (Ronneberger, Fischer and Brox 2015, arXiv:1505.04597) lays the
# whole features of the encoder beside the decoder's at every size. A transposed
# convolution can be made of an ordinary one: put zeros between the values, then
# convolve.

# %%
kernel = np.random.default_rng(1).normal(size=(3, 3, 1, 1)).astype("float32")
transposed = ops.conv_transpose(pooled, kernel, 2, "valid")[:, :-1, :-1]
spread = from_corners([pooled, *[ops.zeros_like(pooled)] * 3])  # always the same corner
spread = ops.pad(spread, ((0, 0), (2, 0), (2, 0), (0, 0)))
convolved = ops.conv(spread, kernel[::-1, ::-1], 1, "valid")
gap = float(ops.max(ops.abs(transposed - convolved)))
print(f"{transposed.shape}, largest difference {gap:.0e}")

# %% [markdown]
# The two agree. So SegNet's decoder differs from a transposed convolution in one point:
# where in its window each value is put. There it is always the same corner, here it is
# where the maximum was.

# %% [markdown]
# ## 3 · Encoder, decoder
#
# Three decoders with the same number of weights. *Indices* is SegNet's. *Upsampling*
# repeats each value four times. *Skips* does that too, and adds what the encoder had at
# that size. All else is the same in the three.

# %% tags=["include"]
from layerwise.models.segnet import segnet

# %%
for decoder in DECODERS:
    model = segnet(decoder=decoder)
    print(f"{decoder:10} {checks.weight_count(model):,} weights")
sizes = [tuple(layer.output.shape[1:3]) for layer in model.layers]
print("sizes:", " -> ".join(f"{h}×{w}" for h, w in dict.fromkeys(sizes)))
kept = [layer.output.shape for layer in model.layers if "max_pool" in layer.name]
windows = sum(np.prod(shape[1:]) for shape in kept)
print(f"to remember for each image: indices {windows * 2 / 8 / 1024:.0f} KiB", end=", ")
print(f"skips {windows * 4 * 32 / 8 / 1024:.0f} KiB")

# %% [markdown]
# SegNet itself has the 13 convolutions of VGG-16 as its encoder. Ours, with four, is
# closest to the paper's *SegNet-Basic*: four encoders and four decoders, there with
# kernels of 7×7 and 64 filters throughout (section 3.1).
#
# Rare classes get a larger weight in the loss: the root of median share over own share.
# (SegNet takes the ratio without the root; section 6 looks at what weights do.)

# %%
weights = np.sqrt(np.median(share) / share).astype("float32")
print({n: round(float(w), 2) for n, w in zip(CLASSES, weights, strict=True)})
BATCH = 16
# On TensorFlow and two cores, XLA compiles for longer than it saves.
JIT = False if keras.backend.backend() == "tensorflow" else "auto"


def weighted(weights):
    """Returns a cross-entropy in which each pixel counts as its class does."""

    def loss(labels, logits):
        entropy = ops.sparse_categorical_crossentropy(labels, logits, from_logits=True)
        return entropy * ops.take(weights, ops.cast(labels, "int32"))

    return loss


def train(decoder, seed, weights=weights, rate=0.012):
    """Trains one network on all streets."""
    keras.utils.set_random_seed(seed)
    model = segnet(decoder=decoder)
    steps = EPOCHS * -(-NUM_TRAIN // BATCH)
    schedule = keras.optimizers.schedules.CosineDecay(rate, steps)
    model.compile(keras.optimizers.Adam(schedule), weighted(weights), jit_compile=JIT)
    training.fit(model, x_train.astype("float32"), y_train, EPOCHS, seed, BATCH)
    return model


def predict(model, images):
    """Returns the likeliest class of each pixel and its probability."""
    logits = model.predict(images.astype("float32"), batch_size=50, verbose=0)
    logits -= logits.max(-1, keepdims=True)
    return logits.argmax(-1).astype("uint8"), 1 / np.exp(logits).sum(-1)


# %% [markdown]
# > **Predict.** (1) How much of the way from *upsampling* to *skips* do the indices
# > bring? Which classes gain most? (2) At which pixels do the three decoders differ?

# %%
models = {d: [train(d, seed) for seed in SEEDS] for d in DECODERS}
answers = {d: [predict(model, x_test)[0] for model in models[d]] for d in DECODERS}
scores = {d: np.array([iou(y_test, a) for a in answers[d]]) for d in DECODERS}
for decoder in DECODERS:
    right = [100 * np.mean(answer == y_test) for answer in answers[decoder]]
    print(f"{decoder:10} pixels right {np.round(right, 1)} %", end=", ")
    print(f"mean IoU {np.round(scores[decoder].mean(1), 1)} %")

# %% [markdown]
# ## 4 · Look

# %%
rows = []
for index in chosen[:4]:
    rows += [x_test[index], roads.CLASS_COLORS[y_test[index]]]
    rows += [roads.CLASS_COLORS[answers[decoder][0][index]] for decoder in DECODERS]
titles = ["street", "truth", *DECODERS] + [""] * (len(rows) - 5)
figure = plots.image_grid(np.stack(rows), titles, columns=5, size=2.0)
plt.show()

# %%
figure, ax = plt.subplots(figsize=(8.5, 3.4))
place = np.arange(len(CLASSES) + 1)
for offset, (decoder, values) in enumerate(scores.items()):
    values = np.column_stack([values, values.mean(1)])
    middle, x = values.mean(0), place + 0.27 * (offset - 1)
    ends = middle - values.min(0), values.max(0) - middle
    ax.bar(x, middle, 0.25, yerr=ends, error_kw={"lw": 1}, label=decoder)
ax.set_xticks(place, [*CLASSES, "mean"])
ax.set(ylabel="IoU (%)", ylim=(0, 122), yticks=range(0, 101, 20))
ax.set_title(f"{NUM_TEST} streets that were not trained on")
ax.axvline(len(CLASSES) - 0.5, color=plots.GREY, lw=1)
ax.legend(ncols=3, loc="upper left")
plt.show()

# %% [markdown]
# Bars are means over the seeds, and black lines go from the least to the greatest seed.

# %%
mean = {decoder: values.mean(1) for decoder, values in scores.items()}


def two(values, one, other):
    """Takes two of several arms."""
    return {name: values[name] for name in (one, other)}


report.compare("indices", two(mean, "indices", "upsampling"), says="higher")
report.compare("skips", two(mean, "skips", "indices"), says="higher")
way = mean["skips"].mean() - mean["upsampling"].mean()
brought = 100 * (mean["indices"] - mean["upsampling"].mean()) / way
report.within("share of the way", {"brought by indices, %": brought}, 20, 80)
gain = scores["indices"] - scores["upsampling"].mean(0)
thin, wide = [roads.MARKING, roads.TREE], [roads.SKY, roads.ROAD]
gains = {"gain on markings and trees": gain[:, thin].mean(1)}
gains |= {"on sky and road": gain[:, wide].mean(1)}
report.compare("thin things", gains, says="higher")
RATES = budget.pick((0.03,), (0.005, 0.03), (0.005, 0.03))
others = [train("upsampling", SEEDS[0], rate=rate) for rate in RATES]
best = max(iou(y_test, predict(model, x_test)[0]).mean() for model in others)
control = {"upsampling with its best other rate": [best]}
report.compare("other rates", control | {"indices": mean["indices"]}, says="lower")

# %% [markdown]
# **(1)** The indices bring a part of the way from upsampling to skips, and skips are
# better in every run. How large the part is depends on the seed; the cell prints it. In
# nine recorded seeds it was between 29 and 64 %. Markings gain most, then trees and
# cars: small things need to know *where*. Without indices or skips their outlines are
# smooth blobs. Sky and road gain less. That goes with the outlines: of the markings'
# pixels 99 % have a neighbour of another class, of the cars' and trees' about half, of
# the road's 22 % and of the sky's 8 %. The last line is a control, so that not one
# learning rate decides: with the better of a smaller and a larger rate, upsampling does
# not reach the indices either.
#
# The paper has the same order on photographs. On CamVid's test images SegNet-Basic has
# a mean IoU of 47.7 %, a smaller decoder with a fixed bilinear enlargement 43.3 %, and
# one that adds the encoder's features to what the indices bring 48.5 % (Table 1, with
# class weights). Its summary (section 3.3): whole features are best, and where memory
# is short, indices help.

# %% [markdown]
# **At the boundaries.** Take the pixels whose neighbour has another class.


# %%
def boundary(labels):
    """Marks pixels within one step of another class."""
    near = (1, 3, 3)
    return ndimage.maximum_filter(labels, near) != ndimage.minimum_filter(labels, near)


edge = boundary(y_test)
print(f"{100 * edge.mean():.0f} % of the pixels lie at a boundary")
wrong = {}
for decoder in DECODERS:
    miss = [answer != y_test for answer in answers[decoder]]
    wrong[decoder] = 100 * np.array([[m[edge].mean(), m[~edge].mean()] for m in miss])
    part = [100 * m[edge].sum() / m.sum() for m in miss]
    print(
        f"{decoder:10} wrong at boundaries {wrong[decoder].mean(0)[0]:4.1f} %", end=""
    )
    print(f", elsewhere {wrong[decoder].mean(0)[1]:4.1f} %", end="; ")
    print(f"{np.mean(part):.0f} % of its mistakes lie at boundaries")
lost = wrong["upsampling"] - wrong["skips"].mean(0)
lost = {"lost at boundaries": lost[:, 0], "lost elsewhere": lost[:, 1]}
report.compare("boundaries", lost, says="higher")

# %% [markdown]
# **(2)** The decoders differ at boundaries above all. What upsampling loses against
# skips is tens of points there, and a few elsewhere. And of each decoder's mistakes
# most lie at boundaries, which are a fifth of all pixels.

# %% [markdown]
# ## 5 · Who is taken for whom?

# %%
table = confusion_matrix(
    y_test.ravel(), answers["indices"][0].ravel(), labels=range(7), normalize="true"
)
figure, ax = plt.subplots(figsize=(6.2, 4.8))
ax.imshow(np.sqrt(table), cmap="Blues", vmin=0, vmax=1.3)
for (row, column), value in np.ndenumerate(table):
    if value >= 0.005:
        color = "white" if value > 0.5 else plots.INK
        ax.text(
            column, row, f"{100 * value:.0f}", ha="center", va="center", color=color
        )
ax.set_xticks(range(7), CLASSES, rotation=30)
ax.set_yticks(range(7), CLASSES)
ax.set(xlabel="called", ylabel="is", title="Indices, % of the pixels of a class")
ax.grid(visible=False)
plt.show()

# %% [markdown]
# Each row sums to 100. Most numbers beside the diagonal are neighbours on the street: a
# car and the road under it, a tree and the house behind it. Cars are missed most often.
# Are these the far ones? Take each car of the test streets as one patch of pixels, and
# ask how much of it is found, by its size in the picture.

# %%
blobs, found = [], []
for index, labels in enumerate(y_test):
    cars, number = ndimage.label(labels == roads.CAR)
    for car in range(1, number + 1):
        hit = [a[index][cars == car] == roads.CAR for a in answers["indices"]]
        blobs.append(np.sum(cars == car))
        found.append([100 * h.mean() for h in hit])
blobs, found = np.array(blobs), np.array(found)
ranges = {"under 20 pixels": blobs < 20, "over 60 pixels": blobs > 60}
for name, where in ranges.items():
    print(f"{where.sum()} cars of {name}: found {found[where].mean():.0f} %")
cars = {name: found[where].mean(0) for name, where in ranges.items()}
report.compare("small cars", cars, says="lower")

# %% [markdown]
# Of small cars, which are far away or half hidden, a little more than half of the
# pixels is found, of large ones about nine tenths.

# %% [markdown]
# ## 6 · What class weights change
#
# > **Predict.** (3) The network with skips, once more, with all pixels equal. Are more
# > cars found, or fewer? Are more of the pixels called *car* right, or fewer?

# %%
equal = [train("skips", seed, np.ones(7, "float32")) for seed in SEEDS[:1]]
sides = {"weighted": answers["skips"]}
sides["all equal"] = [predict(model, x_test)[0] for model in equal]


def found_of(answer, c):
    """Share of a class's pixels that are called so, in per cent."""
    return 100 * np.mean(answer[y_test == c] == c)


def right_of(answer, c):
    """Share of what is called a class that is one, in per cent."""
    called = y_test[answer == c]
    return 100 * np.mean(called == c) if called.size else 0.0


for name, side in sides.items():
    print(f"{name:10} mean IoU {np.mean([iou(y_test, a) for a in side]):.1f} %", end="")
    for c in (roads.MARKING, roads.CAR, roads.TREE):
        r, p = (np.mean([of(a, c) for a in side]) for of in (found_of, right_of))
        print(f"; {CLASSES[c]}: found {r:.0f} %, calls right {p:.0f} %", end="")
    print()
finds = {name: [found_of(a, roads.CAR) for a in side] for name, side in sides.items()}
calls = {name: [right_of(a, roads.CAR) for a in side] for name, side in sides.items()}
report.compare("weights, cars found", finds, says="higher")
report.compare("weights, calls right", calls, says="lower")

# %% [markdown]
# **(3)** Weights trade one mistake for the other. With them more of the cars' pixels
# are found, and more of the pixels labelled *car* are not cars. Which mistake is worse
# is for people to decide; then they choose the weights.
#
# The paper has the same trade on CamVid: with weights SegNet-Basic gets 82.7 % of the
# pixels and 62.0 % of the average class right, and without 84.0 and 54.6 % (Table 1,
# test images).

# %% [markdown]
# ## 7 · A drive, and where it ends
#
# Frame by frame, along one street. The network knows nothing of time.

# %%
frames, truth = roads.drive(budget.pick(3, 40, 80), seed=12)
seen, _ = predict(models["indices"][0], frames)
mixed = 0.45 * frames + 0.55 * roads.CLASS_COLORS[seen]
print(f"mean IoU along the drive: {iou(truth, seen).mean():.1f} %")
film(np.stack([frames, mixed.astype("uint8")], axis=1), seconds=0.12, scale=4)

# %% [markdown]
# Left is the camera, right the network's answer over it. Now streets that it was not
# trained for.
#
# > **Predict.** (4) The network's largest probability is its confidence. At night, does
# > it fall as far as the share of right pixels? (5) Which of these streets is as easy
# > as those of training?

# %%
SHOWN = budget.pick(4, 9, 9)
some, labels = x_test[: NUM_TEST // 2], y_test[: NUM_TEST // 2]
strange = {
    "as trained": (some, labels),
    "mirrored": (some[:, :, ::-1], labels[:, :, ::-1]),
    "tilted": tuple(
        ndimage.rotate(a, 15, (1, 2), reshape=False, order=0, mode="nearest")
        for a in (some, labels)
    ),
    "fog": ((0.3 * some + 0.7 * 200).astype("uint8"), labels),
    "night": ((some * 0.25).astype("uint8"), labels),
    "upside down": (some[:, ::-1], labels[:, ::-1]),
}
examples, titles = [], []
rights, sures, errs, skies = {}, {}, {}, {}
print("street        IoU  right  sure  sure where wrong  sky found, in %")
for name, (images, truth) in strange.items():
    pairs = [predict(model, images) for model in models["indices"]]
    rights[name] = np.array([100 * np.mean(found == truth) for found, _ in pairs])
    sures[name] = np.array([100 * sure.mean() for _, sure in pairs])
    errs[name] = [100 * sure[found != truth].mean() for found, sure in pairs]
    sky = truth == roads.SKY
    skies[name] = [100 * np.mean(found[sky] == roads.SKY) for found, _ in pairs]
    mean_iou = np.mean([iou(truth, found).mean() for found, _ in pairs])
    print(f"{name:12}{mean_iou:5.0f}{rights[name].mean():7.0f}", end="")
    print(f"{sures[name].mean():6.0f}{np.mean(errs[name]):18.0f}", end="")
    print(f"{np.mean(skies[name]):11.0f}")
    titles.append(f"{name}: {mean_iou:.0f}")
    examples += [images[SHOWN], roads.CLASS_COLORS[pairs[0][0][SHOWN]]]
titles += [""] * len(titles)
pairs = np.stack(examples[::2] + examples[1::2])
figure = plots.image_grid(pairs, titles, columns=6, size=1.8)
plt.show()

# %%
figure, ax = plt.subplots(figsize=(7.5, 3.2))
plots.bands(
    range(len(strange)),
    {
        "pixels right": np.transpose(list(rights.values())),
        "mean confidence": np.transpose(list(sures.values())),
    },
    ax,
    "Right, and sure of it",
)
ax.set_xticks(range(len(strange)), strange)
ax.set(ylabel="%", ylim=(0, 102))
plt.show()
fall = {"lost right pixels, night": rights["as trained"] - rights["night"]}
fall |= {"lost confidence": sures["as trained"] - sures["night"]}
report.compare("night", fall, says="higher")
fall = {"lost right pixels, fog": rights["as trained"] - rights["fog"]}
fall |= {"lost confidence": sures["as trained"] - sures["fog"]}
report.compare("fog", fall, says="higher")
report.compare("sure where wrong", two(errs, "night", "as trained"), says="higher")
report.within("sky at night", {"sky found at night, %": skies["night"]}, 0, 75)
below = {"sky found upside down, %": skies["upside down"]}
report.within("sky below", below, 0, 50)
report.compare("mirrored", two(rights, "mirrored", "as trained"), says="no difference")
driver = [roads.ROAD, roads.CAR, roads.BUILDING, roads.PAVEMENT]
least = [min(found_of(a, c) for c in driver) for a in answers["indices"]]
report.within("recognised", {"least found of the slide's four, %": least}, 60, 100)

# %% [markdown]
# The numbers over the pictures are mean IoU in per cent. *Night* is a picture at a
# quarter of its brightness, and *fog* is 70 % of one grey over it.
#
# **(4)** No. At night and in fog the network loses tens of points of right pixels, and
# its confidence falls far less: by 11 to 15 points at night and 2 to 7 in fog, in nine
# recorded seeds. Where it is wrong at night it is *more* sure than where it is wrong by
# day. So a pixel's confidence does not say how often it is right there. A whole picture
# can still give a warning to those who know the mean confidence by day. In one run with
# `LAYERWISE_SEED=7` each of 100 pictures at night or in fog had a lower mean than each
# of the 100 as trained. (*Bayesian SegNet*, Kendall et al. 2015, arXiv:1511.02680, asks
# in another way: it drops units at random while testing and looks how far the answers
# differ.)
#
# **(5)** Mirrored streets are as easy as those of training. The program draws left and
# right nearly alike: only the light on the trees and the lamps of the cars differ.
# Tilted ones are harder. The last column says something about what was learned. At
# night the sky is still above, and much of it is not found, by seed more or less.
# Upside down it has its colours, and most of it is not found either. So the network
# knows sky neither by its place alone nor by its colours alone.

# %%
folder = os.environ.get("LAYERWISE_CAMVID")
if folder:
    # Colours of the classes in CamVid's label pictures, for the classes we have.
    camvid = {(128, 128, 128): 0, (128, 64, 128): 1, (128, 0, 192): 2, (64, 0, 128): 3}
    camvid |= {(128, 0, 0): 4, (0, 0, 192): 5, (128, 128, 0): 6}
    real, real_labels = roads.read_folder(folder, camvid)
    known = real_labels != 255
    found, _ = predict(models["indices"][0], real)
    print(f"{len(real)} photographs: pixels right", end=" ")
    print(f"{100 * np.mean(found[known] == real_labels[known]):.1f} %")
else:
    print("no photographs: set LAYERWISE_CAMVID to a folder of images/ and labels/")

# %% tags=["headline"]
print("mean IoU:", ", ".join(f"{d} {mean[d].mean():.1f} %" for d in DECODERS), end="; ")
print(f"cars {scores['indices'][:, roads.CAR].mean():.0f} % with indices", end="; ")
print(f"at night {rights['night'].mean():.0f} % right, sure by", end=" ")
print(f"{sures['night'].mean():.0f} %")

# %% [markdown]
# ## 8 · What the slides claim, and what we measured

# %%
report.table()

# %% [markdown]
# The paper throughout: V. Badrinarayanan, A. Kendall, R. Cipolla, *SegNet: A Deep
# Convolutional Encoder-Decoder Architecture for Image Segmentation*, 2015,
# arXiv:1511.00561.

# %% [markdown]
# ## Summary
#
# - Segmentation is classification of every pixel; IoU for each class is its measure.
# - Pooling forgets where. Indices remember it for two bits a window, and bring a part
#   of what whole features bring.
# - The decoders differ at boundaries and on thin things.
# - Class weights trade missed pixels for false ones.
# - At night and in fog the network errs much more, and its confidence falls far less
#   than that.
#
# What we left out: an encoder that was trained before (SegNet starts from VGG-16's
# weights), and augmentation. Mirroring streets would be free.
#
# **Your turn:** [hw11 · SegNet](../../../assignments/en/hw11_segnet/hw11_segnet.ipynb).
# You pool with indices, measure IoU, weigh the loss, and build a network that is judged
# on scenes that it has not seen.
