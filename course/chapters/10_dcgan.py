# %% [markdown]
# # 10 · DCGAN: two networks that train each other
#
# One network draws, the other tells drawings from photographs, and each is trained
# against the other. We train them, measure what is drawn in several ways, and look for
# copies, for collapse, and for what the losses do not say.
#
# **From the slides:** bedrooms generated from zero; pictures that could be taken for
# photographs; a model of how images come about; many images to train on, new images to
# draw; generator and discriminator.
#
# **Time:** the next cell prints what recorded runs took. `LAYERWISE_BUDGET=full` takes
# all ten classes, trains longer, and wants a GPU. `LAYERWISE_SEED=1` repeats everything
# with other seeds. With `LAYERWISE_PICTURES` set to a folder of photographs (LSUN's
# bedrooms, say) section 9 draws those instead of the program's rooms.

# %%
import json
import os
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer start-up messages

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

from layerwise import backends, budget, data, gan_scores, plots, rooms, training
from layerwise.films import film, mosaic
from layerwise.gan_lab import JIT, Ruler, as_uint8
from layerwise.models.dcgan import BETA_1, LATENT, LEARNING_RATE, START
from layerwise.report import Report

plots.use_style()
SEEDS = budget.seeds(budget.pick(1, 3, 3))
ROUNDS, ROOM_ROUNDS = budget.pick((7, 4), (700, 500), (20_000, 40_000))
BATCH = budget.pick(8, 64, 128)
KEPT = budget.pick((0, 1, 9), (0, 1, 9), range(10))  # T-shirts, trousers, ankle boots
RATE, SMOOTH, ROOMS = 1e-3, 0.1, budget.pick(120, 3600, 3600)
report = Report("10_dcgan")
print(report.head())
print(f"{ROUNDS} rounds of {BATCH} pictures, seeds {list(SEEDS)}")

# %% [markdown]
# ## 1 · The game
#
# A *generator* G makes a picture $G(z)$ from noise $z$. A *discriminator* D looks at a
# picture and says how likely it is a photograph, $D(x)$ from 0 to 1. Goodfellow et al.
# (2014, equation 1) let them play for one number:
#
# $$\min_G \max_D V(D, G) = \mathbb{E}_{x \sim p} \left[ \log D(x) \right]
#   + \mathbb{E}_{z} \left[ \log (1 - D(G(z))) \right]$$
#
# Here $p$ is the distribution of photographs; call that of drawings $q$. For a fixed
# generator the best discriminator is known at each picture $x$ (proposition 1):
#
# $$D^*(x) = \frac{p(x)}{p(x) + q(x)}$$
#
# If drawings are distributed as photographs are, $q = p$, and $D^*$ is 1/2 everywhere.
#
# **Label smoothing.** A discriminator that is sure gives logits of any size. So we ask
# for a little less: photographs get the target $1 - s$ with $s = 0.1$ in place of 1,
# and drawings keep 0 (*one-sided*; Salimans et al. 2016). Then
# $D^* = (1 - s)\,p / (p + q)$. The paper of DCGAN does not do this.
#
# The next cell minimises the cross-entropy for two known distributions, by trying 999
# values of D at each point, and compares with the formula.

# %%
points = np.linspace(-3, 5, 161)
p, q = (np.exp(-((points - at) ** 2) / 2) / np.sqrt(2 * np.pi) for at in (0, 2))
values = np.linspace(0.001, 0.999, 999)[:, None]
best = {}
for s in (0, SMOOTH):
    entropy = (1 - s) * np.log(values) + s * np.log(1 - values)
    loss = -(p * entropy + q * np.log(1 - values))  # (values of D, points)
    best[f"best D, smoothing {s}"] = values[loss.argmin(0), 0]
    away = np.abs(best[f"best D, smoothing {s}"] - (1 - s) * p / (p + q)).max()
    print(f"smoothing {s}: the formula is off by {away:.4f} at most")

# %% [markdown]
# The formula is right to the distance of the values that were tried.
#
# > **Predict.** (1) Suppose the drawings are perfect. What can the discriminator do,
# > and what are the losses of both players then (cross-entropies; that of the
# > discriminator the mean of both kinds of pictures), without and with smoothing?

# %% tags=["include"]
from layerwise.gan_lab import equilibrium

# %%
for s in (0, SMOOTH):
    judge, draw = equilibrium(s)
    print(f"smoothing {s}: discriminator {judge:.3f}, generator {draw:.3f}")

# %% [markdown]
# **(1)** It can do nothing better than to give every picture the same answer, 1/2, and
# both losses are log 2, which is 0.693. With smoothing the best answer is 0.45, and the
# losses are 0.688 and 0.799. These are the lines in the figure of section 5.
#
# Now the losses that are trained. Networks give *logits*: D is the sigmoid of a logit,
# and a logit of 0 is D = 1/2.

# %% tags=["include"]
from layerwise.models.dcgan import discriminator_loss, generator_loss

# %%
half = np.zeros((5, 1), "float32")
print(f"losses at D = 1/2: {float(discriminator_loss(half, half)):.3f}", end=" and ")
print(f"{float(generator_loss(half)):.3f}")

# %% [markdown]
# > **Predict.** (2) The generator is not trained on $\log(1 - D)$, as in the formula,
# > but on $-\log D$. Why?

# %%
logits = np.linspace(-8, 8, 9).astype("float32")
slopes = {
    "log(1 − D), as in the game": lambda x: ops.sum(-ops.softplus(x)),
    "−log D, as trained": lambda x: ops.sum(ops.softplus(-x)),
}
for name, fn in slopes.items():
    slope = training.value_and_gradient(fn)(logits)[1]
    slopes[name] = np.abs(ops.convert_to_numpy(slope))
figure, axes = plots.panels(2, width=4.8, height=3.4)
bare = {"marker": ""}
curves = {"photographs, p": p, "drawings, q": q} | best
styles = {name: bare for name in curves}
plots.lines(points, curves, axes[0], "The best discriminator", "x", styles=styles)
plots.lines(logits, slopes, axes[1], "How strongly the generator is told")
axes[1].set(xlabel="the discriminator's logit for a drawing", ylabel="gradient's size")
axes[1].set_ylim(0, 1.4)
axes[1].legend(loc="upper center")
axes[0].legend(fontsize=8)
plt.show()

# %% [markdown]
# **(2)** At the start of a game drawings are seen through: the logit is far on the
# left. There $\log(1 - D)$ has almost no slope, and $-\log D$ has its steepest
# (Goodfellow et al. 2014, section 3).

# %% [markdown]
# ## 2 · The guidelines
#
# Radford, Metz and Chintala (2015) looked for convolutional networks with which this
# game can be trained, and give guidelines (section 3 of the paper; the slope and the
# last three rows are from section 4). The second column says what we do; several of our
# choices differ. (The paper found a rate of 0.001 too high.)
#
# | guideline of the paper | here |
# |---|---|
# | strides in place of pooling, in both | yes |
# | batch normalisation in *both*; not at G's output, nor at D's input | in G only |
# | no fully connected hidden layers | yes; noise enters G through a dense layer |
# | ReLU in G, tanh at its end | yes |
# | leaky ReLU in D, slope 0.2 | yes |
# | Adam, rate 0.0002, $\beta_1$ = 0.5 | rate 0.001, since we play few rounds |
# | weights start with standard deviation 0.02 | in the convolutions |
# | kernels of 5×5, noise uniform, 100 numbers | 4×4, normal, 32 numbers |
#
# We leave batch normalisation out of D, as the DCGAN among Keras's own examples does.
# With it, each picture would be judged together with the others of its batch, and a
# batch of photographs has other statistics than a batch of drawings. Our D has only two
# hidden layers and trains without. Section 8 takes it out of G as well.

# %% tags=["include"]
from layerwise.models.dcgan import discriminator, generator

# %%
for model in (generator(), discriminator()):
    print(f"{model.name}: {model.count_params():,} weights")
    for layer in model.layers[1:]:
        print(f"    {type(layer).__name__:20} {layer.output.shape[1:]}")

# %% [markdown]
# **Why 4×4.** A transposed convolution lays a kernel down at every second pixel. How
# often is each pixel painted? With a kernel of ones and a row of ones the output counts
# it.

# %%
for size in (4, 5):
    paint = layers.Conv2DTranspose(1, size, 2, "same", kernel_initializer="ones")
    counts = ops.convert_to_numpy(paint(np.ones((1, 6, 6, 1), "float32")))[0, 5, :, 0]
    print(f"{size}×{size}, a row in the middle:", counts.astype(int))

# %% [markdown]
# Away from the border 4×4 paints evenly. With 5×5 every second pixel gets more: a
# checkerboard before anything is trained (Odena, Dumoulin and Olah, *Deconvolution and
# Checkerboard Artifacts*, Distill, 2016). A size that the stride divides removes this
# cause, and no more: even and odd pixels are still computed by different weights.
# Section 5 measures whether our drawings have a grid. (Odena et al. recommend to
# enlarge first and to convolve then.)

# %% [markdown]
# ## 3 · A round
#
# Each player has an optimizer of its own and moves only its own weights. In other
# people's code you will often meet Keras's own form of that: a `keras.Model` with a
# `train_step`, which `fit` calls for each batch. Its gradients are TensorFlow's, in the
# open.

# %% tags=["include"]
from layerwise.models.gan_model import GAN

# %% [markdown]
# The same step on every backend: `backends.differentiate` is a gradient tape on
# TensorFlow, `value_and_grad` on JAX and `autograd` on torch; `backends.compiled` is
# `tf.function` and `jit`.
# %% tags=["include"]
from layerwise.training import gradients, make_step

# %%
game = GAN(generator(filters=4), discriminator(filters=4))
print("the game has", len(game.trainable_weights), "arrays of weights, of both players")

# %% [markdown]
# And a round made of two such steps, with label smoothing. A test of the course plays
# three rounds as `GAN` and as `make_game`, and finds equal weights. The chapter goes on
# with the second.

# %% tags=["include"]
from layerwise.models.dcgan import make_game

# %% [markdown]
# ## 4 · Measures
#
# Looking is not measuring. A small classifier of all ten kinds of clothes gives each
# picture 32 features. On these we compare a cloud of drawings with a cloud of
# photographs that neither network has seen:
#
# - *Fréchet distance* (Heusel et al. 2017): how far means and covariances are apart.
# - *Precision* and *recall* (Kynkäänniemi et al. 2019): the share of drawings that lie
#   where photographs lie, and the share of photographs that lie where drawings lie.
#   "Where" is a union of balls around the points, each as large as the distance to the
#   point's third neighbour.
# - *Kinds*: how many classes the classifier names, each counted by its share.
# - *Spread*: the mean distance of two drawings, in pixels, beside that of photographs.
#
# With the features of Inception v3, and usually 50,000 pictures, the first is called
# FID. Ours is not FID, and its numbers can be compared among themselves only: with one
# classifier, and one number of pictures.

# %%
(images, labels), (test_images, test_labels) = data.fashion_mnist()
images = images / np.float32(127.5) - 1
test_images = test_images / np.float32(127.5) - 1
clothes = images[np.isin(labels, KEPT)][: budget.pick(300, None, None)]
photographs = test_images[np.isin(test_labels, KEPT)][: budget.pick(120, None, None)]
COUNT = len(photographs)  # as many drawings are judged

few, epochs = budget.pick((640, 1), (None, 4), (None, 10))
ruler = Ruler(images[:few], labels[:few], photographs, epochs, SEEDS[0])
right = ruler.classifier.evaluate(test_images, test_labels, verbose=0)[1]
print(f"the classifier is right on {100 * right:.1f} % of all test photographs")

# %% [markdown]
# **What would perfect drawings score?** Not 0 and not 1: two finite clouds of the same
# kind differ too, and the fewer pictures, the more. (The bias is known: Chong and
# Forsyth 2020, arXiv:1911.07023.) So photographs of the *training* set take the place
# of drawings, as many as there will be drawings. (The classifier was trained on them,
# as it is not on drawings.)

# %%
rng = np.random.default_rng(SEEDS[0])
for count in (COUNT // 6, COUNT // 2, COUNT):
    floors = []
    for _ in range(5):
        drawn = ruler.read(clothes[rng.choice(len(clothes), count, False)])[0]
        pair = ruler.real[rng.choice(COUNT, count, False)], drawn
        floors.append((gan_scores.frechet(*pair), *gan_scores.precision_recall(*pair)))
    floors = np.array(floors)  # (draws, scores)
    print(f"{count:3} photographs: distance {floors[:, 0].mean():.2f}", end="")
    print(f" ({floors[:, 0].min():.2f} to {floors[:, 0].max():.2f}),", end=" ")
    print("precision {1:.2f}, recall {2:.2f}".format(*floors.mean(0)))

# %% [markdown]
# The last line is the yardstick for what follows: the same number of pictures on both
# sides.

# %% [markdown]
# ## 5 · Play
#
# > **Predict.** (3) In a game that goes well, what happens to the two losses? (4) And
# > how often is the discriminator right at the end, on photographs that it never saw
# > and on new drawings?

# %% tags=["include"]
from layerwise.gan_lab import play

# %%
LOOKS = sorted({max(1, round(ROUNDS * k / 14)) for k in (1, 2, 4, 8, 14)})
EARLY = LOOKS.index(max(1, round(ROUNDS * 4 / 14)))
fixed = rng.normal(size=(32, LATENT)).astype("float32")
noise = rng.normal(size=(COUNT, LATENT)).astype("float32")


def game_of(seed, rounds, normalise=True, rate=RATE):
    """Plays a game: its state, losses, scores at some rounds, and a film."""
    keras.utils.set_random_seed(seed)
    generate, judge = generator(normalise=normalise), discriminator()
    game = make_game(generate, judge, rate, SMOOTH)
    rng, found, frames = np.random.default_rng(seed), [], []

    def look(number):
        if number in LOOKS:
            found.append(ruler.scores(generate, judge, noise))
        if seed == SEEDS[0] and (number in LOOKS or number % 25 == 0):
            frames.append(as_uint8(generate.predict(fixed, verbose=0)))

    losses = play(game, clothes, rounds, rng, BATCH, look=look)
    return (generate, judge, game, rng), losses, found, frames


def show(rows, title):
    """Draws rows of pictures, ten in each."""
    plots.image_grid(as_uint8(np.concatenate(rows)), size=0.8, title=title)
    plt.show()


def gather(runs, name):
    """Returns one score of all runs: (seeds, looks)."""
    return np.array([[one[name] for one in run[2]] for run in runs])


# %%
runs = [game_of(seed, ROUNDS) for seed in SEEDS]
film(np.stack([mosaic(frame, 8) for frame in runs[0][3]]), seconds=0.15, scale=2)

# %% [markdown]
# The film shows the same 32 points of noise while the generator of the first seed
# learns: first a grey pattern, then blobs, then shapes of clothes. Now and then the
# picture of one noise vector turns from one garment into another.

# %%
generate = runs[0][0][0]
drawings = [run[0][0].predict(noise, 200, verbose=0) for run in runs]
some = photographs[:: COUNT // 10][:10]
show([drawings[0][:20], some], "two rows of drawings, first seed; one of photographs")

# %%
losses = np.array([run[1] for run in runs])  # (seeds, rounds, 2)
window = max(1, ROUNDS // 20)
middle = np.arange(ROUNDS - window + 1) + (1 + window) / 2  # of each window
means = np.lib.stride_tricks.sliding_window_view(losses, window, axis=1).mean(-1)
figure, axes = plots.panels(4, columns=2, width=4.8, height=3.2)
players = {"discriminator": plots.BLUE, "generator": plots.VERMILION}
curves = {name: means[..., index] for index, name in enumerate(players)}
styles = {name: bare | {"color": color} for name, color in players.items()}
plots.bands(middle, curves, axes[0], "Losses", "round", styles=styles)
axes[1].set_yscale("log")
rest = ["distance"], ["precision", "recall"], ["right"]
for ax, names in zip(axes[1:], rest, strict=True):
    plots.bands(LOOKS, {name: gather(runs, name) for name in names}, ax, xlabel="round")
levels = [*equilibrium(SMOOTH), *floors.mean(0)[:2], 0.5]
colors = [*players.values(), *[plots.INK] * 3]
for place, level, color in zip((0, 0, 1, 2, 3), levels, colors, strict=True):
    axes[place].axhline(level, color=color, ls=":", lw=1.5)
axes[1].set_title("Fréchet distance")
axes[2].set_title("Precision and recall")
axes[3].set_title("How often the discriminator is right")
plt.show()

# %% [markdown]
# Lines are means and bands run from the least to the greatest of the seeds. Losses are
# means over a window, each drawn at the middle of its window. Dotted lines: the
# equilibrium of section 1 with smoothing, photographs in place of drawings (their
# recall is about their precision), and a coin.

# %%
for name in runs[0][2][0]:
    print(f"{name:12}", end="")
    for place in (EARLY, -1):
        here = gather(runs, name)[:, place]
        print(f"  round {LOOKS[place]:4}: {np.round(here, 2)}", end="")
    print()
distance = gather(runs, "distance")
rounds = f"round {LOOKS[EARLY]}", f"round {LOOKS[-1]}"
pair = dict(zip(rounds, distance[:, [EARLY, -1]].T, strict=True))
report.compare("distance falls", pair, says="higher", unit="in distance")
late = {f"discriminator's loss, last {window} rounds": losses[:, -window:, 0].mean(1)}
report.within("loss at the end", late, 0.55, 0.72)
early = losses[:, LOOKS[EARLY] - 1 : LOOKS[EARLY] - 1 + window, 0].mean(1)
soon = {f"the same from round {LOOKS[EARLY]} on": early}
report.within("loss early", soon, 0.55, 0.72)
pair = {"drawings": distance[:, -1], "photographs": floors[:, 0]}
report.compare("above the floor", pair, says="higher", unit="in distance")
pair = {"drawings": gather(runs, "precision")[:, -1], "photographs": floors[:, 1]}
report.compare("precision", pair, says="lower", unit="in precision", digits=2)

# %% [markdown]
# **(3)** The discriminator's loss is near its equilibrium (0.688) long before the end
# and stays there (in the recorded runs 0.66 to 0.67 from round 200 on, 0.64 to 0.66 at
# the end), while the distance falls to about a third or less. (The generator's stays
# above its own: the players are not at the equilibrium.) A loss says who is ahead. It
# does not say how good the drawings are. At the end the distance is still several times
# that of photographs, and fewer drawings than photographs lie where photographs lie.
#
# **(4)** See the row *right*: a share that is nearer to a coin's than to 1. Does that
# mean that drawings can be taken for photographs? Ask another one: a *new*
# discriminator, trained for two epochs while the generator stands still, and tested on
# photographs and drawings that it has not seen. (A test of two samples by a classifier;
# Lopez-Paz and Oquab, 2017, arXiv:1610.06545.)

# %% tags=["include"]
from layerwise.gan_lab import new_judge, share_right

# %%
fresh = []
for seed, run, drawn in zip(SEEDS, runs, drawings, strict=True):
    others = np.random.default_rng(seed).normal(size=(len(clothes), LATENT))
    others = run[0][0].predict(others.astype("float32"), 200, verbose=0)
    judge = new_judge(clothes, others, seed)
    fresh.append(100 * share_right(judge, photographs, drawn))
ours = 100 * gather(runs, "right")[:, -1]
pair = {"a new discriminator": fresh, "that of the game": ours}
print({name: np.round(values, 1).tolist() for name, values in pair.items()})
report.compare("a new discriminator", pair, says="higher")
report.within("the game's own", {"right answers of the game's, %": ours}, 35, 75)
report.within("told apart", {"right answers of a new one, %": fresh}, 80, 100)

# %% [markdown]
# The new one is nearly always right. So the drawings are easily told from photographs,
# and a discriminator that guesses does not show the opposite. Likely reasons, which we
# did not test one by one: each step of the generator is made to fool the discriminator
# of the game, and the drawings change with every round. The new one also learns without
# smoothing, with Adam's usual $\beta_1$, and from drawings of the moving statistics.
# (With smoothing the answer to perfect drawings is 0.45, and *right* draws the line at
# 1/2: photographs between the two count against the discriminator of the game.)
#
# **The grid.** Is a checkerboard in the drawings? Take from each pixel the mean of its
# four neighbours, and ask which share of what is left keeps step with even and odd
# columns or rows.

# %% tags=["include"]
from layerwise.gan_scores import grid

# %%
pair = {
    "drawings": [100 * grid(drawn).mean() for drawn in drawings],
    "photographs": [100 * grid(some).mean() for some in np.array_split(photographs, 3)],
}
print("in step with the grid, %:", {k: np.round(v, 2) for k, v in pair.items()})
report.compare("grid", pair, says="higher")

# %% [markdown]
# There is a grid, though the kernels paint evenly. How strong it is differs from seed
# to seed.

# %% [markdown]
# ## 6 · New pictures, or copies?
#
# The slides say that a trained model generates *new* pictures. A generator could also
# have learned photographs by heart. Compare drawings with the photographs they were
# trained on: how far is the nearest one? Photographs of the test set, which were not
# trained on, are the yardstick. And to see that the test finds copies, we make a
# generator that does learn by heart: 32 photographs for 32 fixed points of noise, by
# squared error.

# %% tags=["include"]
from layerwise.gan_lab import learn_by_heart

# %%
keras.utils.set_random_seed(SEEDS[0])
by_heart = generator()
learn_by_heart(by_heart, fixed, clothes[:32], budget.pick(2, 300, 300))
copies = by_heart.predict(fixed, verbose=0)

kinds = {"drawings": drawings[0], "test photographs": photographs, "copies": copies}
nearest = {name: gan_scores.nearest(some, clothes) for name, some in kinds.items()}
for name, (far, _) in nearest.items():
    print(f"{name:17} nearest training photograph at {np.median(far):5.2f} (median)")
usual = np.median(nearest["test photographs"][0])
ratios = [np.median(gan_scores.nearest(d, clothes)[0]) / usual for d in drawings]
report.within("drawings are new", {"distance beside test photographs'": ratios}, 1, 3)
ratio = {"the same of copies": [np.median(nearest["copies"][0]) / usual]}
report.within("copies are found", ratio, 0, 0.7)
rows = drawings[0][:10], some
near = [clothes[gan_scores.nearest(row, clothes)[1]] for row in rows]
show(
    rows, "drawings and their nearest training photographs; test photographs and theirs"
)

# %% [markdown]
# In the median the drawings are further from the training photographs than new ones
# are. So at least half of them are no copies. They are not better for that: a bad
# drawing is far from everything.
# (Pixels are a crude measure: a copy that is moved by two pixels is far away too.)
#
# **Walks.** A walk is often shown as the proof: go in a straight line from one point of
# noise to another, and look at what is drawn on the way.
#
# > **Predict.** (5) On the way from one drawing to another, do the pictures fade into
# > each other, or change shape? What does the generator draw that learned by heart?

# %%
ends = [(0, 9), (3, 14)]
parts = np.linspace(0, 1, 10)[:, None].astype("float32")
walks = np.concatenate([(1 - parts) * fixed[a] + parts * fixed[b] for a, b in ends])
walk, other = (model.predict(walks, verbose=0) for model in (generate, by_heart))
part = parts[..., None, None]
rows = [(1 - part) * walk[0] + part * walk[9], walk, other[:10]]
show(rows, "a fade of pixels; two walks; a walk of the generator that learned by heart")

# %% [markdown]
# **(5)** On a walk the picture changes in small steps, and so it does with the
# generator that learned by heart, by way of a blur. A network is a continuous function:
# *every* generator walks without jumps, if the steps are small. What a walk can show is
# what lies between.
# Measure it: take pairs of noise whose drawings the classifier calls by different
# names, and judge the drawings at the middle between them, beside fades: the means of
# the two pictures.

# %%
between = np.array([ruler.between(run[0][0], noise) for run in runs])  # (seeds, 3, 2)
for place, name in enumerate(("drawings", "middles of the noise", "fades")):
    print(f"{name:20} distance {np.round(between[:, place, 0], 1)}", end="")
    print(f", precision {np.round(between[:, place, 1], 2)}")
pair = {"middles": between[:, 1, 0], "fades": between[:, 2, 0]}
report.compare("middles, distance", pair, says="lower", unit="in distance")
pair = {"middles": between[:, 1, 0], "drawings": between[:, 0, 0]}
report.compare("middles, drawings", pair, says="higher", unit="in distance")

# %% [markdown]
# As a cloud, middles of the noise are nearer to photographs than fades are, and further
# away than the drawings themselves. So what lies between is not a fade. Look at
# the column of precisions, too (no verdict holds it): do fades, which nobody would call
# a garment, come close to drawings? Balls around points in 32 features of a classifier
# are a coarse measure. It finds drawings that are *nowhere* near photographs, and not
# those that are merely bad.
#
# (In many dimensions the middle of two points of noise is nearer to the origin than
# points of noise usually are, which may be a part of why middles are further away.
# White, 2016, arXiv:1609.04468, walks on a sphere instead, and you will do so in the
# assignment.)

# %% [markdown]
# ## 7 · Stop and go on
#
# A long game must survive a power cut. What has to be kept? The weights of both
# players, with their moving statistics; what both optimizers remember; and the state of
# the random generator that draws batches and noise. We save all of it, play five
# rounds, load, and play them again. Then we forget one of the three.

# %% tags=["include"]
from layerwise.gan_lab import bring_back, keep, variables_of

# %%
generate, judge, game, game_rng = runs[0][0]
whole = variables_of(generate, judge, game)
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "game.npz")
    keep(path, whole, game_rng)
    first = play(game, clothes, 5, game_rng, BATCH)
    for forgotten in ("nothing", "the optimizers' memory", "the random state"):
        bring_back(path, whole, game_rng)
        if forgotten == "the optimizers' memory":
            for variable in variables_of(game):
                if variable.name != "learning_rate":
                    variable.assign(ops.zeros_like(variable))
        other = np.random.default_rng(1) if "random" in forgotten else game_rng
        away = np.abs(play(game, clothes, 5, other, BATCH) - first).max()
        print(f"forgotten: {forgotten:23} losses differ by {away:.0e}")
    bring_back(path, whole, game_rng)

# %% [markdown]
# With everything brought back, the same five rounds are played again. What is forgotten
# makes another game of it. (On a GPU sums may be added in another order, and the
# difference need not be 0.)

# %% [markdown]
# ## 8 · Collapse
#
# A generator need not draw all that there is. It is enough to draw the *one* picture of
# which the discriminator is most sure. When many points of noise give the same picture,
# or the same few, that is called *mode collapse*.
#
# **A try.** Goodfellow et al. (2014, section 6) warn that G must not be trained
# too much without updating D. So take the games of section 5 where they ended, and play
# on twice from the same state, with the same noise: once as before, and once with a
# discriminator that stands still.
#
# > **Predict.** (6) Which measures of section 4 change when the discriminator stands
# > still: precision, recall, kinds? And what does that discriminator say to the
# > drawings?

# %%
MORE, after = budget.pick(2, 100, 1000), {"as before": [], "D stands still": []}
for (generate, judge, game, dice), *_ in runs:
    whole = variables_of(generate, judge, game)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "game.npz")
        keep(path, whole, dice)
        for found, rule in zip(after.values(), (game, game.alone), strict=True):
            bring_back(path, whole, dice)
            play(rule, clothes, MORE, dice, BATCH)
            found.append(ruler.scores(generate, judge, noise))
for name in after["as before"][0]:
    print(
        f"{name:10}", {k: [round(one[name], 2) for one in v] for k, v in after.items()}
    )
pictures = [run[0][0].predict(noise[:10], verbose=0) for run in runs]
show(pictures, f"{MORE} steps of the generator later: a row for each seed")


# %%
def ends(name):
    """Names one score of both arms, the discriminator that stands still first."""
    return {arm: [one[name] for one in after[arm]] for arm in reversed(after)}


report.compare("still, kinds", ends("kinds"), says="not higher", unit="kinds")
report.compare("still, recall", ends("recall"), says="lower", unit="in recall")
report.compare("still, precision", ends("precision"), says="not higher", unit="units")
report.compare("still, right", ends("right"), says="lower", unit="of right answers")

# %% [markdown]
# **(6)** Recall falls far with every seed: fewer photographs lie where drawings lie.
# The discriminator is wrong more often than right. The drawings go wherever this one
# discriminator takes them for photographs, and nothing answers. Precision falls with
# some seeds and not with all. The number of kinds is 3 to 6 in the recorded runs, with
# both rules (the photographs have three classes: the classifier names others too). That
# excludes one class for all drawings. It does not exclude few pictures, or pictures of
# nothing: the classifier must name a class for any pattern. So in these 100 steps we do
# *not* see the collapse to one garment that is often told. With more steps it may come.
#
# **A guideline against it.** Radford et al. (2015, section 3) put batch normalisation
# into both networks. It proved critical, they write, for deep generators to begin to
# learn, and it keeps the generator from collapsing all samples to a single point. Ours
# is not deep. Take it out: the same rounds, rate, photographs and noise. With it two
# small things change, the biases and the start of the weights; the paper's small start
# is meant for layers that are normalised.

# %%
plain_runs = [game_of(seed, LOOKS[EARLY], normalise=False) for seed in SEEDS]
figure, axes = plots.panels(4, width=3.2, height=3.0)
for ax, name in zip(axes, ("spread", "kinds", "recall", "distance"), strict=True):
    arms = {"without": gather(plain_runs, name), "with": gather(runs, name)}
    arms = {arm: values[:, : EARLY + 1] for arm, values in arms.items()}
    plots.bands(LOOKS[: EARLY + 1], arms, ax, name.capitalize(), "round")
plt.show()


# %%
def at(place, name):
    """Names one score of both arms at one look."""
    return {
        f"{arm} normalisation, round {LOOKS[place]}": gather(some, name)[:, place]
        for arm, some in (("without", plain_runs), ("with", runs))
    }


report.compare("norm, spread", at(EARLY - 1, "spread"), says="lower", unit="in spread")
report.compare("norm, recall", at(EARLY, "recall"), says="lower", unit="in recall")
report.compare("norm, far", at(EARLY, "distance"), says="higher", unit="in distance")
other = plain_runs[:1]
if budget.level() != "smoke":
    other = [game_of(SEEDS[0], LOOKS[EARLY], normalise=False, rate=RATE / 3)]
one = {"without, a third of the rate": gather(other, "recall")[:, -1]}
pair = one | {"with": gather(runs, "recall")[:, EARLY]}
report.compare("norm, other rate", pair, says="lower", unit="in recall", digits=2)

# %% [markdown]
# Without normalisation the drawings of round 100 are more alike: their spread is 0.16
# to 0.61 of the photographs', beside 0.89 to 0.98 (recorded runs; pale pictures have a
# small spread too). That is a collapse in part. Look in the figure whether it passes by
# round 200. Recall stays behind at equal rounds, and with one seed a run at a third of
# the rate too; larger rates were not tried. So here the generator with normalisation,
# and with its start, needs fewer rounds. It is not the only way: the DCGAN among
# Keras's own examples has none in either network.

# %% [markdown]
# ## 9 · Bedrooms
#
# The slides show bedrooms. In the paper they have 64×64 pixels, and the generator was
# trained on a little over three million photographs from LSUN. We have a program that
# draws rooms of 32×32 pixels, and three thousand of them; six hundred more are kept
# back.

# %%
folder = os.environ.get("LAYERWISE_PICTURES")
bedrooms = rooms.read_pictures(folder) if folder else rooms.rooms(ROOMS, SEEDS[0])
bedrooms = bedrooms / np.float32(127.5) - 1
held_out, bedrooms = bedrooms[: len(bedrooms) // 6], bedrooms[len(bedrooms) // 6 :]
keras.utils.set_random_seed(SEEDS[0])
room_generate = generator(bedrooms.shape[1:])
room_judge = discriminator(bedrooms.shape[1:])
room_game = make_game(room_generate, room_judge, RATE, SMOOTH)
play(room_game, bedrooms, ROOM_ROUNDS, rng, BATCH)
drawn = room_generate.predict(noise, 200, verbose=0)
show([held_out[:10], drawn[:20]], "one row of rooms, two rows of drawings")
far = [np.median(gan_scores.nearest(some, bedrooms)[0]) for some in (drawn, held_out)]
far = {"distance beside other rooms'": [far[0] / far[1]]}
report.within("rooms are new", far, 0.8, 3)

# %% [markdown]
# After so few rounds the drawings are coarse: bed, window and floor can be guessed, and
# nobody would take them for the program's rooms. In the median they are further from
# the rooms of the training set than other rooms are, so at least half are no copies;
# here, too, that is no praise. The paper's generator is larger, has four transposed
# convolutions, and saw a thousand times as many pictures.

# %% tags=["headline"]
for name, form in (("distance", ".1f"), ("precision", ".2f"), ("recall", ".2f")):
    here = gather(runs, name)[:, -1]
    print(f"{name} {here.mean():{form}} ({here.min():{form}} to {here.max():{form}})")
print("photographs: {:.1f}, {:.2f}, {:.2f}".format(*floors.mean(0)))

# %% [markdown]
# ## 10 · What the slides claim, and what we measured

# %%
report.table()

# %% [markdown]
# The papers throughout: I. Goodfellow and others, *Generative Adversarial Networks*,
# 2014, arXiv:1406.2661; A. Radford, L. Metz, S. Chintala, *Unsupervised Representation
# Learning with Deep Convolutional Generative Adversarial Networks*, 2015,
# arXiv:1511.06434. Measures: M. Heusel and others, *GANs Trained by a Two Time-Scale
# Update Rule Converge to a Local Nash Equilibrium*, 2017, arXiv:1706.08500;
# T. Kynkäänniemi and others, *Improved Precision and Recall Metric for Assessing
# Generative Models*, 2019, arXiv:1904.06991. Label smoothing: T. Salimans and others,
# *Improved Techniques for Training GANs*, 2016, arXiv:1606.03498.
#
# **Where this stands now.** Many image generators of today are diffusion models, which
# learn to take noise out of a picture in many small steps (Dhariwal and Nichol,
# *Diffusion Models Beat GANs on Image Synthesis*, 2021, arXiv:2105.05233). A GAN draws
# in a single pass of its generator.

# %% [markdown]
# ## Summary
#
# - Two losses, two optimizers: each player moves only its own weights.
# - At the equilibrium D is 1/2 and both losses are log 2; label smoothing moves them to
#   0.688 and 0.799. Losses near these do not mean good drawings.
# - A measure needs its yardstick: photographs in place of drawings, as many of them.
# - A discriminator that is often wrong does not mean that drawings pass for
#   photographs: a new one told them apart.
# - Without batch normalisation in G the drawings are more alike at first. With a
#   discriminator that stands still, fewer photographs are covered.
# - Smooth walks prove nothing about copying. Nearest neighbours say more.
# - A game's state is weights, optimizers' memory and random generators.
#
# **Your turn:** [hw10 · DCGAN](../../../assignments/en/hw10_dcgan/hw10_dcgan.ipynb).
# You write both losses and both steps, build by the guidelines, and play a game whose
# outcome is known.
