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
# | 3 | A discriminator by the guidelines | 2 |
# | 4 | A step of each | 5 |
# | 5 | A game | 3 |
# | 6 | Walk on the sphere | 2 |
#
# Write your code where it says `YOUR CODE HERE`. The cells below each exercise test
# it; when your work is graded, the same cells ask the same of other inputs too. No
# exercise needs an earlier one. Pictures are from -1 to 1, (batch, height, width,
# channels). Use `keras.ops` where gradients must flow.

# %% nbgrader={"grade_id": "setup"}
import keras
import numpy as np
from keras import layers, ops

from layerwise import checks, training

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
# Logits may be large, up to hundreds: no infinity may come of it.


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
def entropy(logits, target):
    """Computes the mean cross-entropy in float64."""
    logits = np.asarray(logits, "float64")
    return float(np.mean(np.logaddexp(0, logits) - target * logits))


# %% [markdown]
# The discriminator's, without smoothing (2 points).

# %% nbgrader={"grade_id": "test_discriminator_loss", "points": 2}
_sizes = [(4, 4)]
### BEGIN HIDDEN TESTS
_sizes += [(6, 3), (1, 8)]
### END HIDDEN TESTS
for _n, _m in _sizes:
    _rng = np.random.default_rng(130)
    _real = _rng.normal(1, 1, (_n, 1)).astype("float32")
    _drawn = _rng.normal(-0.5, 1, (_m, 1)).astype("float32")
    _wanted = entropy(_real, 1) + entropy(_drawn, 0)
    _call = f"discriminator_loss of {_n} real and {_m} drawn pictures"
    _received = discriminator_loss(_real, _drawn)
    checks.shape(_received, (), _call)
    _received = float(ops.convert_to_numpy(_received))
    for _fault, _wrong in {
        "is half of the sum, as in the chapter": _wanted / 2,
        "has the targets the wrong way round": entropy(_real, 0) + entropy(_drawn, 1),
        "counts the real pictures only": entropy(_real, 1),
        "counts the drawn pictures only": entropy(_drawn, 0),
        "has the wrong sign": -_wanted,
        "gives both target 1": entropy(_real, 1) + entropy(_drawn, 1),
    }.items():
        assert not np.isclose(_received, _wrong, rtol=1e-4), f"{_call} {_fault}"
    checks.close(_received, _wanted, _call, rtol=1e-3)
_zero = np.zeros((3, 1), "float32")
checks.close(
    discriminator_loss(_zero, _zero), 2 * np.log(2), "the loss of who guesses", 1e-3
)

# %% [markdown]
# Smoothing, on the real side only (1 point).

# %% nbgrader={"grade_id": "test_smoothing", "points": 1}
_smooths = [0.1]
### BEGIN HIDDEN TESTS
_smooths += [0.3]
### END HIDDEN TESTS
for _smooth in _smooths:
    _rng = np.random.default_rng(131)
    _real, _drawn = _rng.normal(0.5, 1, (2, 5, 1)).astype("float32")
    _wanted = entropy(_real, 1 - _smooth) + entropy(_drawn, 0)
    _both = entropy(_real, 1 - _smooth) + entropy(_drawn, _smooth)
    _call = f"discriminator_loss with smooth={_smooth}"
    _received = float(ops.convert_to_numpy(discriminator_loss(_real, _drawn, _smooth)))
    assert not np.isclose(_received, _both, rtol=1e-4), (
        f"{_call} smooths the drawn side too: their target stays 0"
    )
    assert not np.isclose(
        _received, entropy(_real, 1) + entropy(_drawn, 0), rtol=1e-4
    ), f"{_call} does not smooth"
    checks.close(_received, _wanted, _call, rtol=1e-3)

# %% [markdown]
# The generator's (1 point).

# %% nbgrader={"grade_id": "test_generator_loss", "points": 1}
_seeds = [132]
### BEGIN HIDDEN TESTS
_seeds += [133]
### END HIDDEN TESTS
for _seed in _seeds:
    _drawn = np.random.default_rng(_seed).normal(-1, 1, (6, 1)).astype("float32")
    _received = generator_loss(_drawn.copy())
    checks.shape(_received, (), "generator_loss")
    _received = float(ops.convert_to_numpy(_received))
    for _fault, _wrong in {
        "has target 0: the generator wants the discriminator to say 1": entropy(
            _drawn, 0
        ),
        "is log(1 - D), which saturates: take -log D": -entropy(_drawn, 0),
        "has the wrong sign": -entropy(_drawn, 1),
    }.items():
        assert not np.isclose(_received, _wrong, rtol=1e-4), f"generator_loss {_fault}"
    checks.close(_received, entropy(_drawn, 1), "generator_loss", rtol=1e-3)

# %% [markdown]
# Large logits, and gradients (1 point).

# %% nbgrader={"grade_id": "test_losses_large", "points": 1}
_large = np.full((2, 1), 300, "float32")
for _name, _loss in (
    ("generator_loss of logits of -300", generator_loss(-_large)),
    ("discriminator_loss of real logits -300", discriminator_loss(-_large, -_large)),
    ("discriminator_loss of drawn logits of 300", discriminator_loss(_large, _large)),
):
    _value = float(ops.convert_to_numpy(_loss))
    assert np.isclose(_value, 300, rtol=1e-3), (
        f"{_name} is {_value:.4g}; expected 300: compute from logits, since rounded "
        "probabilities lose it"
    )
_slope = checks.gradient(generator_loss, np.zeros((4, 1), "float32"))
checks.close(_slope, np.full((4, 1), -0.125), "the gradient of generator_loss at 0")

# %% [markdown]
# ## Exercise 2: a generator by the guidelines (3 points)
#
# Write `generator(latent, shape, filters)`. It returns a `keras.Model` from noise
# (batch, latent) to pictures of that shape; height and width are multiples of 4.
#
# - A dense layer and a reshape make (height / 4, width / 4, 2 · filters).
# - Two transposed convolutions with stride 2 double the sizes; the first has `filters`
#   filters, the second one for each channel of the picture.
# - Batch normalisation and ReLU follow the dense layer and the first transposed
#   convolution. The last layer has neither: it ends in tanh.
# - No pooling, no upsampling, no other dense layer.


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


# %% nbgrader={"grade_id": "test_generator", "points": 3}
_cases = [(6, (8, 12, 1), 4)]
### BEGIN HIDDEN TESTS
_cases += [(3, (16, 8, 3), 2)]
### END HIDDEN TESTS
for _latent, _dims, _filters in _cases:
    _call = f"generator({_latent}, {_dims}, {_filters})"
    _model = generator(_latent, _dims, _filters)
    checks.model(_model, (None, _latent), (None, *_dims), _call)
    _layers = checks.find_layers(_model)
    _kinds = [type(_layer).__name__ for _layer in _layers]
    for _kind, _count in {
        "Conv2DTranspose": 2,
        "Dense": 1,
        "BatchNormalization": 2,
    }.items():
        assert _kinds.count(_kind) == _count, (
            f"{_call} has {_kinds.count(_kind)} {_kind} layers; expected {_count}"
        )
    _doubling = [_k for _k in _kinds if "Pooling" in _k or "UpSampling" in _k]
    assert not _doubling, f"{_call} has {_doubling}; strides do that work"
    _up = [_l for _l in _layers if type(_l).__name__ == "Conv2DTranspose"]
    assert [tuple(_l.strides) for _l in _up] == [(2, 2), (2, 2)], (
        f"{_call}: the strides are {[tuple(_l.strides) for _l in _up]}; expected 2"
    )
    assert _up[0].filters == _filters, (
        f"{_call}: the first transposed convolution has {_up[0].filters} filters; "
        f"expected {_filters}"
    )
    assert "BatchNormalization" not in _kinds[_layers.index(_up[1]) :], (
        f"{_call}: a normalisation follows the last layer, whose output is the picture"
    )
    _noise = 30 * np.random.default_rng(134).normal(size=(16, _latent)).astype(
        "float32"
    )
    _pictures = ops.convert_to_numpy(_model(_noise, training=True))
    assert np.abs(_pictures).max() <= 1, (
        f"{_call} draws numbers up to {np.abs(_pictures).max():.3g}; tanh ends at 1"
    )
    assert _pictures.min() < -0.001, (
        f"{_call} draws no number below {_pictures.min():.3g}; pictures reach from -1 "
        "to 1: tanh, not sigmoid or ReLU"
    )

# %% [markdown]
# ## Exercise 3: a discriminator by the guidelines (2 points)
#
# Write `discriminator(shape, filters)`. It returns a `keras.Model` from pictures to one
# **logit** each (batch, 1): two convolutions with stride 2, `filters` and 2 · filters,
# each followed by a leaky ReLU with slope 0.2; then flatten, and a dense layer. No
# pooling, no normalisation, no sigmoid.


# %% nbgrader={"grade_id": "discriminator"}
def discriminator(shape, filters):
    """Builds a discriminator by DCGAN's guidelines.

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


# %% nbgrader={"grade_id": "test_discriminator", "points": 2}
_cases = [((8, 8, 1), 3)]
### BEGIN HIDDEN TESTS
_cases += [((12, 16, 3), 2)]
### END HIDDEN TESTS
for _dims, _filters in _cases:
    _call = f"discriminator({_dims}, {_filters})"
    _model = discriminator(_dims, _filters)
    checks.model(_model, (None, *_dims), (None, 1), _call)
    _layers = checks.find_layers(_model)
    _kinds = [type(_layer).__name__ for _layer in _layers]
    _convs = [_l for _l in _layers if type(_l).__name__ == "Conv2D"]
    assert [tuple(_l.strides) for _l in _convs] == [(2, 2), (2, 2)], (
        f"{_call}: the strides of its convolutions are "
        f"{[tuple(_l.strides) for _l in _convs]}; expected 2 and 2"
    )
    assert [_l.filters for _l in _convs] == [_filters, 2 * _filters], (
        f"{_call}: filters {[_l.filters for _l in _convs]}; expected "
        f"{[_filters, 2 * _filters]}"
    )
    _bad = [_k for _k in _kinds if "Pooling" in _k or "Normalization" in _k]
    assert not _bad, f"{_call} has {_bad}; it needs neither pooling nor normalisation"
    # From weights that are known, the slope of a leaky ReLU can be seen in the output.
    _weights = [np.zeros(_w.shape) for _w in _model.get_weights()]
    _weights[1][:], _weights[3][:], _weights[4][:] = -1.0, -5.0, 1.0
    _model.set_weights(_weights)
    _x = np.zeros((1, *_dims), "float32")
    _logit = float(ops.convert_to_numpy(_model(_x))[0, 0])
    _units = (_dims[0] // 4) * (_dims[1] // 4) * 2 * _filters
    assert _logit < 0, (
        f"{_call}: with units at -5 the logit is {_logit:.4g}; expected below 0. A "
        "ReLU lets nothing through, and a sigmoid ends above 0: leaky ReLU, logits"
    )
    assert np.isclose(_logit, -_units, rtol=1e-3), (
        f"{_call}: units at -5 give {_logit / _units:.3g} each; expected -1, a leaky "
        "ReLU with slope 0.2"
    )

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
# The other player may not change by a bit. `training.gradients(loss_fn, variables)`
# calls `loss_fn()` and returns `(loss, gradients)`.


# %% nbgrader={"grade_id": "given_game"}
def game_losses(real, drawn):
    """Computes both losses from logits.

    Args:
        real: Tensor (batch, 1), logits of real pictures.
        drawn: Tensor (batch, 1), logits of drawn ones.

    Returns:
        Tuple of scalars, the discriminator's loss and the generator's; the latter does
        not depend on `real`.
    """
    judge = ops.mean(ops.softplus(-real)) + ops.mean(ops.softplus(drawn))
    return judge, ops.mean(ops.softplus(-drawn))


def players(seed, latent=2, dims=2):
    """Builds a small generator and a small discriminator for points.

    Args:
        seed: Integer; weights depend on it alone.
        latent: Integer, numbers of noise.
        dims: Integer, numbers of a point.

    Returns:
        Tuple of `keras.Model`: from (batch, latent) to (batch, dims), and from (batch,
        dims) to logits (batch, 1).
    """
    generate = keras.Sequential([keras.Input((latent,)), layers.Dense(dims)])
    judge = keras.Sequential(
        [keras.Input((dims,)), layers.Dense(16, activation="gelu"), layers.Dense(1)]
    )
    rng = np.random.default_rng(seed)
    for model in (generate, judge):
        model.set_weights([rng.normal(0, 0.5, w.shape) for w in model.get_weights()])
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


# %% [markdown]
# The discriminator's step (2 points).

# %% nbgrader={"grade_id": "test_discriminator_step", "points": 2}
_seeds = [140]
### BEGIN HIDDEN TESTS
_seeds += [141]
### END HIDDEN TESTS
for _seed in _seeds:
    _generate, _judge = players(_seed)
    _rng = np.random.default_rng(_seed)
    _real = _rng.normal(2, 1, (6, 2)).astype("float32")
    _noise = _rng.normal(size=(6, 2)).astype("float32")
    _twin_generate, _twin = players(_seed)
    _drawn = _twin_generate(_noise)
    _loss, _slopes = training.gradients(
        lambda _r=_real, _d=_drawn, _j=_twin: game_losses(_j(_r), _j(_d))[0],
        _twin.trainable_variables,
    )
    _before = _judge.get_weights()
    _received = discriminator_step(_generate, _judge, _real, _noise, 0.1)
    checks.close(_received, float(_loss), "the loss of discriminator_step", rtol=1e-3)
    _after = _judge.get_weights()
    _steps = [(_a - _b) / -0.1 for _a, _b in zip(_after, _before, strict=True)]
    _slopes = [ops.convert_to_numpy(_s) for _s in _slopes]
    _pairs = list(zip(_steps, _slopes, strict=True))
    assert any(np.abs(_s).max() > 1e-6 for _s in _steps), (
        "discriminator_step does not move the discriminator"
    )
    assert not all(np.allclose(_a, -_b, atol=1e-3) for _a, _b in _pairs), (
        "discriminator_step goes uphill"
    )
    for _a, _b in _pairs:
        checks.close(_a, _b, "the step of discriminator_step", rtol=1e-2, atol=1e-3)

# %% [markdown]
# The generator's step (2 points).

# %% nbgrader={"grade_id": "test_generator_step", "points": 2}
_seeds = [142]
### BEGIN HIDDEN TESTS
_seeds += [143]
### END HIDDEN TESTS
for _seed in _seeds:
    _generate, _judge = players(_seed)
    _noise = np.random.default_rng(_seed).normal(size=(6, 2)).astype("float32")
    _twin, _twin_judge = players(_seed)
    _loss, _slopes = training.gradients(
        lambda _g=_twin, _j=_twin_judge, _n=_noise: game_losses(_j(_g(_n)), _j(_g(_n)))[
            1
        ],
        _twin.trainable_variables,
    )
    _before = _generate.get_weights()
    _received = generator_step(_generate, _judge, _noise, 0.1)
    checks.close(_received, float(_loss), "the loss of generator_step", rtol=1e-3)
    _steps = [
        (_a - _b) / -0.1
        for _a, _b in zip(_generate.get_weights(), _before, strict=True)
    ]
    _slopes = [ops.convert_to_numpy(_s) for _s in _slopes]
    _pairs = list(zip(_steps, _slopes, strict=True))
    assert any(np.abs(_s).max() > 1e-6 for _s in _steps), (
        "generator_step does not move the generator: does the gradient reach it "
        "through the discriminator?"
    )
    assert not all(np.allclose(_a, -_b, atol=1e-3) for _a, _b in _pairs), (
        "generator_step goes uphill: it helps the discriminator"
    )
    for _a, _b in _pairs:
        checks.close(_a, _b, "the step of generator_step", rtol=1e-2, atol=1e-3)

# %% [markdown]
# Neither moves the other (1 point).

# %% nbgrader={"grade_id": "test_steps_untouched", "points": 1}
_seeds = [144]
### BEGIN HIDDEN TESTS
_seeds += [145]
### END HIDDEN TESTS
for _seed in _seeds:
    _generate, _judge = players(_seed)
    _real, _noise = (
        np.random.default_rng(_seed).normal(size=(2, 5, 2)).astype("float32")
    )
    _kept = _generate.get_weights()
    discriminator_step(_generate, _judge, _real, _noise, 0.1)
    checks.unchanged(
        _generate.get_weights(), _kept, "after discriminator_step the generator"
    )
    _kept = _judge.get_weights()
    generator_step(_generate, _judge, _noise, 0.1)
    checks.unchanged(
        _judge.get_weights(), _kept, "after generator_step the discriminator"
    )
    for _model, _name in ((_generate, "generator"), (_judge, "discriminator")):
        assert len(_model.trainable_weights) == len(_model.weights), (
            f"the {_name} is left frozen: set trainable back, or do without"
        )

# %% [markdown]
# ## Exercise 5: a game (3 points)
#
# Write `play(generate, judge, real, noise, learning_rate=0.02)`. `real` has shape
# (rounds, batch, dims), `noise` (rounds, batch, latent). Each round is a step of the
# discriminator and then a step of the generator, with `real[i]` and `noise[i]`, this
# time with `keras.optimizers.Adam(learning_rate, beta_1=0.5)`, **one for each player**,
# kept over all rounds. It returns the losses, a list of pairs of floats
# (discriminator's, generator's), each before its step. Losses are those of
# `game_losses`.
#
# In the end the drawn points must lie where the real ones lie.


# %% nbgrader={"grade_id": "play"}
def play(generate, judge, real, noise, learning_rate=0.02):
    """Plays a game.

    Args:
        generate: `keras.Model` from (batch, latent) to (batch, dims).
        judge: `keras.Model` from (batch, dims) to logits (batch, 1).
        real: Array of shape (rounds, batch, dims).
        noise: Array of shape (rounds, batch, latent).
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


# %% [markdown]
# The first rounds (1 point).

# %% nbgrader={"grade_id": "test_play_start", "points": 1}
_generate, _judge = players(150)
_rng = np.random.default_rng(150)
_real = _rng.normal(1, 1, (3, 8, 2)).astype("float32")
_noise = _rng.normal(size=(3, 8, 2)).astype("float32")
_twin_generate, _twin = players(150)
_first = float(game_losses(_twin(_real[0]), _twin(_twin_generate(_noise[0])))[0])
_unmoved = float(game_losses(_twin(_real[0]), _twin(_twin_generate(_noise[0])))[1])
_losses = play(_generate, _judge, _real, _noise, learning_rate=0.05)
assert len(_losses) == 3, f"play of 3 rounds returned {len(_losses)} pairs of losses"
assert all(len(_pair) == 2 for _pair in _losses), "play must return pairs of losses"
_received = [float(_loss) for _loss in _losses[0]]
checks.close(_received[0], _first, "the discriminator's first loss", rtol=1e-3)
assert not np.isclose(_received[1], _unmoved, rtol=1e-4), (
    "the generator's first loss is judged by a discriminator that has not moved yet: "
    "its step comes first"
)
_now = [_generate.get_weights(), _judge.get_weights()]
_then = [_twin_generate.get_weights(), _twin.get_weights()]
for _name, _a, _b in zip(("generator", "discriminator"), _now, _then, strict=True):
    assert not np.array_equal(_a[0], _b[0]), f"play does not move the {_name}"

# %% [markdown]
# Where it ends (2 points).

# %% nbgrader={"grade_id": "test_play_end", "points": 2}
_centres = [(2.0, -1.0)]
### BEGIN HIDDEN TESTS
_centres += [(-1.5, 1.5)]
### END HIDDEN TESTS
for _centre in _centres:
    _generate, _judge = players(151)
    _rng = np.random.default_rng(152)
    _rounds = 60
    _real = (_rng.normal(0, 0.7, (_rounds, 32, 2)) + _centre).astype("float32")
    _noise = _rng.normal(size=(_rounds, 32, 2)).astype("float32")
    _start = ops.convert_to_numpy(_generate(_noise.reshape(-1, 2))).mean(0)
    play(_generate, _judge, _real, _noise, learning_rate=0.08)
    _points = ops.convert_to_numpy(_generate(_noise.reshape(-1, 2)))
    _gap = float(np.linalg.norm(_points.mean(0) - _centre))
    _far = float(np.linalg.norm(_start - _centre))
    assert np.isfinite(_gap), "the game ends in numbers that are not finite"
    assert _gap < max(0.75, 0.3 * _far), (
        f"after {_rounds} rounds the drawn points are {_gap:.2f} from where the real "
        f"ones are on average; they began {_far:.2f} away"
    )

# %% [markdown]
# ## Exercise 6: walk on the sphere (2 points)
#
# Noise of many dimensions lies near a sphere: its length hardly varies. A straight line
# between two points cuts through the inside, where the generator has never been. Write
# `slerp(a, b, steps)`: `steps` points from `a` to `b`, both included, by
#
# sin((1 − t) θ) / sin θ · a + sin(t θ) / sin θ · b, for t from 0 to 1,
#
# where θ is the angle between `a` and `b`. Where θ is 0, take the straight line.


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
    angle = np.arccos(np.clip(cosine, -1, 1))
    if np.sin(angle) < 1e-6:
        return (1 - t) * a + t * b
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_slerp", "points": 2}
_cases = [(8, 5)]
### BEGIN HIDDEN TESTS
_cases += [(32, 9), (3, 2)]
### END HIDDEN TESTS
for _latent, _steps in _cases:
    _a, _b = np.random.default_rng(153).normal(size=(2, _latent))
    _b *= np.linalg.norm(_a) / np.linalg.norm(_b)
    _call = f"slerp of {_latent} numbers in {_steps} steps"
    _received = slerp(_a.copy(), _b.copy(), _steps)
    checks.shape(_received, (_steps, _latent), _call)
    _received = np.asarray(_received)
    checks.close(_received[0], _a, f"{_call}: its first point")
    checks.close(_received[-1], _b, f"{_call}: its last point")
    _straight = np.linspace(_a, _b, _steps)
    if _steps > 2:
        assert not np.allclose(_received, _straight), (
            f"{_call} is a straight line: its middle is shorter than its ends"
        )
    checks.close(
        np.linalg.norm(_received, axis=1),
        np.full(_steps, np.linalg.norm(_a)),
        f"{_call}: the lengths of its points",
    )
    _legs = np.linalg.norm(np.diff(_received, axis=0), axis=1)
    # Both sides are the student's: that steps are equal is asked of them alone.
    assert np.allclose(_legs, _legs[0], rtol=1e-3), f"{_call}: the steps are not equal"
_a = np.array([3.0, 4.0])
_b = np.array([0.0, 2.0])
_middle = np.asarray(slerp(_a.copy(), _b.copy(), 3))[1]
_half = np.arccos(0.8) / 2
checks.close(
    _middle, np.sin(_half) / 0.6 * (_a + _b), "slerp halfway between other lengths"
)
_same = np.asarray(slerp(_a.copy(), _a.copy(), 3))
assert np.isfinite(_same).all(), "slerp from a point to itself is not finite"
checks.close(_same, np.tile(_a, (3, 1)), "slerp from a point to itself")
