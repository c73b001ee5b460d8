# %% [markdown]
# # 12 · Outlook: find, tell, act
#
# Networks do more than name pictures. Three small, complete examples: one finds
# objects, one writes sentences about them, one learns a game by playing it.
#
# **From the slides:** detection and segmentation besides recognition; captions;
# reinforcement learning.
#
# **Time:** about four minutes on two cores. `LAYERWISE_BUDGET=full` trains longer and
# on more scenes.

# %%
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer start-up messages

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

from layerwise import budget, captions, detection, dqn, objects, plots
from layerwise.captions import WORDS
from layerwise.catch import ACTIONS, COLUMNS, ROWS, Catch
from layerwise.films import film
from layerwise.models import resnet

plots.use_style()
NUM_SCENES, EPOCHS = budget.pick((64, 1), (2000, 5), (8000, 20))
NUM_TEST = budget.pick(20, 200, 200)
NUM_TOLD, TOLD_EPOCHS = budget.pick((64, 1), (14_000, 4), (40_000, 8))
MOVES, SEEDS = budget.pick((10, 1), (1500, 5), (4000, 10))
print(f"budget {budget.level()}")


def schedule(peak, count, epochs, batch):
    """A learning rate that falls to zero with the last step."""
    return keras.optimizers.schedules.CosineDecay(peak, epochs * -(-count // batch))


# %% [markdown]
# ## 1 · Find: where is what?
#
# A program draws cars, houses, signs and balls, and knows their boxes.

# %%
images, things = objects.scenes(NUM_SCENES, seed=1)
test_images, test_things = objects.scenes(NUM_TEST, seed=2)


def frame(ax, box, color, text=None):
    """Draws a box."""
    top, left, bottom, right = np.array(box) - 0.5
    corner, wide, tall = (left, top), right - left, bottom - top
    ax.add_patch(plt.Rectangle(corner, wide, tall, fill=False, color=color, lw=2))
    if text:
        label = ax.text(left, max(top, 5) - 1, text, color=color, fontsize=8)
        label.set_bbox({"facecolor": "black", "alpha": 0.6, "pad": 1, "lw": 0})


figure, axes = plots.panels(5, width=2.1, height=2.1)
for ax, image, found in zip(axes, test_images, test_things, strict=False):
    ax.imshow(image)
    ax.set_axis_off()
    for thing in found:
        frame(ax, thing.box, "white", thing.kind)
plt.show()

# %% [markdown]
# **How well do two boxes agree?** By their intersection over union (IoU). A detector
# finds each object several times; of boxes that overlap, the best stays: non-maximum
# suppression.

# %% tags=["include"]
from layerwise.detection import iou, suppress

# %% [markdown]
# The network looks at cells of 4×4 pixels. Each cell says: is a centre here, where in
# me, how high and how wide is the box?

# %%
wanted = detection.targets(things, objects.KINDS, objects.SIZE)
keras.utils.set_random_seed(0)
detector = detection.detector(objects.SIZE, len(objects.KINDS))
detector.compile(
    keras.optimizers.Adam(schedule(3e-3, NUM_SCENES, EPOCHS, 32)),
    detection.loss,
    jit_compile=keras.backend.backend() != "tensorflow",
)
detector.fit(images.astype("float32"), wanted, 32, EPOCHS, verbose=0)
said = detector.predict(test_images.astype("float32"), verbose=0)
boxes = [detection.decode(one, len(objects.KINDS)) for one in said]
raw = [detection.decode(one, len(objects.KINDS), overlap=1.0) for one in said]

# %% [markdown]
# **How good is it?** Sort all its boxes by score. Going down the list, recall grows and
# precision falls. The area under that curve is the average precision; at an IoU of 0.5
# it is called AP50.

# %% tags=["include"]
from layerwise.detection import average_precision

# %%
precisions = {}
for number, kind in enumerate(objects.KINDS):
    truth = [
        np.array([t.box for t in scene if t.kind == kind]).reshape(-1, 4)
        for scene in test_things
    ]
    scores = [
        average_precision(truth, [found[number] for found in answers])
        for answers in (boxes, raw)
    ]
    precisions[kind] = scores[0]
    print(f"{kind:6} AP50 {scores[0]:.3f}, without suppression {scores[1]:.3f}")
ap50 = float(np.mean(list(precisions.values())))

# %%
figure, axes = plots.panels(6, columns=3, width=2.5, height=2.6)
heat = 1 / (1 + np.exp(-said[0, ..., : len(objects.KINDS)].max(-1)))
axes[0].imshow(test_images[0])
axes[0].set_title("a scene")
axes[1].imshow(heat, cmap="magma", vmin=0, vmax=1)
axes[1].set_title("centres, any class")
for ax, answers in zip(axes[2:], (raw[0], *boxes[:3]), strict=True):
    place = list(axes).index(ax)
    ax.imshow(test_images[max(0, place - 3)])
    ax.set_title(("before suppression", "after it", "another", "another")[place - 2])
    for kind, color, (corners, scores) in zip(
        objects.KINDS, ("white", "gold", "cyan", "lime"), answers, strict=True
    ):
        for box, score in zip(corners, scores, strict=True):
            if score > 0.4:
                frame(ax, box, color, f"{kind} {score:.1f}" if place > 2 else None)
for ax in axes:
    ax.set_axis_off()
plt.show()

# %% [markdown]
# Bright spots are centres. Around each, neighbouring cells say nearly the same box;
# suppression leaves one. Boxes with a score over 0.4 are drawn; the list that average
# precision walks down goes on to far less certain ones.

# %% [markdown]
# ## 2 · Tell: write what you see
#
# The scenes get a sentence each, made from what was drawn. An encoder looks, a
# recurrent decoder writes word after word, and at each word weighs the 64 places of the
# picture.
#
# > **Predict.** Yellow cars and blue signs never occur in training. Will the network
# > write "yellow car" when it sees the first one?


# %%
def known(kind, color):
    """Whether the pair occurs in training."""
    return (kind, color) not in (("car", "yellow"), ("sign", "blue"))


told_images, told = objects.scenes(NUM_TOLD, 1, things=2, allowed=known)
tokens = captions.encode([objects.sentence(pair) for pair in told])
new_images, new = objects.scenes(budget.pick(20, 300, 1000), 2, things=2, allowed=known)
odd_images, odd = objects.scenes(budget.pick(60, 1000, 3000), 3, things=2)
strange = [any(not known(t.kind, t.color) for t in pair) for pair in odd]
odd_images, odd = (
    odd_images[strange],
    [p for p, s in zip(odd, strange, strict=True) if s],
)

# %% tags=["include"]
from layerwise.captions import PlaceVectors, captioner

# %%
keras.utils.set_random_seed(0)
writer = captioner()
writer.compile(
    keras.optimizers.Adam(schedule(3e-3, NUM_TOLD, TOLD_EPOCHS, 64)),
    [captions.loss, None],
    jit_compile=keras.backend.backend() != "tensorflow",
)
inputs = [told_images.astype("float32"), tokens[:, :-1]]
writer.fit(inputs, [tokens[:, 1:]] * 2, 64, TOLD_EPOCHS, verbose=0)


def exact(images, pairs):
    """Share of sentences that are right to the word."""
    written, _ = captions.greedy(writer, images.astype("float32"))
    wanted = [objects.sentence(pair) for pair in pairs]
    return np.mean(
        [captions.decode(w) == t for w, t in zip(written, wanted, strict=True)]
    )


exact_new, exact_odd = exact(new_images, new), exact(odd_images, odd)
print(f"new scenes: {100 * exact_new:.0f} % of the sentences are exact")
print(f"with a pair never seen: {100 * exact_odd:.0f} % (of {len(odd)})")
written, attention = captions.greedy(writer, new_images[:1].astype("float32"))
for sentence, score in captions.beam(writer, odd_images[0].astype("float32")):
    print(f"{np.exp(score):.3f}  {sentence}")
print("truth:", objects.sentence(odd[0]))

# %%
words = captions.decode(written[0]).split()
figure, axes = plots.panels(len(words) + 1, columns=5, width=2.0, height=2.2)
axes[0].imshow(new_images[0])
for ax, word, weights in zip(axes[1:], words, attention[0], strict=False):
    side = int(np.sqrt(weights.size))
    light = np.kron(weights.reshape(side, side) / weights.max(), np.ones((8, 8)))
    ax.imshow((new_images[0] * (0.3 + 0.7 * light[..., None])).astype("uint8"))
    ax.set_title(word)
for ax in axes:
    ax.set_axis_off()
plt.show()

# %% [markdown]
# Where the network looks as it writes each word: the lit places weigh most. On new
# scenes nearly every sentence is right to the word. With a pair that it never saw, most
# are not: it writes a colour or a kind that it knows *together*. It has learned the
# sentences of its training scenes better than the idea of a colour.

# %% [markdown]
# ## 3 · Act: learn by playing
#
# A ball falls, a paddle moves. The network sees ten by ten pixels and gets 1 or -1 when
# the ball is down. Nobody tells it the right move. It learns what each move will be
# *worth*: the reward, plus what an older copy of itself says of the next picture.

# %% tags=["include"]
from layerwise.dqn import Replay, q_network, targets

# %%
curves, networks = [], []
for seed in range(SEEDS):
    curve = []
    networks.append(
        dqn.learn(
            MOVES,
            seed,
            look=lambda move, net, curve=curve: curve.append(
                (move, dqn.play(net, 100))
            ),
        )
    )
    curves.append(np.array(curve))
finals = [dqn.play(network, 500) for network in networks]
print("caught at the end:", ", ".join(f"{100 * final:.0f} %" for final in finals))
solved = sum(final >= 0.9 for final in finals)
ax = plots.lines(
    curves[0][:, 0],
    {f"seed {seed}": 100 * curve[:, 1] for seed, curve in enumerate(curves)},
    title="Balls caught",
    xlabel="moves on each of 16 boards",
    ylabel="% of 100 games",
)
plt.show()

# %% [markdown]
# Each seed is another start and other balls. The lines rise at other times, and fall
# now and then: what the network learns from changes as it plays better.


# %%
def record(network, games=6, seed=5):
    """Plays games and returns their pictures, frame by frame."""
    game = Catch(games, seed)
    pictures, frames = game.reset(), []
    for _ in range(ROWS - 1):
        frames.append(pictures)
        moves = network.predict(pictures, verbose=0).argmax(-1)
        pictures, _, _ = game.step(moves)
    return np.stack([*frames, pictures, pictures])


before, after = record(q_network()), record(networks[0])
both = np.concatenate([before, after], axis=1)
shown = (255 * (1 - 0.85 * both)).astype("uint8").repeat(3, axis=-1)
film(shown, seconds=0.25, scale=5, columns=6)

# %% [markdown]
# Above a network that knows nothing, below one that has learned, with the same six
# balls.

# %% tags=["headline"]
print(f"AP50 {ap50:.2f}; sentences exact {100 * exact_new:.0f} %", end=" ")
print(f"({100 * exact_odd:.0f} % with a new pair)", end="; ")
print(f"{solved} of {SEEDS} seeds catch at least 90 %")

# %% [markdown]
# ## 4 · What the slides claim, and what we measured
#
# **"Besides recognition, deep learning does detection and segmentation."** *Yes*, with
# the same convolutions: chapter 11 for pixels, section 1 for boxes.
#
# **"Captions of images."** *Yes, for what is like the training scenes.* A new pair of a
# known colour and a known thing is enough to be wrong.
#
# **"Reinforcement learning."** *Yes:* from pixels and a rare reward to a player, in
# seconds. The game is small, and five seeds give five curves: one run tells little.
#
# **"Better performance by deeper networks can be expected for most problems."** *Here
# nothing is deep.* The data, the loss and the measure were the work.

# %% [markdown]
# ## Summary
#
# - A detector is judged by the area under precision over recall, box by box.
# - Non-maximum suppression makes one box of many.
# - A writer of sentences picks one word at a time; beams look ahead.
# - Held-out *combinations* are the harder test.
# - Q-learning trains a network towards its own older opinion, plus the reward.
#
# **Your turn:**
# [hw12 · Outlook](../../../assignments/en/hw12_outlook/hw12_outlook.ipynb). You write
# IoU, suppression, average precision, a masked loss, beam search and Q-learning.
