# %% [markdown]
# # Assignment 09: style transfer
#
# Chapter 09 painted a palace. Here you write what it needs: the style matrix, the
# losses, the loop that moves pixels and nothing else, and two things that the chapter
# left out: how to keep the colours of the photograph, and how to move style from one
# picture to another in a single step.
#
# | | Exercise | Points |
# |---|---|---|
# | 1 | The style matrix | 5 |
# | 2 | The style loss | 3 |
# | 3 | Total variation | 3 |
# | 4 | Paint: change pixels, not weights | 5 |
# | 5 | Keep the colours | 2 |
# | 6 | Match mean and deviation | 2 |
#
# Write your code where it says `YOUR CODE HERE`. The cells below each exercise test
# it; when your work is graded, they ask the same of other inputs too. No exercise needs
# an earlier one. What a test expects stands in `expected.json`, beside this notebook.
# Tensors are channels-last: (batch, height, width, channels). Use `keras.ops` where
# gradients must flow: exercises 1 to 3.

# %% nbgrader={"grade_id": "setup"}
import keras
import numpy as np
from keras import layers, ops

from layerwise import checks, training

checks.short_errors()

# %% [markdown]
# ## Exercise 1: the style matrix (5 points)
#
# Which channels are active together, wherever in the picture that is? Write
# `gram(features)`: for each picture of the batch, and for each pair of channels, the
# mean of their product over all positions, **divided by the number of channels**.
# (Chapter 09 leaves out that last division. Johnson et al. 2016, arXiv:1603.08155, have
# it: equation 3.)
#
# An example to check by hand: a picture of 1×2 positions and two channels, with
# features (1, 2) and (3, 0), has the style matrix
#
# $$\tfrac12 \cdot \tfrac12 \begin{pmatrix} 1 + 9 & 2 + 0 \\ 2 + 0 & 4 + 0
# \end{pmatrix} = \begin{pmatrix} 2.5 & 0.5 \\ 0.5 & 1 \end{pmatrix}$$


# %% nbgrader={"grade_id": "gram"}
def gram(features):
    """Computes the style matrices of a batch.

    Args:
        features: Tensor of shape (batch, height, width, channels).

    Returns:
        Tensor of shape (batch, channels, channels).
    """
    ### BEGIN SOLUTION
    _, height, width, channels = features.shape
    flat = ops.reshape(features, (-1, height * width, channels))
    products = ops.matmul(ops.transpose(flat, (0, 2, 1)), flat)
    return products / (height * width * channels)
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_gram"}
def drawn(seed, *shape):
    """Draws positive features, as they come out of a ReLU."""
    rng = np.random.default_rng(seed)
    return ops.convert_to_tensor(np.abs(rng.normal(size=shape)), dtype="float32")


# %% tags=["expected"]
def gram_expected(x):
    """Returns the style matrices of features, and what mistakes make of them."""
    x = ops.convert_to_numpy(x).astype("float64")
    batch, height, width, channels = x.shape
    positions = height * width
    sums = np.einsum("bhwi,bhwj->bij", x, x)
    centred = x - x.mean((1, 2), keepdims=True)
    answer = sums / (positions * channels)
    return answer, {
        "the sums are not divided: expected the mean over positions": sums,
        "not divided by the number of channels": sums / positions,
        "divided by the channels, not by the positions": sums / channels,
        "divided by the batch too": answer / batch,
        "the mean of each channel is taken off, which makes it a covariance": np.einsum(
            "bhwi,bhwj->bij", centred, centred
        )
        / (positions * channels),
        "divided twice by the positions or channels": answer / (positions * channels),
    }


small = ops.convert_to_tensor([[[[1.0, 2.0], [3.0, 0.0]]]])
expect("gram of the example", gram_expected(small)[0])
for dims in [(1, 2, 3, 2), (2, 4, 3, 5)]:
    expect(f"gram of features {dims}", *gram_expected(drawn(92, *dims)))

# %% [markdown]
# Shape, symmetry, and each picture for itself (2 points).

# %% nbgrader={"grade_id": "test_gram_shape", "points": 2}
_cases = [(2, 3, 5, 4)]
### BEGIN HIDDEN TESTS
_cases += [(4, 6, 2, 3), (3, 4, 4, 7)]
### END HIDDEN TESTS
for _dims in _cases:
    _x, _call = drawn(91, *_dims), f"gram of features {_dims}"
    _found = gram(_x)
    checks.shape(_found, (_dims[0], _dims[-1], _dims[-1]), _call)
    _found = ops.convert_to_numpy(_found)
    checks.close(_found, np.swapaxes(_found, 1, 2), f"{_call}, transposed,", rtol=1e-3)
    checks.close(gram(_x[:1]), _found[:1], f"{_call}, of the first picture alone,")
checks.passed("shape", "symmetry", "each picture for itself")

# %% [markdown]
# The numbers (2 points).

# %% nbgrader={"grade_id": "test_gram_values", "points": 2}
for _dims in [(1, 2, 3, 2), (2, 4, 3, 5)]:
    checks.answer(gram(drawn(92, *_dims)), f"gram of features {_dims}")
_small = ops.convert_to_tensor([[[[1.0, 2.0], [3.0, 0.0]]]])
checks.answer(gram(_small), "gram of the example")
### BEGIN HIDDEN TESTS
for _dims in [(2, 8, 8, 3), (1, 5, 1, 6), (3, 1, 4, 1), (1, 16, 9, 12)]:
    _x = drawn(94, *_dims)
    _right = gram_expected(_x)
    checks.judge(gram(_x), *_right, f"gram of features {_dims}")
### END HIDDEN TESTS
checks.passed("values")

# %% [markdown]
# Where something is does not matter, and gradients flow (1 point).

# %% nbgrader={"grade_id": "test_gram_places", "points": 1}
_x = drawn(93, 1, 6, 4, 3)
_order = np.random.default_rng(94).permutation(24)
_moved = ops.reshape(ops.take(ops.reshape(_x, (1, 24, 3)), _order, axis=1), _x.shape)
_turned = ops.transpose(_x, (0, 2, 1, 3))
_here = gram(_x)
checks.close(
    gram(_moved), _here, "gram after the positions were moved about", rtol=1e-3
)
checks.close(gram(_turned), _here, "gram of the picture on its side", rtol=1e-3)
_slope = checks.gradient(gram, _x)
assert np.abs(_slope).min() > 0, "no gradient flows through gram: use keras.ops"
### BEGIN HIDDEN TESTS
_step = 0.1 * ops.convert_to_numpy(drawn(95, *_x.shape))
_up, _down = (np.sum(ops.convert_to_numpy(gram(_a))) for _a in (_x + _step, _x - _step))
# Both sides are the student's: what gram computes, and the slope of it.
checks.close(2 * np.sum(_slope * _step), _up - _down, "the slope of gram", rtol=1e-2)
### END HIDDEN TESTS
checks.passed("positions", "gradient")

# %% [markdown]
# ## Exercise 2: the style loss (3 points)
#
# Write `style_loss(found, wanted, weights)`. `found` and `wanted` are lists of style
# matrices, one for each layer, each of shape (batch, channels, channels), `weights` is
# a list of numbers. Layers differ in channels. The loss is a scalar tensor: over all
# layers, add up
#
# weight · *sum* over both channel axes of (found − wanted)², as a mean over the batch.
#
# (A style matrix is divided by its channels already. Were their squares averaged too, a
# layer of 512 channels would count 64 times less than one of 64 with equal features.)


# %% nbgrader={"grade_id": "style_loss"}
def style_loss(found, wanted, weights):
    """Computes the loss of style over several layers.

    Args:
        found: List of tensors of shape (batch, channels, channels).
        wanted: List of tensors of the same shapes.
        weights: List of floats, one for each layer.

    Returns:
        Scalar tensor.
    """
    ### BEGIN SOLUTION
    total = 0.0
    for one, other, weight in zip(found, wanted, weights, strict=True):
        gaps = ops.sum(ops.square(one - other), axis=(1, 2))
        total = total + weight * ops.mean(gaps)
    return total
    ### END SOLUTION


# %% tags=["expected"]
def style_loss_expected(found, wanted, weights):
    """Returns the loss of style, and what mistakes make of it."""
    pairs = zip(found, wanted, strict=True)
    squares = [
        (ops.convert_to_numpy(one).astype("float64") - ops.convert_to_numpy(other)) ** 2
        for one, other in pairs
    ]
    sums = [square.sum((1, 2)).mean() for square in squares]

    def total(terms):
        return sum(weight * term for weight, term in zip(weights, terms, strict=True))

    return total(sums), {
        "the squares are averaged over the channels: expected their sum": total(
            [square.mean() for square in squares]
        ),
        "the squares are summed over the batch too: expected its mean": total(
            [square.sum() for square in squares]
        ),
        "the weights are ignored": sum(sums),
        "only the last layer counts": weights[-1] * sums[-1],
        "only the first layer counts": weights[0] * sums[0],
        "it is the mean over layers: expected the sum": total(sums) / len(sums),
        "it is divided by the sum of the weights": total(sums) / sum(weights),
        "the weights are squared": total(np.array(weights) * sums),
        "roots are taken: expected squares": total(np.sqrt(sums)),
    }


def style_matrices(seed, batch, *channels):
    """Draws a style matrix for each layer."""
    return [drawn(seed + c, batch, c, c) for c in channels]


expect(
    "style_loss of layers with 2 and 3 channels and weights 1 and 0.5",
    *style_loss_expected(
        [drawn(97, 2, 2, 2), drawn(98, 2, 3, 3)],
        [drawn(197, 2, 2, 2), drawn(198, 2, 3, 3)],
        [1.0, 0.5],
    ),
)


# %% nbgrader={"grade_id": "given_style_loss_of_one"}
def style_loss_of_one(found):
    """Computes the style loss of one layer of which nothing is wanted."""
    return style_loss([found], [ops.zeros_like(found)], [1.0])


# %% nbgrader={"grade_id": "test_style_loss", "points": 3}
_found = [drawn(97, 2, 2, 2), drawn(98, 2, 3, 3)]
_wanted = [drawn(197, 2, 2, 2), drawn(198, 2, 3, 3)]
_call = "style_loss of layers with 2 and 3 channels and weights 1 and 0.5"
checks.answer(style_loss(_found, _wanted, [1.0, 0.5]), _call)
_same = [drawn(96, 1, 3, 3)]
checks.close(style_loss(_same, _same, [2.0]), 0.0, "the style loss of what is wanted")
### BEGIN HIDDEN TESTS
for _batch, _channels, _weights in [
    (2, (4, 1, 6), [0.2, 3.0, 0.7]),
    (1, (5,), [2.0]),
    (3, (2, 2, 3, 7), [1.5, 0.0, 0.25, 4.0]),
]:
    _found = style_matrices(95, _batch, *_channels)
    _wanted = style_matrices(195, _batch, *_channels)
    _call = f"style_loss of layers with {_channels} channels and weights {_weights}"
    _right = style_loss_expected(_found, _wanted, _weights)
    checks.judge(style_loss(_found, _wanted, _weights), *_right, _call)
_x = drawn(93, 2, 3, 3)
checks.close(checks.gradient(style_loss_of_one, _x), _x, "the slope of style_loss")
### END HIDDEN TESTS
_slope = checks.gradient(style_loss_of_one, drawn(99, 2, 3, 3))
assert np.abs(_slope).max() > 0, "no gradient flows through style_loss: use keras.ops"
checks.passed("value", "nothing to change", "gradient")

# %% [markdown]
# ## Exercise 3: total variation (3 points)
#
# Write `total_variation(images)`: for each picture the sum of the *absolute*
# differences between neighbours, downwards and to the right, over all channels. (The
# chapter takes squares and means, and one number for all.) Nothing wraps around: the
# last row has no neighbour below. The picture
#
# $$\begin{pmatrix} 1 & 4 \\ 3 & 3 \end{pmatrix}$$
#
# of one channel has the steps 2 and 1 downwards, 3 and 0 to the right: 6 in all.


# %% nbgrader={"grade_id": "total_variation"}
def total_variation(images):
    """Computes the total variation of each picture.

    Args:
        images: Tensor of shape (batch, height, width, channels).

    Returns:
        Tensor of shape (batch,).
    """
    ### BEGIN SOLUTION
    down = ops.abs(images[:, 1:] - images[:, :-1])
    right = ops.abs(images[:, :, 1:] - images[:, :, :-1])
    return ops.sum(down, axis=(1, 2, 3)) + ops.sum(right, axis=(1, 2, 3))
    ### END SOLUTION


# %% tags=["expected"]
def variation_expected(x):
    """Returns the total variation of pictures, and what mistakes make of it."""
    x = ops.convert_to_numpy(x).astype("float64")
    down, right = np.diff(x, axis=1), np.diff(x, axis=2)

    def total(*parts):
        return sum(part.sum((1, 2, 3)) for part in parts)

    steps = [np.abs(down), np.abs(right)]
    around = [np.abs(x - np.roll(x, 1, axis)) for axis in (1, 2)]
    diagonal = np.sqrt(down[:, :, :-1] ** 2 + right[:, :-1] ** 2)
    return total(*steps), {
        "only the steps downwards are counted": total(steps[0]),
        "only the steps to the right are counted": total(steps[1]),
        "the picture wraps around: the last row is compared with the first": total(
            *around
        ),
        "squares are summed: expected absolute values": total(down**2, right**2),
        "the steps are not made positive": total(down, right),
        "means are taken: expected sums": sum(p.mean((1, 2, 3)) for p in steps),
        "lengths of gradients are summed: expected each step by itself": total(
            diagonal
        ),
        "one number for all pictures: expected one for each": total(*steps).sum(),
        "the mean over channels is taken: expected the sum": total(*steps)
        / x.shape[-1],
    }


square = ops.convert_to_tensor([[[[1.0], [4.0]], [[3.0], [3.0]]]])
expect("total_variation of the example", variation_expected(square)[0])
expect(
    "total_variation of images (2, 3, 4, 2)",
    *variation_expected(drawn(97, 2, 3, 4, 2)),
)

# %% nbgrader={"grade_id": "test_total_variation", "points": 3}
_call = "total_variation of images (2, 3, 4, 2)"
checks.answer(total_variation(drawn(97, 2, 3, 4, 2)), _call)
_small = ops.convert_to_tensor([[[[1.0], [4.0]], [[3.0], [3.0]]]])
checks.answer(total_variation(_small), "total_variation of the example")
_slope = checks.gradient(total_variation, drawn(98, 1, 3, 3, 1))
assert np.abs(_slope).max() > 0, "no gradient flows: use keras.ops, not NumPy"
### BEGIN HIDDEN TESTS
for _dims in [(3, 5, 2, 3), (1, 2, 7, 2), (2, 1, 6, 1), (1, 4, 1, 3)]:
    _x = drawn(100, *_dims) - 1
    _right = variation_expected(_x)
    checks.judge(total_variation(_x), *_right, f"total_variation of images {_dims}")
_x = drawn(98, 2, 4, 3, 2)
_slope = checks.gradient(total_variation, _x)
_right = checks.gradient(reference_total_variation, _x)
checks.close(_slope, _right, "the slope of total_variation")
### END HIDDEN TESTS
checks.passed("values", "gradient")

# %% [markdown]
# ## Exercise 4: paint (5 points)
#
# The next cell is given. `make_network` builds a small network with fixed weights, and
# `loss_of(network, picture, wanted)` says how far a picture's features are from those
# `wanted`, as a scalar tensor. `training.gradients(loss_fn, variables)` calls
# `loss_fn()` and returns `(loss, gradients)`, a gradient for each variable of the list.


# %% nbgrader={"grade_id": "given_network"}
def make_network(seed=0, channels=3):
    """Builds a network of two convolutions, always the same for one seed."""
    inputs = keras.Input((8, 8, channels))
    x = layers.Conv2D(6, 3, padding="same", activation="relu")(inputs)
    outputs = layers.Conv2D(8, 3, strides=2, padding="same")(x)
    network = keras.Model(inputs, outputs)
    rng = np.random.default_rng(seed)
    network.set_weights([rng.normal(0, 0.3, w.shape) for w in network.get_weights()])
    return network


def loss_of(network, picture, wanted):
    """Computes the mean squared gap between a picture's features and those wanted."""
    return ops.mean(ops.square(network(picture) - wanted))


# %% [markdown]
# Write `paint(network, wanted, start, steps=20, learning_rate=0.05)`. It begins with
# the picture `start`, an array of shape (1, 8, 8, channels) of numbers from 0 to 1, and
# takes `steps` steps of **one** `keras.optimizers.Adam(learning_rate)` on the
# **pixels**. After each step pixels are clipped to 0…1. It returns `(picture, losses)`:
# an array like `start`, and a list of floats, the loss *before* each step.
#
# Neither the weights of the network nor `start` nor `wanted` may change.
#
# > **Predict.** The start is grey, and the network sees three channels. Which comes
# > first: the colours, or the edges? Look at the picture below, once `paint` is there.


# %% nbgrader={"grade_id": "paint"}
def paint(network, wanted, start, steps=20, learning_rate=0.05):
    """Changes a picture until the network sees what is wanted.

    Args:
        network: `keras.Model` from (1, 8, 8, channels) to features.
        wanted: Array, the features to reach.
        start: Array of shape (1, 8, 8, channels), 0 to 1.
        steps: Integer.
        learning_rate: Float, of Adam.

    Returns:
        Tuple of the picture, an array of the shape of `start`, and the list of losses.
    """
    ### BEGIN SOLUTION
    picture = keras.Variable(start)
    optimizer = keras.optimizers.Adam(learning_rate)
    losses = []
    for _ in range(steps):
        loss, gradients = training.gradients(
            lambda: loss_of(network, picture, wanted), [picture]
        )
        optimizer.apply(gradients, [picture])
        picture.assign(ops.clip(picture, 0, 1))
        losses.append(float(loss))
    return ops.convert_to_numpy(picture), losses
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_paint_case"}
def task(seed, channels=3, low=0.3, high=0.7):
    """Makes a network, what it shall see of some picture, and another to start at."""
    network = make_network(seed, channels)
    rng = np.random.default_rng(seed + 900)
    goal, start = rng.uniform(low, high, (2, 1, 8, 8, channels)).astype("float32")
    return network, ops.convert_to_numpy(network(goal)), start


def far_task():
    """Makes a task whose wanted features no picture between 0 and 1 has."""
    network, wanted, start = task(6, low=0, high=1)
    return network, 9 * wanted, start


# %% tags=["expected"]
def other_paint(
    network, wanted, start, steps, rate, kind=keras.optimizers.Adam, anew=0
):
    """Paints with another optimizer, or with a new one at each step: the losses."""
    picture, losses = keras.Variable(start), []
    optimizer = kind(rate)
    for _ in range(steps + 1):
        loss, gradients = training.gradients(
            lambda: loss_of(network, picture, wanted), [picture]
        )
        losses.append(float(loss))
        optimizer = kind(rate) if anew else optimizer
        optimizer.apply(gradients, [picture])
        picture.assign(ops.clip(picture, 0, 1))
    return losses


def paint_expected(case, steps, rate):
    """Returns the losses of painting, and those of common mistakes."""
    _, losses = reference_paint(*case, steps, rate)
    after = other_paint(*case, steps, rate)[1:]
    others = {
        "SGD's, not Adam's": {"kind": keras.optimizers.SGD},
        "RMSprop's, not Adam's": {"kind": keras.optimizers.RMSprop},
        "those of a new optimizer at each step": {"anew": True},
    }
    return losses, {
        "they are those after each step: expected those before": after,
        "they are all those of the start: each step must go on from the last": [
            losses[0]
        ]
        * steps,
        "they go uphill: subtract the gradient": other_paint(*case, steps, -rate)[:-1],
        "they are divided by the first one": list(np.array(losses) / losses[0]),
        **{
            f"they are {name}": other_paint(*case, steps, rate, **change)[:-1]
            for name, change in others.items()
        },
    }


expect("the losses of paint in 6 steps", *paint_expected(task(1), 6, 0.02))

# %% [markdown]
# The losses are those of Adam's steps on the pixels (2 points).

# %% nbgrader={"grade_id": "test_paint", "points": 2}
_pair = checks.unpack(paint(*task(1), 6, 0.02), 2, "what paint returns")
_picture, _losses = _pair
checks.shape(_picture, (1, 8, 8, 3), "the picture that paint returns")
checks.answer(_losses, "the losses of paint in 6 steps", rtol=1e-2)
### BEGIN HIDDEN TESTS
for _seed, _channels, _steps, _rate in [
    (2, 1, 9, 0.01),
    (3, 4, 1, 0.03),
    (4, 2, 12, 0.015),
]:
    _case = task(_seed, _channels)
    _right = paint_expected(_case, _steps, _rate)
    _picture, _losses = paint(*_case, steps=_steps, learning_rate=_rate)
    _call = f"the losses of paint in {_steps} steps"
    checks.judge(_losses, *_right, _call, rtol=1e-2)
_right = paint_expected(task(5), 20, 0.05)
checks.judge(paint(*task(5))[1], *_right, "the losses of paint by default", rtol=3e-2)
### END HIDDEN TESTS
checks.passed("shape", "losses")

# %% [markdown]
# The picture is the one that was painted, and stays between 0 and 1 at each step
# (1 point).

# %% nbgrader={"grade_id": "test_paint_bounds", "points": 1}
_found = paint(*far_task(), steps=3, learning_rate=0.2)[0]
_found = ops.convert_to_numpy(_found)
assert _found.min() >= 0, f"a pixel is {_found.min():.3g}; expected 0 to 1"
assert _found.max() <= 1, f"a pixel is {_found.max():.3g}; expected 0 to 1"
_next = paint(*far_task(), steps=4, learning_rate=0.2)[1][-1]
_network, _wanted, _ = far_task()
_call = "the loss before step 4, from the picture after 3 steps,"
# Both sides are the student's: the loss that is told, and that of the picture.
checks.close(loss_of(_network, _found, _wanted), _next, _call, rtol=1e-2)
checks.passed("bounds", "clipped at each step", "picture")

# %% [markdown]
# Nothing else moves (2 points).

# %% nbgrader={"grade_id": "test_paint_untouched", "points": 2}
_seeds = [4]
### BEGIN HIDDEN TESTS
_seeds += [5]
### END HIDDEN TESTS
for _seed in _seeds:
    _network, _wanted, _start = task(_seed)
    _weights = _network.get_weights()
    _kept = [_start.copy(), _wanted.copy()]
    _picture, _ = paint(_network, _wanted, _start, steps=3)
    checks.unchanged(_network.get_weights(), _weights, "the weights of the network")
    checks.unchanged([_start, _wanted], _kept, "`start` or `wanted`")
    assert np.abs(ops.convert_to_numpy(_picture) - _kept[0]).max() > 1e-3, (
        "no pixel has moved"
    )
checks.passed("weights", "start", "wanted")

# %% [markdown]
# Look: a network with fixed weights is shown a picture of a red square on blue, and
# `paint` begins with grey.


# %% nbgrader={"grade_id": "look_paint"}
def look():
    """Paints a square, and shows what there is after 0, 5, 20 and 200 steps."""
    from matplotlib import pyplot as plt

    from layerwise import plots

    goal = np.full((1, 8, 8, 3), (0.1, 0.2, 0.8), "float32")
    goal[:, 2:6, 2:6] = (0.9, 0.2, 0.1)
    network = make_network(1)
    wanted = ops.convert_to_numpy(network(goal))
    grey = np.full_like(goal, 0.5)
    shown = {f"{n} steps": paint(network, wanted, grey, n)[0][0] for n in (5, 20, 200)}
    plots.image_grid([grey[0], *shown.values(), goal[0]], ["start", *shown, "wanted"])
    plt.show()


# %%
# look()

# %% [markdown]
# ## Exercise 5: keep the colours (2 points)
#
# A painting takes the style's colours too. To keep those of the photograph, take only
# the *brightness* of the painting (Gatys et al., 2016, arXiv:1606.05897). Brightness is
# Y = 0.299 R + 0.587 G + 0.114 B; adding the same number to R, G and B changes Y by
# that number and leaves the colour difference.
#
# Write `keep_colors(painted, photograph)`: the photograph, with each pixel's three
# channels shifted by one number, so that its brightness is the painting's; then clipped
# to 0…255. (The paper transfers style between brightness images; taking the brightness
# of a finished painting is simpler.) Pictures may hold integers of 8 bits: their
# differences do not fit into 8 bits. The result need not be of integers.
#
# A grey painting of 100 and a photograph of red (200, 0, 0), of brightness 59.8, give
# (240.2, 40.2, 40.2).


# %% nbgrader={"grade_id": "keep_colors"}
def keep_colors(painted, photograph):
    """Gives a photograph the brightness of a painting.

    Args:
        painted: Array of shape (height, width, 3), 0 to 255.
        photograph: Array of the same shape.

    Returns:
        Array of the same shape, 0 to 255.
    """
    ### BEGIN SOLUTION
    parts = np.array([0.299, 0.587, 0.114])
    shift = (np.asarray(painted, "float64") - photograph) @ parts
    return np.clip(photograph + shift[..., None], 0, 255)
    ### END SOLUTION


# %% tags=["expected"]
def colors_expected(painted, photograph):
    """Returns the photograph with the painting's brightness, and common mistakes."""
    painted, photograph = (np.asarray(a, "float64") for a in (painted, photograph))
    parts = np.array([0.299, 0.587, 0.114])
    light, dark = painted @ parts, photograph @ parts
    answer = photograph + (light - dark)[..., None]
    plain = photograph + (painted - photograph).mean(-1, keepdims=True)
    scaled = photograph * (light / dark)[..., None]
    return np.clip(answer, 0, 255), {
        "the brightness is the photograph's: the two pictures are swapped": np.clip(
            painted + (dark - light)[..., None], 0, 255
        ),
        "brightness is the plain mean of the channels: green counts more": plain,
        "the result is grey": np.repeat(light[..., None], 3, -1),
        "channels are multiplied, not shifted": np.clip(scaled, 0, 255),
        "it is not clipped to 0…255": answer,
        "it is clipped to 0…1": np.clip(answer, 0, 1),
        "the weights of red and blue are swapped": photograph
        + ((painted - photograph) @ parts[::-1])[..., None],
    }


def colors(seed, *shape, low=90, high=165, kind="float32"):
    """Draws a painting and a photograph."""
    return np.random.default_rng(seed).uniform(low, high, (2, *shape, 3)).astype(kind)


red, grey = np.array([[[200.0, 0, 0]]]), np.full((1, 1, 3), 100.0)
expect("keep_colors of the example", colors_expected(grey, red)[0])
expect("keep_colors of 3×2 pictures", *colors_expected(*colors(100, 3, 2)))

# %% nbgrader={"grade_id": "test_keep_colors", "points": 2}
_pair = np.random.default_rng(100).uniform(90, 165, (2, 3, 2, 3)).astype("float32")
_kept = _pair.copy()
checks.answer(keep_colors(_pair[0], _pair[1]), "keep_colors of 3×2 pictures", atol=1.01)
checks.unchanged([_pair], [_kept], "the pictures given to keep_colors")
_red, _grey = np.array([[[200.0, 0, 0]]]), np.full((1, 1, 3), 100.0)
checks.answer(keep_colors(_grey, _red), "keep_colors of the example", atol=1.01)
### BEGIN HIDDEN TESTS
for _shape, _low, _high, _kind in [
    ((4, 5), 0, 255, "float64"),
    ((2, 7), 0, 255, "uint8"),
    ((6, 1), 100, 140, "uint8"),
]:
    _painted, _photo = colors(101, *_shape, low=_low, high=_high, kind=_kind)
    _right = colors_expected(_painted, _photo)
    _call = f"keep_colors of {_shape[0]}×{_shape[1]} pictures of {_kind}"
    # Integers may be rounded down.
    _found = np.asarray(keep_colors(_painted, _photo), "float64")
    checks.judge(_found, *_right, _call, rtol=0, atol=1.01)
    assert _found.min() >= 0, f"{_call}: {_found.min():.4g} is below 0"
    assert _found.max() <= 255, f"{_call}: {_found.max():.4g} is above 255"
    for _end in (0, 255):
        _edge = np.where(_right[0] == _end, _end, 100.0)
        _shown = np.where(_right[0] == _end, _found, 100.0)
        checks.close(_shown, _edge, f"{_call}, where clipped,")
### END HIDDEN TESTS
checks.passed("values", "pictures unchanged")

# %% [markdown]
# ## Exercise 6: match mean and deviation (2 points)
#
# There is more than one way to describe a style. Huang and Belongie (2017,
# arXiv:1703.06868) take the mean and the standard deviation of each channel. Write
# `match(content, style, epsilon=1e-5)`: for each picture and each channel, take off the
# content's mean over all positions, divide by √(its variance + epsilon), multiply with
# √(the style's variance + epsilon), and add the style's mean.


# %% nbgrader={"grade_id": "match"}
def match(content, style, epsilon=1e-5):
    """Gives features the means and deviations of others.

    Args:
        content: Tensor of shape (batch, height, width, channels).
        style: Tensor (batch, other height, other width, channels).
        epsilon: Float, keeps the division finite where a channel is flat.

    Returns:
        Tensor of the shape of `content`.
    """
    ### BEGIN SOLUTION
    mean, variance = ops.moments(content, (1, 2), keepdims=True)
    goal_mean, goal_variance = ops.moments(style, (1, 2), keepdims=True)
    x = (content - mean) / ops.sqrt(variance + epsilon)
    return x * ops.sqrt(goal_variance + epsilon) + goal_mean
    ### END SOLUTION


# %% tags=["expected"]
def match_expected(content, style, epsilon=1e-5):
    """Returns content with the style's statistics, and common mistakes."""
    x, s = (ops.convert_to_numpy(a).astype("float64") for a in (content, style))

    def moments(a, axes=(1, 2)):
        return a.mean(axes, keepdims=True), a.var(axes, keepdims=True)

    def moved(here, there, power=0.5, inside=epsilon):
        unit = (x - here[0]) / (here[1] + inside) ** power
        return unit * (there[1] + inside) ** power + there[0]

    here, there = moments(x), moments(s)
    return moved(here, there), {
        "it is the content as it was": x,
        "the means are still the content's": moved(here, (here[0], there[1])),
        "the deviations are still the content's": moved(here, (there[0], here[1])),
        "variances are used where standard deviations belong": moved(here, there, 1),
        "the style's variance is used in place of its root": (x - here[0])
        / np.sqrt(here[1] + epsilon)
        * there[1]
        + there[0],
        "statistics are those of the whole batch: expected each picture's": moved(
            moments(x, (0, 1, 2)), moments(s, (0, 1, 2))
        ),
        "statistics are those of all channels: expected each channel's": moved(
            moments(x, (1, 2, 3)), moments(s, (1, 2, 3))
        ),
        "epsilon is not used": moved(here, there, inside=1e-12),
        "epsilon is always the same": moved(here, there, inside=1e-5),
        "the result has mean 0 and deviation 1": (x - here[0])
        / np.sqrt(here[1] + epsilon),
    }


def style_features(seed, *shape):
    """Draws features whose channels have statistics of their own."""
    scale = ops.arange(1, shape[-1] + 1, dtype="float32")
    return 2 + 3 * drawn(seed, *shape) * scale


expect(
    "match of features (2, 2, 3, 2) and (2, 3, 2, 2)",
    *match_expected(drawn(101, 2, 2, 3, 2), 2 + drawn(102, 2, 3, 2, 2)),
)
expect(
    "match of flat features and (1, 3, 3, 2)",
    *match_expected(ops.ones((1, 3, 3, 2)), drawn(3, 1, 3, 3, 2)),
)

# %% nbgrader={"grade_id": "test_match", "points": 2}
_x, _style = drawn(101, 2, 2, 3, 2), 2 + drawn(102, 2, 3, 2, 2)
checks.answer(match(_x, _style), "match of features (2, 2, 3, 2) and (2, 3, 2, 2)")
_found = match(ops.ones((1, 3, 3, 2)), drawn(3, 1, 3, 3, 2))
checks.answer(_found, "match of flat features and (1, 3, 3, 2)", atol=1e-2)
### BEGIN HIDDEN TESTS
for _here, _there, _epsilon in [
    ((1, 6, 6, 2), (1, 6, 6, 2), 0.5),
    ((3, 2, 7, 4), (3, 5, 5, 4), 1e-3),
    ((2, 4, 5, 3), (2, 3, 6, 3), 2.0),
]:
    _x, _style = drawn(103, *_here), style_features(104, *_there)
    _right = match_expected(_x, _style, _epsilon)
    _call = f"match of features {_here} and {_there} with epsilon {_epsilon}"
    checks.judge(match(_x, _style, epsilon=_epsilon), *_right, _call)
    checks.judge(match(_x, _style, _epsilon), *_right, _call)
_x, _style = drawn(105, 1, 3, 3, 2) / 300, style_features(106, 1, 4, 4, 2)
_right = match_expected(_x, _style)
checks.judge(match(_x, _style), *_right, "match of small features")
### END HIDDEN TESTS
checks.passed("values", "flat features")
