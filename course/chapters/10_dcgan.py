# %% [markdown]
# # 10 · DCGAN: draw what was never photographed
#
# Two networks play against each other. One draws, the other tells drawings from
# photographs, and both get better. We train them, film them, measure them, and break
# them on purpose.
#
# **From the slides:** generating images from zero; bedrooms by DCGAN; generator and
# discriminator.
#
# **Time:** about four minutes on two cores. `LAYERWISE_BUDGET=full` takes all ten
# classes and trains longer; with LAYERWISE_PICTURES set to a folder of photographs
# (LSUN's bedrooms, say) it draws those instead of the program's rooms.

# %%
import os
import tempfile
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer start-up messages

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import initializers, layers, ops

from layerwise import budget, data, gan_scores, plots, rooms, training
from layerwise.films import film, mosaic
from layerwise.models import dcgan
from layerwise.models.dcgan import BETA_1, LATENT, LEARNING_RATE, START

plots.use_style()
STEPS, ROOM_STEPS = budget.pick((4, 4), (1800, 1300), (20_000, 40_000))
BATCH = budget.pick(8, 64, 128)
KEPT = budget.pick(range(10), (0, 1, 9), range(10))
print(f"budget {budget.level()}: {STEPS} rounds of {BATCH} pictures")

# %% [markdown]
# ## 1 · The game
#
# The discriminator says for each picture how real it looks, a logit. It wants 1 for
# photographs and 0 for drawings. The generator makes a picture from noise, and wants
# the discriminator to say 1.

# %% tags=["include"]
from layerwise.models.dcgan import discriminator_loss, generator_loss

# %% [markdown]
# > **Predict.** Suppose the drawings are perfect. What can the discriminator do, and
# > what are both losses then?

# %%
undecided = np.zeros((5, 1), "float32")
print(f"undecided: {float(discriminator_loss(undecided, undecided)):.4f}", end=" and ")
print(f"{float(generator_loss(undecided)):.4f}; log 2 is {np.log(2):.4f}")
logits = np.linspace(-8, 8, 9)
slope = training.value_and_gradient(lambda x: ops.sum(ops.softplus(-x)))
saturating = training.value_and_gradient(lambda x: ops.sum(-ops.softplus(x)))
x = logits.astype("float32")
plots.lines(
    logits,
    {
        "log(1 − D), as in the game": np.abs(ops.convert_to_numpy(saturating(x)[1])),
        "−log D, as trained": np.abs(ops.convert_to_numpy(slope(x)[1])),
    },
    title="How strongly the generator is told",
    xlabel="the discriminator's logit for a drawing",
    ylabel="gradient's size",
)
plt.show()

# %% [markdown]
# At the equilibrium the discriminator guesses, and both losses are log 2. The figure
# shows why the generator does not simply get the discriminator's loss with the other
# sign: at the start its drawings are seen through (far left), and then that loss has no
# slope. −log D has its steepest slope just there.

# %% [markdown]
# ## 2 · The guidelines
#
# Before 2015 such games hardly ever worked with convolutions. Radford, Metz and
# Chintala found what helps:
#
# | guideline | reason |
# |---|---|
# | strided convolutions, no pooling | it learns its own way to halve and double |
# | batch normalisation in the generator | gradients reach its start; drawings vary |
# | no hidden dense layers | places stay places |
# | ReLU and tanh in the generator | a picture is bounded, as photographs are |
# | leaky ReLU in the discriminator | a gradient for every drawing |
# | Adam with β₁ = 0.5 | the opponent moves: old gradients mislead |

# %% tags=["include"]
from layerwise.models.dcgan import discriminator, generator

# %%
for model in (generator(), discriminator()):
    print(f"{model.name}: {model.count_params():,} weights")
    for layer in model.layers[1:]:
        print(f"    {type(layer).__name__:20} {layer.output.shape[1:]}")

# %% [markdown]
# Small ones: two layers of 4×4 kernels each. (A kernel size that the stride divides
# paints every pixel equally often; 5×5 with stride 2 would leave a checkerboard.)

# %% [markdown]
# ## 3 · A round
#
# Each player has its own optimiser, and moves only its own weights. `make_step`
# compiles that on every backend.

# %% tags=["include"]
from layerwise.models.dcgan import make_game

# %%
(images, labels), (test_images, test_labels) = data.fashion_mnist()
chosen = np.isin(labels, KEPT)
clothes = images[chosen] / np.float32(127.5) - 1
rng = np.random.default_rng(0)
fixed = rng.normal(size=(32, LATENT)).astype("float32")


def as_uint8(pictures):
    """From -1…1 to pixels with three channels."""
    pixels = np.clip((pictures + 1) * 127.5, 0, 255).astype("uint8")
    return pixels.repeat(3 // pixels.shape[-1], axis=-1)


def play(game, generate, pictures, steps, seed=0, look=None):
    """Plays rounds; returns losses, and drawings of the fixed noise along the way."""
    rng = np.random.default_rng(seed)
    losses, frames = [], []
    for step in range(steps):
        batch = pictures[rng.integers(len(pictures), size=BATCH)]
        noise = rng.normal(size=(BATCH, LATENT)).astype("float32")
        losses.append([float(loss) for loss in game(batch, noise)])
        if step % max(1, steps // 30) == 0 or step == steps - 1:
            frames.append(as_uint8(generate.predict(fixed, verbose=0)))
            if look is not None:
                look(step + 1)
    return np.array(losses), np.stack(frames)


# %% [markdown]
# Looking is not measuring. A small classifier of clothes gives each picture features;
# on these we compare clouds of drawings with clouds of photographs. *Precision*: how
# many drawings lie where photographs lie. *Recall*: how many photographs lie where
# drawings lie. *Fréchet distance*: how far means and covariances are apart.

# %%
keras.utils.set_random_seed(0)
classifier = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        layers.Conv2D(16, 3, 2, "same", activation="relu"),
        layers.Conv2D(32, 3, 2, "same", activation="relu"),
        layers.Flatten(),
        layers.Dense(32, "relu"),
        layers.Dense(10),
    ]
)
classifier.compile(
    keras.optimizers.Adam(2e-3),
    keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
    jit_compile=keras.backend.backend() != "tensorflow",
)
everything = images / np.float32(127.5) - 1
classifier.fit(everything, labels, 128, budget.pick(1, 4, 10), verbose=0)
reader = keras.Model(classifier.inputs, classifier.layers[-2].output)
unseen = np.isin(test_labels, KEPT)
photographs = test_images[unseen] / np.float32(127.5) - 1
real = reader.predict(photographs, verbose=0)
halves = real[: len(real) // 2], real[len(real) // 2 :]
print(
    f"photographs among themselves: distance {gan_scores.frechet(*halves):.1f}",
    end=", ",
)
print("precision {:.2f}, recall {:.2f}".format(*gan_scores.precision_recall(*halves)))

# %% [markdown]
# That line is what perfect drawings would score.

# %%
keras.utils.set_random_seed(1)
generate, judge = generator(), discriminator()
game = make_game(generate, judge, 4e-4, smooth=0.1)
latent = np.random.default_rng(9).normal(size=(600, LATENT)).astype("float32")
scores = []


def look(step):
    """Scores six hundred drawings."""
    drawn = reader.predict(generate.predict(latent, verbose=0), verbose=0)
    found = gan_scores.frechet(real, drawn), *gan_scores.precision_recall(real, drawn)
    scores.append((step, *found))


began = time.perf_counter()
losses, frames = play(game, generate, clothes, STEPS, look=look)
print(f"{STEPS} rounds in {time.perf_counter() - began:.0f} s")
film(np.stack([mosaic(frame, 8) for frame in frames]), seconds=0.15, scale=2)

# %% [markdown]
# The film shows the same 32 points of noise as the generator learns: fog, then blobs,
# then shirts, trousers and boots. A drawing changes its mind now and then.

# %%
figure = plots.image_grid(
    np.concatenate([frames[-1][:16], as_uint8(photographs[:16])]),
    columns=8,
    size=1.0,
    title="two rows of drawings, two rows of photographs",
)
plt.show()
scores = np.array(scores)
figure, axes = plots.panels(3, width=4.0, height=3.2)
window = np.ones(max(1, STEPS // 40)) / max(1, STEPS // 40)
smooth = {
    name: np.convolve(losses[:, index], window, "valid")
    for index, name in enumerate(("discriminator", "generator"))
}
plots.lines(
    np.arange(len(smooth["generator"])),
    smooth,
    axes[0],
    "Losses tell little",
    "round",
    styles={name: {"marker": ""} for name in smooth},
)
axes[0].axhline(np.log(2), color=plots.GREY, ls=":", lw=1)
bare = {"marker": ""}
plots.lines(
    scores[:, 0],
    {"": scores[:, 1]},
    axes[1],
    "Fréchet distance",
    "round",
    log=True,
    styles={"": bare},
)
plots.lines(
    scores[:, 0],
    {"precision": scores[:, 2], "recall": scores[:, 3]},
    axes[2],
    "Precision and recall",
    "round",
    styles={"precision": bare, "recall": bare},
)
plt.show()

# %% [markdown]
# The losses soon stay where they are, near log 2 (dotted), while the drawings go on
# getting better: losses say who is ahead. The distance falls. Precision and recall tell
# different stories: likely drawings, and many kinds of them.

# %% [markdown]
# ## 4 · Between two drawings
#
# > **Predict.** Go in a straight line from one point of noise to another. Do the
# > pictures fade into each other, or change shape?

# %%
ends = [(0, 9), (3, 14), (5, 22)]
walks = [
    (1 - part) * fixed[a] + part * fixed[b]
    for a, b in ends
    for part in np.linspace(0, 1, 10)
]
walk = as_uint8(generate.predict(np.stack(walks), verbose=0))
first, last = walk[:10:9]
fade = [(1 - part) * first + part * last for part in np.linspace(0, 1, 10)]
figure = plots.image_grid(
    np.concatenate([np.array(fade, "uint8"), walk]),
    columns=10,
    size=1.0,
    title="first row: two drawings faded by pixels; below: walks through the noise",
)
plt.show()

# %% [markdown]
# On the walk each step is a drawing of its own: the generator has not learned pictures
# by heart, but a map. Fading shows two garments at once instead.

# %% [markdown]
# ## 5 · Collapse, on purpose
#
# A generator need not draw all that there is: one convincing boot fools a discriminator
# that cannot keep up. We give the discriminator a learning rate that is twenty times
# smaller.

# %%
keras.utils.set_random_seed(1)
lazy_generate, lazy_judge = generator(), discriminator()
lazy = make_game(lazy_generate, lazy_judge, 2e-3)
lazy.optimizers[0].learning_rate = 1e-4
_, lazy_frames = play(lazy, lazy_generate, clothes, STEPS // 3)
drawn = reader.predict(lazy_generate.predict(latent, verbose=0), verbose=0)
lazy_scores = gan_scores.precision_recall(real, drawn)
figure = plots.image_grid(lazy_frames[-1][:24], columns=8, size=1.0)
plt.show()
print("collapsed: precision {:.2f}, recall {:.2f}".format(*lazy_scores))
print("fair game: precision {:.2f}, recall {:.2f}".format(*scores[-1, 2:]))

# %% [markdown]
# The drawings are coarse and alike, and cover fewer of the photographs. Recall finds
# it; a look at three drawings would not.

# %% [markdown]
# ## 6 · Stop and go on
#
# A long game must survive a power cut. Its whole state are four lists: the weights of
# both players, and what both optimisers remember.


# %%
def state(models, optimizers):
    """Everything that a game needs to go on, as arrays."""
    variables = [v for m in models for v in m.weights]
    variables += [v for o in optimizers for v in o.variables]
    return [ops.convert_to_numpy(v) for v in variables], variables


arrays, variables = state((generate, judge), game.optimizers)
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "game.npz")
    np.savez(path, *arrays)
    first_time, _ = play(game, generate, clothes, 5, seed=7)
    with np.load(path) as saved:
        for variable, name in zip(variables, saved.files, strict=True):
            variable.assign(saved[name])
    again, _ = play(game, generate, clothes, 5, seed=7)
print("five rounds, and the same five after loading: largest difference", end=" ")
print(f"{np.abs(first_time - again).max():.0e}")

# %% [markdown]
# The optimisers' memory belongs to the state: without it the first steps after a pause
# would be other steps.

# %% [markdown]
# ## 7 · Bedrooms
#
# The slides show bedrooms, drawn after three million photographs. We have a program
# that draws rooms, and three thousand of them.

# %%
folder = os.environ.get("LAYERWISE_PICTURES")
bedrooms = rooms.read_pictures(folder) if folder else rooms.rooms(3000)
pictures = bedrooms / np.float32(127.5) - 1
keras.utils.set_random_seed(2)
room_generate = generator(pictures.shape[1:])
room_game = make_game(
    room_generate, discriminator(pictures.shape[1:]), 4e-4, smooth=0.1
)
_, room_frames = play(room_game, room_generate, pictures, ROOM_STEPS)
figure = plots.image_grid(
    np.concatenate([bedrooms[:16], room_frames[-1][:24]]),
    columns=8,
    size=1.2,
    title="two rows of rooms, three rows of drawings",
)
plt.show()

# %% [markdown]
# A bed with pillows, a window where there may be one, a floor: the generator has
# learned what belongs where. Edges are soft, and two kinds of bed share one room now
# and then.

# %% tags=["headline"]
print(f"Fréchet distance {scores[0, 1]:.0f} -> {scores[-1, 1]:.1f}", end=" ")
print(f"(photographs among themselves {gan_scores.frechet(*halves):.1f})", end="; ")
print("precision {:.2f}, recall {:.2f}".format(*scores[-1, 2:]), end="; ")
print("collapsed {:.2f} and {:.2f}".format(*lazy_scores))

# %% [markdown]
# ## 8 · What the slides claim, and what we measured
#
# **"Deep learning generates images of bedrooms from zero."** *From noise, after many
# images.* Ours are small and soft; the paper's were 64×64 after three million.
#
# **"Pictures so real that they could be taken for photographs."** *Count it.* Precision
# and recall in the headline say how many could, on features that a classifier uses.
#
# **"DCGAN models the process of generation."** *Rather: its results.* It learns a map
# from noise to pictures. The walks of section 4 show that it is a map, and not a store.
#
# **"The discriminator tells whether a picture is real or drawn by the generator."**
# *Yes*, and at the end it can hardly tell: its loss is near log 2.

# %% [markdown]
# ## Summary
#
# - Two losses, two optimisers: each player moves only its own weights.
# - At equilibrium both losses are log 2. They do not measure quality.
# - The guidelines are small decisions that keep the game alive.
# - Precision and recall tell apart *bad drawings* and *few kinds of drawings*.
# - A game's state includes what the optimisers remember.
#
# **Your turn:** [hw10 · DCGAN](../../../assignments/en/hw10_dcgan/hw10_dcgan.ipynb).
# You write both losses and both steps, build by the guidelines, and play a game whose
# outcome is known.
