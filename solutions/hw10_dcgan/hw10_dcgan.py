# %% [markdown]
# # Assignment 10: DCGAN
#
# Chapter 10 let two networks play. Here you write the rules: both losses, both
# networks, a step of each player that leaves the other as it is, and a whole game whose
# outcome is known.
#
# | | Exercise | Points |
# |---|---|---|
# | 1 | The two losses | 5 |
# | 2 | A generator by the guidelines | 3 |
# | 3 | A discriminator | 2 |
# | 4 | A step of each | 5 |
# | 5 | A game | 3 |
# | 6 | Walk on the sphere | 2 |
#
# Write your code where it says `YOUR CODE HERE`. The cells below each exercise test
# it; when your work is graded, they ask the same of other inputs too. No exercise needs
# an earlier one. What a test expects stands in `expected.json`, beside this notebook.
# Pictures are from -1 to 1, (batch, height, width, channels). Use `keras.ops` where
# gradients must flow: exercises 1 and 4.

# %% nbgrader={"grade_id": "setup"}
import keras
import numpy as np
from keras import layers, ops

from layerwise import checks, training

checks.short_errors()

# %% [markdown]
# ## Exercise 1: the two losses (5 points)
#
# The discriminator gives a *logit* for each picture; its probability of "real" is
# sigmoid(logit). Cross-entropy for a target t is −t log p − (1 − t) log(1 − p).
#
# - `discriminator_loss(real, drawn, smooth=0.0)`: the mean cross-entropy of the real
#   pictures' logits with target 1 − smooth, **plus** the mean of the drawn ones' with
#   target 0. (Chapter 10 halves the sum; here it is not halved. Only the real side is
#   smoothed.)
# - `generator_loss(drawn)`: the mean cross-entropy of the drawn ones' logits with
#   target 1, the loss that does not saturate.
#
# The numbers of real and of drawn pictures may differ; each mean is over its own.
# Logits may be large, up to hundreds: losses and gradients must be finite and right
# there too.
#
# An example to check by hand: with logits log 3 and 0 of two real pictures the
# probabilities are 3/4 and 1/2, and a drawn picture with logit log 3 has 3/4 too. The
# discriminator's loss is ½ (−log 3/4 − log 1/2) − log 1/4 = 1.8767.


# %% nbgrader={"grade_id": "losses"}
def discriminator_loss(real, drawn, smooth=0.0):
    """Computes how badly real and drawn pictures are told apart.

    Args:
        real: Tensor of shape (batch, 1), logits of real pictures.
        drawn: Tensor of shape (other batch, 1), logits of drawn ones.
        smooth: Float, 0 to 1: the target of real pictures is 1 - smooth.

    Returns:
        Scalar tensor.
    """
    ### BEGIN SOLUTION
    entropy = (1 - smooth) * ops.softplus(-real) + smooth * ops.softplus(real)
    return ops.mean(entropy) + ops.mean(ops.softplus(drawn))
    ### END SOLUTION


def generator_loss(drawn):
    """Computes how badly the discriminator is fooled.

    Args:
        drawn: Tensor of shape (batch, 1), logits of drawn pictures.

    Returns:
        Scalar tensor.
    """
    ### BEGIN SOLUTION
    return ops.mean(ops.softplus(-drawn))
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_losses"}
def logits(seed, count, center=0.0):
    """Draws logits around a center: a tensor of shape (count, 1)."""
    drawn = np.random.default_rng(seed).normal(center, 1.5, (count, 1))
    return ops.convert_to_tensor(drawn, dtype="float32")


# %% tags=["expected"]
def entropies(x, target):
    """Returns the cross-entropy of each logit, in float64."""
    x = ops.convert_to_numpy(x).astype("float64")
    return np.logaddexp(0, x) - target * x


def entropy(x, target):
    """Returns the mean cross-entropy of logits."""
    return entropies(x, target).mean()


def judge_loss_expected(real, drawn):
    """Returns the discriminator's loss, and what mistakes make of it."""
    right, parts = entropy(real, 1) + entropy(drawn, 0), len(real) + len(drawn)
    sums = entropies(real, 1).sum() + entropies(drawn, 0).sum()
    return right, {
        "it is half of the sum, as in the chapter": right / 2,
        "the targets are the wrong way round": entropy(real, 0) + entropy(drawn, 1),
        "only the real pictures count": entropy(real, 1),
        "only the drawn pictures count": entropy(drawn, 0),
        "the sign is wrong": -right,
        "both have target 1": entropy(real, 1) + entropy(drawn, 1),
        "both have target 0": entropy(real, 0) + entropy(drawn, 0),
        "cross-entropies are summed; expected their mean": sums,
        "it is one mean over all pictures; expected the sum of two": sums / parts,
        "the real part is taken off": entropy(drawn, 0) - entropy(real, 1),
    }


def draw_loss_expected(drawn):
    """Returns the generator's loss, and what mistakes make of it."""
    right = entropy(drawn, 1)
    return right, {
        "the target is 0: the generator wants the discriminator to say 1": entropy(
            drawn, 0
        ),
        "it is log(1 - D), which saturates: take -log D": -entropy(drawn, 0),
        "the sign is wrong": -right,
        "cross-entropies are summed; expected their mean": entropies(drawn, 1).sum(),
        "it is half of the mean": right / 2,
    }


def smoothing_expected(real, smooth):
    """Returns what smoothing makes of the loss, as a factor, where drawn logits are
    -20: nothing is lost there.
    """
    plain, flat = entropy(real, 1), np.full((1, 1), -20.0)

    def factor(target, drawn=0.0):
        return (entropy(real, target) + entropy(flat, drawn)) / plain

    return factor(1 - smooth), {
        "smooth changes nothing": 1.0,
        "the drawn side is smoothed too: their target stays 0": factor(
            1 - smooth, smooth
        ),
        "the target of real pictures is 1 - smooth/2": factor(1 - smooth / 2),
        "both targets move by smooth/2, as with Keras's label_smoothing": factor(
            1 - smooth / 2, smooth / 2
        ),
        "the target of real pictures is 1 + smooth": factor(1 + smooth),
        "the target of real pictures is smooth itself": factor(smooth),
        "the loss is multiplied by 1 - smooth": 1 - smooth,
        "only the drawn side is smoothed": factor(1, smooth),
    }


hand = ops.convert_to_tensor([[np.log(3)], [0.0]], dtype="float32")
expect("discriminator_loss of the example", judge_loss_expected(hand, hand[:1])[0])
expect(
    "discriminator_loss of 4 real and 6 drawn pictures",
    *judge_loss_expected(logits(130, 4, 1), logits(131, 6, -0.5)),
)
expect("generator_loss of 6 pictures", *draw_loss_expected(logits(132, 6, -1)))
expect(
    "the loss with smooth=0.1 over that without",
    *smoothing_expected(logits(133, 5), 0.1),
)

# %% [markdown]
# The discriminator's, without smoothing (2 points).

# %% nbgrader={"grade_id": "test_discriminator_loss", "points": 2}
_found = discriminator_loss(logits(130, 4, 1), logits(131, 6, -0.5))
checks.answer(_found, "discriminator_loss of 4 real and 6 drawn pictures")
_hand = ops.convert_to_tensor([[np.log(3)], [0.0]], dtype="float32")
_found = discriminator_loss(_hand, _hand[:1])
checks.answer(_found, "discriminator_loss of the example")
### BEGIN HIDDEN TESTS
for _n, _m in [(6, 3), (1, 8), (5, 1)]:
    _real, _drawn = logits(134 + _n, _n, 0.5), logits(144 + _m, _m)
    _right = judge_loss_expected(_real, _drawn)
    _call = f"discriminator_loss of {_n} real and {_m} drawn pictures"
    checks.judge(discriminator_loss(_real, _drawn), *_right, _call)
### END HIDDEN TESTS
checks.passed("values")

# %% [markdown]
# Smoothing, on the real side only (1 point). The drawn pictures have logits of −20
# here, where their loss is 0, so that the real ones make all of it.

# %% nbgrader={"grade_id": "test_smoothing", "points": 1}
_real, _drawn = logits(133, 5), ops.full((5, 1), -20.0)
_smooth = discriminator_loss(_real, _drawn, 0.1)
_plain = discriminator_loss(_real, _drawn)
_call = "the loss with smooth=0.1 over that without"
checks.answer(ops.divide(_smooth, _plain), _call, rtol=1e-4)
### BEGIN HIDDEN TESTS
for _factor, _n in [(0.3, 4), (0.5, 1), (0.8, 7), (1.0, 3)]:
    _real, _drawn = logits(154 + _n, _n, 0.5), ops.full((2, 1), -20.0)
    _right = smoothing_expected(_real, _factor)
    _smooth = discriminator_loss(_real, _drawn, smooth=_factor)
    _plain = discriminator_loss(_real, _drawn, smooth=0.0)
    _call = f"the loss with smooth={_factor} over that without"
    checks.judge(ops.divide(_smooth, _plain), *_right, _call, rtol=1e-4)
### END HIDDEN TESTS
checks.passed("smoothing")

# %% [markdown]
# The generator's (1 point).

# %% nbgrader={"grade_id": "test_generator_loss", "points": 1}
checks.answer(generator_loss(logits(132, 6, -1)), "generator_loss of 6 pictures")
### BEGIN HIDDEN TESTS
for _n in (1, 5, 9):
    _drawn = logits(164 + _n, _n, 1)
    _right = draw_loss_expected(_drawn)
    checks.judge(generator_loss(_drawn), *_right, f"generator_loss of {_n} pictures")
### END HIDDEN TESTS
checks.passed("values")

# %% [markdown]
# Large logits, and gradients (1 point).

# %% nbgrader={"grade_id": "test_losses_large", "points": 1}
_large = ops.full((2, 1), 300.0)
_found = checks.each(generator_loss, [(-_large,), (_large,)])
_found += checks.each(discriminator_loss, [(-_large, -_large), (_large, _large)])
_sizes = [abs(float(ops.convert_to_numpy(_value))) for _value in _found]
_call = "logits of -300 and 300 give losses of {:.4g}, {:.4g} and {:.4g}, {:.4g}"
_call = _call.format(*_sizes) + " in size: compute from logits"
assert np.isfinite(_sizes).all(), f"{_call}, not from probabilities"
assert min(max(_sizes[:2]), *_sizes[2:]) > 140, f"{_call}. Being so wrong costs 300"
_slopes = [checks.gradient(generator_loss, logits(134, 4))]
_slopes += checks.gradient(discriminator_loss, logits(135, 4), logits(136, 4))
assert all(np.abs(_slope).max() > 0 for _slope in _slopes), "no gradient flows"
### BEGIN HIDDEN TESTS
_x, _y = (ops.convert_to_numpy(logits(_seed, 4)) for _seed in (135, 136))
_step = 0.05 * ops.convert_to_numpy(logits(137, 4))
_slope = checks.gradient(generator_loss, _x)
_up, _down = checks.each(generator_loss, [(_x + _step,), (_x - _step,)])
_rise = float(ops.convert_to_numpy(_up)) - float(ops.convert_to_numpy(_down))
_call = "the slope of generator_loss"
# Both sides are the student's: what the loss is nearby, and the slope of it.
checks.close(2 * np.sum(_slope * _step), _rise, _call, rtol=1e-2, atol=1e-4)
_cases = [(_x + _step, _y - _step), (_x - _step, _y + _step)]
_slopes = checks.gradient(discriminator_loss, _x, _y)
_up, _down = checks.each(discriminator_loss, _cases)
_rise = float(ops.convert_to_numpy(_up)) - float(ops.convert_to_numpy(_down))
_call = "the slope of discriminator_loss"
# Both sides are the student's: what the loss is nearby, and the slope of it.
checks.close(
    2 * np.sum((_slopes[0] - _slopes[1]) * _step), _rise, _call, rtol=1e-2, atol=1e-4
)
_edges = np.array([[-300.0], [300.0]], "float32")
_steep = {
    "generator_loss": [checks.gradient(generator_loss, _edges)],
    "discriminator_loss": checks.gradient(discriminator_loss, _edges, _edges),
}
for _name, _slopes in _steep.items():
    for _slope in _slopes:
        assert np.isfinite(_slope).all(), f"the slope of {_name} at ±300 is not finite"
    _most = max(np.abs(_slope).max() for _slope in _slopes)
    assert _most > 0.2, f"the slope of {_name} at ±300 is {_most:.2g}; expected 0.5"
### END HIDDEN TESTS
checks.passed("large logits", "gradients")

# %% [markdown]
# ## Exercise 2: a generator by the guidelines (3 points)
#
# Write `generator(latent, shape, filters)`. It returns a `keras.Model` from noise
# (batch, latent) to pictures of that shape; height and width are multiples of 4.
#
# - A dense layer and a reshape make (height / 4, width / 4, 2 · filters).
# - Two transposed convolutions with kernels of 4×4 and stride 2 double the sizes (say
#   `padding="same"`); the first has `filters` filters, the second one for each channel
#   of the picture.
# - Batch normalisation, and then ReLU, follow the dense layer and the first transposed
#   convolution. The last layer has neither: it ends in tanh.
# - No other layers with weights, no pooling, no upsampling, no dropout.
#
# It is up to you whether the first normalisation comes before the reshape or after it,
# whether layers have biases, and how weights start. Normalisations are Keras's, with
# scale and shift; their momentum and their epsilon, if it is at most 0.001, are up to
# you.
#
# The test gives the network weights of its own, drawn for each shape, and runs it in
# training mode.


# %% nbgrader={"grade_id": "generator"}
def generator(latent, shape, filters):
    """Builds a generator by DCGAN's guidelines.

    Args:
        latent: Integer, numbers of noise.
        shape: Tuple (height, width, channels).
        filters: Integer.

    Returns:
        A `keras.Model` from (batch, latent) to (batch, height, width, channels).
    """
    ### BEGIN SOLUTION
    height, width, channels = shape
    inputs = keras.Input((latent,))
    x = layers.Dense(height // 4 * (width // 4) * 2 * filters)(inputs)
    x = layers.Reshape((height // 4, width // 4, 2 * filters))(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2DTranspose(filters, 4, 2, "same")(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2DTranspose(channels, 4, 2, "same", activation="tanh")(x)
    return keras.Model(inputs, x)
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_weights"}
def redraw(weights, seed, gain, vector, period=None):
    """Draws new weights for a network, whatever the order of its layers.

    Args:
        weights: List of arrays, from `model.get_weights()`.
        seed: Integer.
        gain: Float, how large kernels are.
        vector: Float, what each vector is filled with.
        period: Integer: so many columns of a dense kernel are drawn, and repeated, so
            that a channel has the same weights at all positions.

    Returns:
        List of arrays, for `model.set_weights()`.
    """
    fresh = []
    for weight in weights:
        dims = weight.shape
        numbers = np.full(dims, vector)
        if len(dims) > 1:
            numbers = np.random.default_rng([seed, *dims]).normal(0, gain, dims)
            numbers = numbers / np.sqrt(np.prod(dims[:-1]))
        if len(dims) == 2 and period:
            numbers = numbers[:, np.arange(dims[1]) % period]
        fresh.append(numbers.astype("float32"))
    return fresh


def kernels(weights):
    """Names the shapes of a network's kernels, such as "4×4×1×8", sorted."""
    return sorted("×".join(map(str, w.shape)) for w in weights if w.ndim > 1)


def normal(seed, *shape, center=0.0):
    """Draws normal numbers."""
    drawn = np.random.default_rng(seed).normal(center, 1, shape)
    return drawn.astype("float32")


# %% tags=["expected"]
def normalised(x):
    """Normalises over all axes but the last."""
    mean, variance = ops.moments(x, tuple(range(x.ndim - 1)), keepdims=True)
    return (x - mean) / ops.sqrt(variance + 1e-3)


def picture_of(z, shape, filters, seed, first="norm relu", second="norm relu", end=""):
    """Draws as the generator does in training mode, with other parts."""
    height, width, channels = shape
    units = height // 4 * (width // 4) * 2 * filters
    dims = [
        np.zeros((z.shape[1], units)),
        np.zeros((4, 4, filters, 2 * filters)),
        np.zeros((4, 4, channels, filters)),
    ]
    dense, one, two = redraw(dims, seed, 1000.0, 0.001, 2 * filters)
    parts = {
        "norm": lambda x: 0.001 * (normalised(x) + 1),
        "relu": ops.relu,
        "leaky": lambda x: ops.leaky_relu(x, 0.2),
        "tanh": ops.tanh,
        "sigmoid": ops.sigmoid,
        "clip": lambda x: ops.clip(x, -1, 1),
    }

    def run(x, names):
        for name in [name for name in names.split() if name in parts]:
            x = parts[name](x)
        return x

    x = ops.reshape(ops.matmul(z, dense), (-1, height // 4, width // 4, 2 * filters))
    x = ops.conv_transpose(run(x, first), one, 2, "same")
    x = ops.conv_transpose(run(x, second), two, 2, "same")
    return ops.convert_to_numpy(run(x, end or "tanh"))


def pictures_expected(z, shape, filters, seed):
    """Returns what a generator draws with weights of a seed, and what mistakes draw."""
    case = z, shape, filters, seed
    return picture_of(*case), {
        fault: picture_of(*case, **changed)
        for fault, changed in {
            "no normalisation follows the dense layer": {"first": "relu"},
            "no normalisation follows the first convolution": {"second": "relu"},
            "there is no normalisation": {"first": "relu", "second": "relu"},
            "no ReLU follows the dense layer's normalisation": {"first": "norm"},
            "no ReLU follows the convolution's normalisation": {"second": "norm"},
            "there is no ReLU": {"first": "norm", "second": "norm"},
            "a leaky ReLU stands for each ReLU": {
                "first": "norm leaky",
                "second": "norm leaky",
            },
            "ReLU comes before each normalisation": {
                "first": "relu norm",
                "second": "relu norm",
            },
            "the end is a sigmoid, from 0 to 1": {"end": "sigmoid"},
            "there is no tanh at the end": {"end": "as it is"},
            "the end is clipped; expected tanh": {"end": "clip"},
            "a ReLU comes before tanh": {"end": "relu tanh"},
            "the last layer is normalised": {"end": "norm tanh"},
        }.items()
    }


def kernels_expected(latent, shape, filters):
    """Names the kernels of a generator, and those of mistakes."""
    height, width, channels = shape
    units = height // 4 * (width // 4) * 2 * filters
    dense = f"{latent}×{units}"

    def named(*others):
        return sorted([dense, *others])

    one, two = f"4×4×{filters}×{2 * filters}", f"4×4×{channels}×{filters}"
    return named(one, two), {
        "the convolutions are not transposed": named(
            f"4×4×{2 * filters}×{filters}", f"4×4×{filters}×{channels}"
        ),
    }


VISIBLE = (3, (4, 8, 1), 2)
expect("the list of kernels of generator(3, (4, 8, 1), 2)", *kernels_expected(*VISIBLE))
expect(
    "the output of generator(3, (4, 8, 1), 2)",
    *pictures_expected(normal(170, 3, 3), *VISIBLE[1:], 171),
)

# %% nbgrader={"grade_id": "test_generator", "points": 3}
_call = "generator(3, (4, 8, 1), 2)"
_model = generator(3, (4, 8, 1), 2)
checks.model(_model, (None, 3), (None, 4, 8, 1), _call)
checks.answer(kernels(_model.get_weights()), f"the list of kernels of {_call}")
_model.set_weights(redraw(_model.get_weights(), 171, 1000, 0.001, period=4))
_drawn = _model(normal(170, 3, 3), training=True)
checks.answer(_drawn, f"the output of {_call}", atol=3e-3)
### BEGIN HIDDEN TESTS
for _latent, _dims, _filters in [(5, (12, 4, 3), 3), (1, (8, 8, 2), 1)]:
    _call = f"generator({_latent}, {_dims}, {_filters})"
    _z = normal(172, 5, _latent)
    _right = pictures_expected(_z, _dims, _filters, 173)
    _model = generator(_latent, _dims, _filters)
    checks.model(_model, (None, _latent), (None, *_dims), _call)
    _wanted = kernels_expected(_latent, _dims, _filters)
    checks.judge(
        kernels(_model.get_weights()), *_wanted, f"the list of kernels of {_call}"
    )
    _fresh = redraw(_model.get_weights(), 173, 1000, 0.001, period=2 * _filters)
    _model.set_weights(_fresh)
    _drawn = _model(_z, training=True)
    checks.judge(_drawn, *_right, f"the output of {_call}", atol=3e-3)
### END HIDDEN TESTS
checks.passed("shapes", "kernels", "pictures")

# %% [markdown]
# ## Exercise 3: a discriminator (2 points)
#
# Write `discriminator(shape, filters)`. It returns a `keras.Model` from pictures to one
# **logit** each (batch, 1). Two convolutions with kernels of 4×4 and stride 2 halve the
# sizes (say `padding="same"`); they have `filters` and 2 · `filters` filters. Each is
# followed by a leaky ReLU with slope 0.2; then flatten, and a dense layer. No pooling,
# no sigmoid. Height and width are multiples of 4. Biases are up to you.
#
# DCGAN's guidelines ask for batch normalisation here too. Leave it out, as the chapter
# does: each picture shall be judged by itself, not together with the others of its
# batch.


# %% nbgrader={"grade_id": "discriminator"}
def discriminator(shape, filters):
    """Builds a discriminator that judges each picture by itself.

    Args:
        shape: Tuple (height, width, channels).
        filters: Integer, of the first convolution.

    Returns:
        A `keras.Model` from (batch, height, width, channels) to logits (batch, 1).
    """
    ### BEGIN SOLUTION
    inputs = x = keras.Input(shape)
    for width in (filters, 2 * filters):
        x = layers.Conv2D(width, 4, 2, "same")(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
    return keras.Model(inputs, layers.Dense(1)(layers.Flatten()(x)))
    ### END SOLUTION


# %% tags=["expected"]
def logits_of(x, filters, seed, relus=(0.2, 0.2), end=None, pool=None):
    """Computes the logits of a discriminator with weights of a seed."""
    height, width, channels = x.shape[1:]
    dims = [
        np.zeros((4, 4, channels, filters)),
        np.zeros((4, 4, filters, 2 * filters)),
        np.zeros((height // 4 * (width // 4) * 2 * filters, 1)),
    ]
    *convolutions, dense = redraw(dims, seed, 3.0, 0.0)
    for kernel, slope in zip(convolutions, relus, strict=True):
        x = ops.conv(x, kernel, 1 if pool else 2, "same")
        x = pool(x, 2, 2, "same") if pool else x
        x = ops.leaky_relu(x, slope)
    x = ops.matmul(ops.reshape(x, (len(x), -1)), dense)
    return ops.convert_to_numpy(end(x) if end else x)


def logits_expected(x, filters, seed):
    """Returns the logits of a discriminator, and what mistakes make of them."""
    right = logits_of(x, filters, seed)
    return right, {
        fault: logits_of(x, filters, seed, **changed)
        for fault, changed in {
            "a ReLU lets nothing negative through; expected a leaky one": {
                "relus": (0.0, 0.0)
            },
            "the slope is Keras's default of 0.3": {"relus": (0.3, 0.3)},
            "the slope is 0.01": {"relus": (0.01, 0.01)},
            "there is no leaky ReLU": {"relus": (1.0, 1.0)},
            "no leaky ReLU follows the first convolution": {"relus": (1.0, 0.2)},
            "no leaky ReLU follows the second convolution": {"relus": (0.2, 1.0)},
            "these are probabilities, from a sigmoid": {"end": ops.sigmoid},
            "logits went through tanh": {"end": ops.tanh},
            "sizes are halved by pooling (the maximum); expected stride 2": {
                "pool": ops.max_pool
            },
            "sizes are halved by pooling (the mean); expected stride 2": {
                "pool": ops.average_pool
            },
        }.items()
    } | {"all logits are 0: is there a normalisation?": np.zeros_like(right)}


def judge_kernels_expected(shape, filters):
    """Names the kernels of a discriminator."""
    height, width, channels = shape
    units = height // 4 * (width // 4) * 2 * filters
    one, two = f"4×4×{channels}×{filters}", f"4×4×{filters}×{2 * filters}"
    return sorted([one, two, f"{units}×1"])


expect(
    "the list of kernels of discriminator((8, 12, 1), 2)",
    judge_kernels_expected((8, 12, 1), 2),
)
expect(
    "the output of discriminator((8, 12, 1), 2)",
    *logits_expected(normal(174, 4, 8, 12, 1), 2, 175),
)

# %% nbgrader={"grade_id": "test_discriminator", "points": 2}
_call = "discriminator((8, 12, 1), 2)"
_model = discriminator((8, 12, 1), 2)
checks.model(_model, (None, 8, 12, 1), (None, 1), _call)
checks.answer(kernels(_model.get_weights()), f"the list of kernels of {_call}")
_model.set_weights(redraw(_model.get_weights(), 175, 3, 0))
_found = _model(normal(174, 4, 8, 12, 1), training=False)
checks.answer(_found, f"the output of {_call}")
### BEGIN HIDDEN TESTS
for _dims, _filters in [((12, 4, 3), 3), ((4, 8, 2), 1)]:
    _call = f"discriminator({_dims}, {_filters})"
    _x = normal(176, 5, *_dims)
    _right = logits_expected(_x, _filters, 177)
    _model = discriminator(_dims, _filters)
    checks.model(_model, (None, *_dims), (None, 1), _call)
    _wanted = judge_kernels_expected(_dims, _filters)
    checks.judge(
        kernels(_model.get_weights()), _wanted, what=f"the list of kernels of {_call}"
    )
    _model.set_weights(redraw(_model.get_weights(), 177, 3, 0))
    checks.judge(_model(_x, training=True), *_right, f"the output of {_call}")
### END HIDDEN TESTS
checks.passed("shapes", "kernels", "logits")

# %% [markdown]
# ## Exercise 4: a step of each (5 points)
#
# Write two functions. Each computes a loss, takes **one step of plain gradient
# descent**, weight − learning_rate · gradient, on the trainable weights of one player,
# and returns the loss before the step as a float. Losses are those of `game_losses`,
# given below, and no others.
#
# - `discriminator_step(generate, judge, real, noise, learning_rate)`
# - `generator_step(generate, judge, noise, learning_rate)`
#
# The other player may not change by a bit, nor may `real` and `noise`. Layers of a
# player may be frozen: those do not move, and no others may be frozen afterwards. The
# two batches may differ in size. The players have no layers that behave otherwise in
# training. `training.gradients(loss_fn, variables)` calls `loss_fn()` and returns
# `(loss, gradients)`.


# %% nbgrader={"grade_id": "given_game"}
def game_losses(real, drawn):
    """Computes both losses from logits.

    Args:
        real: Tensor (batch, 1), logits of real data.
        drawn: Tensor (batch, 1), logits of drawn data.

    Returns:
        Tuple of scalars, the discriminator's loss and the generator's; the latter does
        not depend on `real`.
    """
    judge = ops.mean(ops.softplus(-real)) + ops.mean(ops.softplus(drawn))
    return judge, ops.mean(ops.softplus(-drawn))


def players(seed, latent=2, dims=2, units=3):
    """Builds a small generator and a small discriminator for points.

    Args:
        seed: Integer; weights depend on it alone.
        latent: Integer, numbers of noise.
        dims: Integer, numbers of a point.
        units: Integer, of the discriminator's hidden layer.

    Returns:
        Tuple of `keras.Model`: from (batch, latent) to (batch, dims), and from (batch,
        dims) to logits (batch, 1).
    """
    generate = keras.Sequential([keras.Input((latent,)), layers.Dense(dims)])
    judge = keras.Sequential(
        [keras.Input((dims,)), layers.Dense(units, activation="gelu"), layers.Dense(1)]
    )
    rng = np.random.default_rng(seed)
    for model in (generate, judge):
        model.set_weights([rng.normal(0, 0.7, w.shape) for w in model.get_weights()])
    return generate, judge


# %% nbgrader={"grade_id": "steps"}
def discriminator_step(generate, judge, real, noise, learning_rate):
    """Moves the discriminator by one step.

    Args:
        generate: `keras.Model` from noise to drawn data.
        judge: `keras.Model` from data to logits (batch, 1).
        real: Array, a batch of real data.
        noise: Array of shape (batch, latent).
        learning_rate: Float.

    Returns:
        Float, the discriminator's loss before the step.
    """
    ### BEGIN SOLUTION
    variables = judge.trainable_variables
    drawn = generate(noise)
    loss, slopes = training.gradients(
        lambda: game_losses(judge(real), judge(drawn))[0], variables
    )
    for variable, slope in zip(variables, slopes, strict=True):
        variable.assign(variable - learning_rate * slope)
    return float(loss)
    ### END SOLUTION


def generator_step(generate, judge, noise, learning_rate):
    """Moves the generator by one step.

    Args:
        generate: `keras.Model` from noise to drawn data.
        judge: `keras.Model` from data to logits (batch, 1).
        noise: Array of shape (batch, latent).
        learning_rate: Float.

    Returns:
        Float, the generator's loss before the step.
    """
    ### BEGIN SOLUTION
    variables = generate.trainable_variables

    def loss_fn():
        logits = judge(generate(noise))
        return game_losses(logits, logits)[1]

    loss, slopes = training.gradients(loss_fn, variables)
    for variable, slope in zip(variables, slopes, strict=True):
        variable.assign(variable - learning_rate * slope)
    return float(loss)
    ### END SOLUTION


# %% tags=["expected"]
def rivals(kind, seed):
    """Builds players of other kinds, and returns them with the sizes of their data."""
    sizes = {"points": (2, (2,)), "deep": (3, (4,)), "frozen": (2, (3,))}
    latent, dims = sizes.get(kind, (2, (4, 4, 1)))
    noise_in, data_in = keras.Input((latent,)), keras.Input(dims)
    if kind == "pictures":
        x = layers.Reshape((2, 2, 2))(layers.Dense(8, "relu")(noise_in))
        x = layers.Conv2DTranspose(1, 2, 2, activation="tanh")(x)
        y = layers.Conv2D(2, 3, 2, "same", activation="leaky_relu")(data_in)
        y = layers.Flatten()(y)
    else:
        x = layers.Dense(3, "tanh", trainable=kind != "frozen")(noise_in)
        x = layers.Dense(*dims)(x)
        y = layers.Dense(5, "gelu", trainable=kind != "frozen")(data_in)
        y = layers.Dense(2, "softplus")(y) if kind == "deep" else y
    found = keras.Model(noise_in, x), keras.Model(data_in, layers.Dense(1)(y))
    rng = np.random.default_rng(seed)
    for model in found:
        model.set_weights([rng.normal(0, 0.7, w.shape) for w in model.get_weights()])
    return *found, latent, dims


def judge_step_of(make, real, z, rate, target=0):
    """Returns the discriminator's loss, its weights after a step, and mistakes' ones.

    Args:
        make: Function that builds both players.
        real: Array, real data.
        z: Array, noise.
        rate: Float.
        target: Integer, which of the losses is taken.
    """
    generate, judge = make()
    drawn, before = generate(z), judge.get_weights()
    loss, slopes = training.gradients(
        lambda: game_losses(judge(real), judge(drawn))[target],
        judge.trainable_variables,
    )
    return float(loss), *moved(judge, before, slopes, rate)


def draw_step_of(make, z, rate, saturates=False):
    """Returns the generator's loss, its weights after a step, and mistakes' ones."""
    generate, judge = make()
    before = generate.get_weights()

    def loss_fn():
        logits = judge(generate(z))
        if saturates:
            return -ops.mean(ops.softplus(logits))
        return game_losses(logits, logits)[1]

    loss, slopes = training.gradients(loss_fn, generate.trainable_variables)
    return float(loss), *moved(generate, before, slopes, rate)


def moved(model, before, slopes, rate):
    """Returns a model's weights after a step of plain descent, and after others."""
    variables = model.trainable_variables

    def after(factor):
        model.set_weights(before)
        for variable, slope in zip(variables, slopes, strict=True):
            variable.assign(variable - factor * slope)
        return model.get_weights()

    right = after(rate)
    found = {
        "they have not moved": before,
        "they go uphill: subtract the gradient": after(-rate),
        "the step is that of learning rate 1, not of the one given": after(1.0),
        "the step is that of learning rate 0.1, not of the one given": after(0.1),
        "the step is half as long": after(rate / 2),
        "the step is twice as long": after(2 * rate),
    }
    model.set_weights(before)
    keras.optimizers.Adam(rate).apply(slopes, variables)
    found["the step is Adam's; expected plain gradient descent"] = model.get_weights()
    return right, found


def judge_step_expected(make, real, z, rate):
    """Returns answers to discriminator_step: (loss, mistakes), (weights, mistakes)."""
    loss, weights, faults = judge_step_of(make, real, z, rate)
    other = judge_step_of(make, real, z, rate, target=1)
    generate, judge = make()
    judge.set_weights(weights)
    later = game_losses(judge(real), judge(generate(z)))[0]
    faults = faults | {"the generator's loss was taken": other[1]}
    return (
        loss,
        {
            "it is that after the step; expected that before": later,
            "it is the generator's": other[0],
            "it is half of what game_losses says": loss / 2,
        },
    ), (weights, faults)


def draw_step_expected(make, z, rate):
    """Returns answers to generator_step: (loss, mistakes), (weights, mistakes)."""
    loss, weights, faults = draw_step_of(make, z, rate)
    other = draw_step_of(make, z, rate, saturates=True)
    generate, judge = make()
    generate.set_weights(weights)
    logits = judge(generate(z))
    faults = faults | {"the loss taken is one that saturates": other[1]}
    hint = "they have not moved: does the gradient pass through the discriminator?"
    faults = {
        hint if fault == "they have not moved" else fault: wrong
        for fault, wrong in faults.items()
    }
    return (
        loss,
        {
            "it is that after the step; expected that before": game_losses(
                logits, logits
            )[1],
            "it is that of log(1 - D), which saturates": other[0],
        },
    ), (weights, faults)


def one_game():
    """Builds the players that visible tests ask."""
    return players(180)


answers = judge_step_expected(
    one_game, normal(181, 5, 2, center=1), normal(182, 3, 2), 0.5
)
expect("the loss that discriminator_step returns", *answers[0])
expect("the discriminator's weights after its step", *answers[1])
answers = draw_step_expected(one_game, normal(183, 4, 2), 0.5)
expect("the loss that generator_step returns", *answers[0])
expect("the generator's weights after its step", *answers[1])

# %% [markdown]
# The discriminator's step (2 points).

# %% nbgrader={"grade_id": "test_discriminator_step", "points": 2}
_generate, _judge = players(180)
_real, _noise = normal(181, 5, 2, center=1), normal(182, 3, 2)
_loss = discriminator_step(_generate, _judge, _real, _noise, 0.5)
checks.answer(_loss, "the loss that discriminator_step returns")
_call = "the discriminator's weights after its step"
checks.answer(_judge.get_weights(), _call, rtol=1e-4, atol=1e-4)
### BEGIN HIDDEN TESTS
for _kind, _rate, _n in [("deep", 0.1, 4), ("pictures", 2.0, 1), ("frozen", 0.7, 6)]:
    _generate, _judge, _latent, _dims = rivals(_kind, 184)
    _real, _noise = normal(185, 3, *_dims, center=1), normal(186, _n, _latent)
    _twins = rivals(_kind, 184)
    _right = reference_discriminator_step(*_twins[:2], _real, _noise, _rate)
    _moved = _twins[1].get_weights()
    _loss = discriminator_step(_generate, _judge, _real, _noise, _rate)
    checks.judge(_loss, _right, what=f"{_kind}: the loss of discriminator_step")
    _call = f"{_kind}: the discriminator after its step of {_rate}"
    checks.judge(_judge.get_weights(), _moved, None, _call, 1e-4, 1e-4)
### END HIDDEN TESTS
checks.passed("loss", "step")

# %% [markdown]
# The generator's step (2 points).

# %% nbgrader={"grade_id": "test_generator_step", "points": 2}
_generate, _judge = players(180)
_loss = generator_step(_generate, _judge, normal(183, 4, 2), 0.5)
checks.answer(_loss, "the loss that generator_step returns")
_call = "the generator's weights after its step"
checks.answer(_generate.get_weights(), _call, rtol=1e-4, atol=1e-4)
### BEGIN HIDDEN TESTS
for _kind, _rate, _n in [("deep", 0.1, 4), ("pictures", 2.0, 1), ("frozen", 0.7, 6)]:
    _generate, _judge, _latent, _dims = rivals(_kind, 187)
    _noise = normal(188, _n, _latent)
    _twins = rivals(_kind, 187)
    _right = reference_generator_step(*_twins[:2], _noise, _rate)
    _moved = _twins[0].get_weights()
    _loss = generator_step(_generate, _judge, _noise, _rate)
    checks.judge(_loss, _right, what=f"{_kind}: the loss of generator_step")
    _call = f"{_kind}: the generator after its step of {_rate}"
    checks.judge(_generate.get_weights(), _moved, None, _call, 1e-4, 1e-4)
### END HIDDEN TESTS
checks.passed("loss", "step")

# %% [markdown]
# Neither moves the other (1 point).

# %% nbgrader={"grade_id": "test_steps_untouched", "points": 1}
_draw, _judge = players(189)
_real, _noise = normal(190, 2, 5, 2)
_kept = _draw.get_weights()
discriminator_step(_draw, _judge, _real, _noise, 0.1)
checks.unchanged(_draw.get_weights(), _kept, "after discriminator_step the generator")
_kept, _batches = _judge.get_weights(), list(normal(190, 2, 5, 2))
generator_step(_draw, _judge, _noise, 0.1)
checks.unchanged(_judge.get_weights(), _kept, "after generator_step the discriminator")
checks.unchanged([_real, _noise], _batches, "the batch of real data or noise")
### BEGIN HIDDEN TESTS
for _kind in ("deep", "pictures"):
    _generate, _judge, _latent, _dims = rivals(_kind, 191)
    _kept = [_generate.get_weights(), _judge.get_weights()]
    _real, _noise = normal(192, 3, *_dims), normal(193, 2, _latent)
    discriminator_step(_generate, _judge, _real, _noise, 0.3)
    _call = f"{_kind}: after discriminator_step the generator"
    checks.unchanged(_generate.get_weights(), _kept[0], _call)
    _frozen = len(_generate.weights) - len(_generate.trainable_weights)
    assert _frozen == 0, "the generator is frozen after discriminator_step"
    _generate, _judge, _latent, _dims = rivals(_kind, 191)
    generator_step(_generate, _judge, _noise, 0.3)
    _call = f"{_kind}: after generator_step the discriminator"
    checks.unchanged(_judge.get_weights(), _kept[1], _call)
    _frozen = len(_judge.weights) - len(_judge.trainable_weights)
    assert _frozen == 0, "the discriminator is frozen after generator_step"
    _batches = [normal(192, 3, *_dims), normal(193, 2, _latent)]
    checks.unchanged([_real, _noise], _batches, "the batch of real data or noise")
### END HIDDEN TESTS
checks.passed("other player", "batches")

# %% [markdown]
# ## Exercise 5: a game (3 points)
#
# Write `play(generate, judge, real, noise, learning_rate=0.02)`. `real` has shape
# (rounds, batch, dims), `noise` (rounds, other batch, latent). Each round is a step of
# the discriminator and then a step of the generator, with `real[i]` and `noise[i]`,
# this time with `keras.optimizers.Adam(learning_rate, beta_1=0.5)`, **one for each
# player**, kept over all rounds. Losses are those of `game_losses`. `play` returns a
# list with a pair of floats for each round (discriminator's, generator's), each loss
# just before the step that it is for. `real` and `noise` must not change.
#
# > **Predict.** The real points lie in two heaps, and the generator is one dense layer.
# > Where will its points lie in the end: in one heap, in both, or between them? Look at
# > the picture below, once `play` is there.


# %% nbgrader={"grade_id": "play"}
def play(generate, judge, real, noise, learning_rate=0.02):
    """Plays a game.

    Args:
        generate: `keras.Model` from (batch, latent) to (batch, dims).
        judge: `keras.Model` from (batch, dims) to logits (batch, 1).
        real: Array of shape (rounds, batch, dims).
        noise: Array of shape (rounds, other batch, latent).
        learning_rate: Float, of both optimizers.

    Returns:
        List of pairs of floats, the losses of each round.
    """
    ### BEGIN SOLUTION
    adams = [keras.optimizers.Adam(learning_rate, beta_1=0.5) for _ in range(2)]
    history = []
    for points, z in zip(real, noise, strict=True):
        drawn = ops.convert_to_numpy(generate(z))
        first, slopes = training.gradients(
            lambda p=points, d=drawn: game_losses(judge(p), judge(d))[0],
            judge.trainable_variables,
        )
        adams[0].apply(slopes, judge.trainable_variables)
        second, slopes = training.gradients(
            lambda p=points, z=z: game_losses(judge(p), judge(generate(z)))[1],
            generate.trainable_variables,
        )
        adams[1].apply(slopes, generate.trainable_variables)
        history.append((float(first), float(second)))
    return history
    ### END SOLUTION


# %% tags=["expected"]
from layerwise.checks.expected import agree


def other_play(
    make,
    real,
    z,
    rate,
    order="DG",
    beta=0.5,
    kind=None,
    anew=False,
    shared=False,
    same_batch=False,
    losses_after=False,
    moving="DG",
):
    """Plays a game by other rules.

    Args:
        make: Function that builds both players.
        real: Array of shape (rounds, batch, dims).
        z: Array of shape (rounds, other batch, latent).
        rate: Float, of both optimizers.
        order: "DG"; "GD" for the generator first, "=" for both at once.
        beta: Float, Adam's beta_1.
        kind: Another optimizer than Adam, with its name in `keras.optimizers`.
        anew: Whether each round has new optimizers.
        shared: Whether both players share one.
        same_batch: Whether each round has the first one's batch.
        losses_after: Whether losses are those after the step that they are for.
        moving: The players that move.

    Returns:
        Tuple of the losses, the generator's weights and the discriminator's.
    """
    generate, judge = make()
    own = {"D": judge.trainable_variables, "G": generate.trainable_variables}

    def new(*variables):
        if kind:
            return getattr(keras.optimizers, kind)(rate)
        adam = keras.optimizers.Adam(rate, beta_1=beta)
        adam.build([v for some in variables for v in some])
        return adam

    def optimizers():
        if shared:
            return dict.fromkeys("DG", new(*own.values()))
        return {name: new(variables) for name, variables in own.items()}

    adams, history = optimizers(), []
    for turn in range(len(real)):
        place = 0 if same_batch else turn
        losses = {
            "D": lambda p=place: game_losses(judge(real[p]), judge(generate(z[p])))[0],
            "G": lambda p=place: game_losses(judge(real[p]), judge(generate(z[p])))[1],
        }
        adams = optimizers() if anew else adams
        found, slopes = {}, {}
        if order == "=":
            for name in "DG":
                found[name], slopes[name] = training.gradients(losses[name], own[name])
        for name in "DG" if order == "=" else order:
            if order != "=":
                found[name], slopes[name] = training.gradients(losses[name], own[name])
            if name in moving:
                adams[name].apply(slopes[name], own[name])
            found[name] = losses[name]() if losses_after else found[name]
        history.append((float(found["D"]), float(found["G"])))
    return history, generate.get_weights(), judge.get_weights()


def duel():
    """Builds the players that visible tests of `play` ask."""
    return players(205)


case = duel, normal(201, 1, 6, 2, center=1), normal(202, 1, 4, 2), 0.3
first_losses = other_play(*case)[0]
expect(
    "the losses of a game of one round",
    first_losses,
    {
        "the generator's loss is that before the discriminator's step": other_play(
            *case, order="="
        )[0],
        "the generator's step comes first; expected the discriminator's": other_play(
            *case, order="GD"
        )[0],
        "the generator's loss comes first; expected the discriminator's": [
            first_losses[0][::-1]
        ],
        "they are those after the steps": other_play(*case, losses_after=True)[0],
        "the steps are plain gradient descent; expected Adam's": other_play(
            *case, kind="SGD"
        )[0],
        "the learning rate is not the one given": other_play(*case[:3], 0.02)[0],
    },
)
case = duel, normal(203, 2, 6, 2, center=1), normal(204, 2, 6, 2), 0.1
expect(
    "the discriminator's weights after a game of two rounds",
    other_play(*case)[2],
    {
        "beta_1 is Adam's default of 0.9; expected 0.5": other_play(*case, beta=0.9)[2],
        "each round has new optimizers: keep them": other_play(*case, anew=True)[2],
        "both players share one optimizer": other_play(*case, shared=True)[2],
        "the steps are plain gradient descent": other_play(*case, kind="SGD")[2],
        "both rounds have the first one's batch": other_play(*case, same_batch=True)[2],
        "only one round was played": other_play(duel, case[1][:1], case[2][:1], 0.1)[2],
        "the generator does not move": other_play(*case, moving="D")[2],
        "they have not moved": duel()[1].get_weights(),
    },
)

# %% [markdown]
# The losses of a round (1 point).

# %% nbgrader={"grade_id": "test_play_start", "points": 1}
_generate, _judge = players(205)
_real, _noise = normal(201, 1, 6, 2, center=1), normal(202, 1, 4, 2)
_losses = play(_generate, _judge, _real, _noise, 0.3)
checks.answer(_losses, "the losses of a game of one round")
### BEGIN HIDDEN TESTS
for _kind, _rate in [("deep", 0.1), ("pictures", 0.5)]:
    _generate, _judge, _latent, _dims = rivals(_kind, 205)
    _real, _noise = normal(206, 1, 3, *_dims), normal(207, 1, 5, _latent)
    _right, *_ = other_play(lambda _k=_kind: rivals(_k, 205)[:2], _real, _noise, _rate)
    _losses = play(_generate, _judge, _real, _noise, learning_rate=_rate)
    checks.judge(_losses, _right, what=f"{_kind}: the losses of a game of one round")
### END HIDDEN TESTS
checks.passed("losses")

# %% [markdown]
# Where it leads (2 points).

# %% nbgrader={"grade_id": "test_play_end", "points": 2}
_generate, _judge = players(205)
_real, _noise = normal(203, 2, 6, 2, center=1), normal(204, 2, 6, 2)
play(_generate, _judge, _real, _noise, learning_rate=0.1)
_call = "the discriminator's weights after a game of two rounds"
checks.answer(_judge.get_weights(), _call, rtol=1e-4, atol=5e-4)
_batches = [normal(203, 2, 6, 2, center=1), normal(204, 2, 6, 2)]
checks.unchanged([_real, _noise], _batches, "`real` or `noise`")
### BEGIN HIDDEN TESTS
for _kind, _rounds, _rate in [
    ("points", 3, ()),
    ("deep", 3, (0.1,)),
    ("pictures", 2, (0.05,)),
]:
    _generate, _judge, _latent, _dims = rivals(_kind, 208)
    _real, _noise = normal(209, _rounds, 6, *_dims), normal(210, _rounds, 3, _latent)
    _case = lambda _k=_kind: rivals(_k, 208)[:2], _real, _noise, *(_rate or (0.02,))
    # Whether losses are taken after the other's step was asked above.
    _rights = [other_play(*_case, order=_order) for _order in ("DG", "=")]
    _losses = play(_generate, _judge, _real.copy(), _noise.copy(), *_rate)
    _found = _generate.get_weights(), _judge.get_weights()
    _which = int(agree(_found[0], _rights[1][1], atol=1e-3))
    _call = f"{_kind}, {_rounds} rounds: the"
    checks.judge(_losses, _rights[_which][0], what=f"{_call} losses of a game")
    checks.judge(_found[0], _rights[_which][1], None, f"{_call} generator", atol=1e-3)
    checks.judge(
        _found[1], _rights[_which][2], None, f"{_call} discriminator", atol=1e-3
    )
### END HIDDEN TESTS
checks.passed("weights", "batches")

# %% [markdown]
# Look: two heaps of real points, and what is drawn after some rounds.


# %% nbgrader={"grade_id": "look_play"}
def look():
    """Plays 160 rounds, and shows where points were drawn on the way."""
    from matplotlib import pyplot as plt

    from layerwise import plots

    plots.use_style()
    generate, judge = players(7, units=16)
    real = normal(8, 160, 64, 2) / 3
    real[:, ::2, 0] += 2
    real[:, 1::2, 0] -= 2
    latent, tests = normal(9, 160, 64, 2), normal(10, 300, 2)
    _, axes = plots.panels(4, width=2.6, height=2.8)
    for axis, start, end in zip(axes, (0, 0, 40, 80), (0, 40, 80, 160), strict=True):
        if end:
            play(generate, judge, real[start:end], latent[start:end], 0.03)
        drawn = ops.convert_to_numpy(generate(tests))
        axis.plot(*real[:4].reshape(-1, 2).T, ".", alpha=0.5, label="real")
        axis.plot(*drawn.T, ".", alpha=0.5, label="drawn")
        axis.set(xlim=(-5, 5), ylim=(-5, 5), title=f"after {end} rounds")
    axes[0].legend()
    plt.show()


# %%
# look()

# %% [markdown]
# ## Exercise 6: walk on the sphere (2 points)
#
# Noise of many dimensions lies near a sphere: 100 normal numbers have the length
# 10 ± 0.7. Halfway on the straight line between two such points the length is about 7,
# where noise hardly ever is (White 2016, arXiv:1609.04468). Write `slerp(a, b, steps)`:
# `steps` points from `a` to `b`, both included, by
#
# sin((1 − t) θ) / sin θ · a + sin(t θ) / sin θ · b, with t in equal steps from 0 to 1,
#
# where θ is the angle between `a` and `b` (Shoemake 1985). Where θ is 0, take the
# straight line; rounding may make a cosine a little greater than 1. `a` and `b` may
# have different lengths, none is 0, and they are not opposite. They must not change.
#
# From (1, 0) to (0, 1) in three steps the middle is (0.7071, 0.7071).


# %% nbgrader={"grade_id": "slerp"}
def slerp(a, b, steps):
    """Walks from one point of noise to another on the sphere.

    Args:
        a: Array of shape (latent,).
        b: Array of shape (latent,).
        steps: Integer, at least 2.

    Returns:
        Array of shape (steps, latent).
    """
    ### BEGIN SOLUTION
    t = np.linspace(0, 1, steps)[:, None]
    cosine = a @ b / (np.linalg.norm(a) * np.linalg.norm(b))
    angle = np.arccos(min(cosine, 1.0))
    if np.sin(angle) < 1e-6:
        return (1 - t) * a + t * b
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)
    ### END SOLUTION


# %% tags=["expected"]
def slerp_expected(a, b, steps):
    """Returns the points of a walk, and those of mistakes."""
    a, b = np.array(a, "float64"), np.array(b, "float64")
    right, straight = reference_slerp(a, b, steps), np.linspace(a, b, steps)
    lengths = np.linspace(np.linalg.norm(a), np.linalg.norm(b), steps)
    bent = straight * (lengths / np.linalg.norm(straight, axis=1))[:, None]
    units = a / np.linalg.norm(a), b / np.linalg.norm(b)
    angle = np.arccos(min(units[0] @ units[1], 1.0)) or 1.0
    short = np.linspace(0, 1, steps, endpoint=False)[:, None]
    return right, {
        "it is a straight line: its middle is shorter than its ends": straight,
        "it is a straight line, put on the sphere: its steps are not equal": bent,
        "it stops before `b`": (
            np.sin((1 - short) * angle) * a + np.sin(short * angle) * b
        )
        / np.sin(angle),
        "its points have length 1": reference_slerp(*units, steps),
        "it is not divided by sin θ": right * np.sin(angle),
        "it is divided by θ; expected sin θ": right * np.sin(angle) / angle,
        "it goes from `b` to `a`": right[::-1],
    }


SLERPS = [((3, 0, 4, -1), (1, 2, -2, 4), 5), ((3, 4), (0, 2), 3)]
SLERPS += [((1, 0), (0, 1), 3), ((3, 4), (3, 4), 4)]
for a, b, steps in SLERPS:
    expect(f"slerp from {a} to {b} in {steps} steps", *slerp_expected(a, b, steps))

# %% nbgrader={"grade_id": "test_slerp", "points": 2}
for _a, _b, _steps in [
    ((3, 0, 4, -1), (1, 2, -2, 4), 5),
    ((3, 4), (0, 2), 3),
    ((1, 0), (0, 1), 3),
    ((3, 4), (3, 4), 4),
]:
    _pair = np.array([_a, _b], "float64")
    _found = slerp(_pair[0], _pair[1], _steps)
    checks.answer(_found, f"slerp from {_a} to {_b} in {_steps} steps")
    checks.unchanged([_pair], [np.array([_a, _b], "float64")], "`a` or `b`")
### BEGIN HIDDEN TESTS
for _latent, _steps in [(32, 9), (3, 2), (5, 6), (2, 4)]:
    _a, _b = normal(211 + _latent, 2, _latent)
    _right = slerp_expected(_a, _b, _steps)
    _call = f"slerp of {_latent} numbers in {_steps} steps"
    checks.judge(slerp(_a.copy(), _b.copy(), _steps), *_right, _call)
# Of some vectors the cosine of the angle to themselves is rounded up.
_same = [normal(_seed, 7).astype("float64") for _seed in range(220, 240)]
_cases = [(_a.copy(), _factor * _a, 3) for _a in _same for _factor in (1, 2)]
_rights = [np.linspace(_a, _b, 3) for _a, _b, _ in _cases]
for _found, _right in zip(checks.each(slerp, _cases), _rights, strict=True):
    checks.judge(_found, _right, what="slerp to a point in the same direction")
### END HIDDEN TESTS
checks.passed("values", "same direction", "points unchanged")
