"""DCGAN (Radford, Metz and Chintala, 2015, arXiv:1511.06434).

A generator draws pictures from noise, a discriminator tells them from real ones, and
each is trained against the other (Goodfellow et al., 2014, arXiv:1406.2661). Pictures
are from -1 to 1, channels-last: (batch, height, width, channels).
"""

import keras
from keras import initializers, layers, ops

from layerwise import training

LATENT = 32
# Section 4 of the paper: weights start small, and Adam forgets faster than usual. Only
# convolutions start so here.
START = initializers.RandomNormal(stddev=0.02)
LEARNING_RATE, BETA_1 = 2e-4, 0.5


def generator(
    shape=(28, 28, 1), filters=32, latent=LATENT, momentum=0.8, normalise=True
):
    """Draws a picture from noise, with strided transposed convolutions.

    Args:
        shape: Tuple `(height, width, channels)`; the sizes must be multiples of 4.
        filters: Integer, of the last hidden layer; the one before has twice that.
        latent: Integer, numbers of noise.
        momentum: Float, of the moving statistics of the normalisation.
        normalise: Whether there is batch normalisation. Without it layers have biases,
            and weights start as Glorot and Bengio (2010) have it: the paper's small
            start is meant for layers that are normalised.

    Returns:
        A `keras.Model` from noise (batch, latent) to pictures, -1 to 1.
    """
    height, width, channels = shape
    start = START if normalise else "glorot_uniform"

    def normal_relu(x):
        if normalise:
            x = layers.BatchNormalization(momentum=momentum)(x)
        return layers.ReLU()(x)

    inputs = keras.Input((latent,))
    units = height // 4 * (width // 4) * 2 * filters
    x = normal_relu(layers.Dense(units, use_bias=not normalise)(inputs))
    x = layers.Reshape((height // 4, width // 4, 2 * filters))(x)
    x = layers.Conv2DTranspose(
        filters, 4, 2, "same", use_bias=not normalise, kernel_initializer=start
    )(x)
    x = layers.Conv2DTranspose(
        channels, 4, 2, "same", activation="tanh", kernel_initializer=start
    )(normal_relu(x))
    return keras.Model(inputs, x, name="generator")


def discriminator(shape=(28, 28, 1), filters=32):
    """Tells real pictures from drawn ones, with strided convolutions.

    Args:
        shape: Tuple `(height, width, channels)`.
        filters: Integer, of the first layer; the second has twice that.

    Returns:
        A `keras.Model` from pictures to logits (batch, 1): positive means real. There
        is no batch normalisation, so that each picture is judged by itself.
    """
    inputs = x = keras.Input(shape)
    for width in (filters, 2 * filters):
        x = layers.Conv2D(width, 4, 2, "same", kernel_initializer=START)(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
    x = layers.Flatten()(x)
    return keras.Model(inputs, layers.Dense(1)(x), name="discriminator")


def discriminator_loss(real, drawn):
    """How badly the discriminator tells them apart.

    Args:
        real: Tensor (batch, 1), its logits for real pictures.
        drawn: Tensor (batch, 1), its logits for drawn ones.

    Returns:
        Scalar tensor: binary cross-entropy with target 1 for real and 0 for drawn, the
        mean of both halves.

    Source: equation 1 of Goodfellow et al. (2014), halved and with the other sign.
    """
    # -log sigmoid(x) is softplus(-x), and has no overflow.
    return (ops.mean(ops.softplus(-real)) + ops.mean(ops.softplus(drawn))) / 2


def generator_loss(drawn):
    """How badly the generator fools the discriminator.

    Args:
        drawn: Tensor (batch, 1), the discriminator's logits for drawn pictures.

    Returns:
        Scalar tensor: cross-entropy with target 1.

    Source: Goodfellow et al. (2014), section 3: maximise log D(G(z)).
    """
    return ops.mean(ops.softplus(-drawn))


def make_game(generate, judge, learning_rate=LEARNING_RATE, smooth=0.0):
    """Compiles a round of the game: a step of each player.

    Args:
        generate: The generator.
        judge: The discriminator.
        learning_rate: Float, of both Adams.
        smooth: Float, one-sided label smoothing: real pictures have target 1 - smooth.

    Returns:
        Function from real pictures and noise (batch, latent) to the losses of both,
        `(discriminator's, generator's)`. Its attribute `optimizers` holds both Adams;
        its attribute `alone` is a round in which the discriminator stands still, and
        has loss 0.

    Source: one-sided label smoothing is from Salimans et al. (2016, arXiv:1606.03498),
    section 3.4.
    """

    def judge_loss(real, noise):
        drawn = ops.stop_gradient(generate(noise, training=True))
        logits = judge(real, training=True)
        loss = discriminator_loss(logits, judge(drawn, training=True))
        # Cross-entropy with target 1 - s is that with target 1, plus s times the logit.
        return loss + smooth * ops.mean(logits) / 2

    def draw_loss(noise):
        return generator_loss(judge(generate(noise, training=True), training=True))

    adams = [keras.optimizers.Adam(learning_rate, beta_1=BETA_1) for _ in range(2)]
    judge_step = training.make_step(judge_loss, judge, adams[0], others=[generate])
    draw_step = training.make_step(draw_loss, generate, adams[1], others=[judge])

    def round_of_game(real, noise):
        return judge_step(real, noise), draw_step(noise)

    round_of_game.optimizers = adams
    round_of_game.alone = lambda real, noise: (0.0, draw_step(noise))
    return round_of_game
