"""What chapter 10 plays games with: rounds in a row, a ruler, a judge from outside."""

import json

import keras
import numpy as np
from keras import layers, ops

from layerwise import gan_scores, training
from layerwise.models.dcgan import discriminator

# On TensorFlow and two cores, XLA compiles for longer than it saves.
JIT = False if keras.backend.backend() == "tensorflow" else "auto"


def play(game, pictures, rounds, rng, batch_size=64, latent=32, look=None):
    """Plays rounds of a game.

    Args:
        game: Function from real pictures and noise to both losses, of `make_game`.
        pictures: Array of shape (n, height, width, channels), the real ones.
        rounds: Integer.
        rng: `numpy.random.Generator`, which draws batches and noise.
        batch_size: Integer.
        latent: Integer, numbers of noise.
        look: Function of the number of rounds played, called after each.

    Returns:
        Array of shape (rounds, 2): the losses of discriminator and generator.
    """
    losses = []
    for number in range(1, rounds + 1):
        batch = pictures[rng.integers(len(pictures), size=batch_size)]
        noise = rng.normal(size=(batch_size, latent)).astype("float32")
        losses.append([float(loss) for loss in game(batch, noise)])
        if look is not None:
            look(number)
    return np.array(losses)


class Ruler:
    """Measures drawings beside photographs, on the features of a small classifier.

    Args:
        images: Array of shape (n, 28, 28, 1), from -1 to 1: what the classifier learns
            from.
        labels: Integer array of shape (n,), 0 to 9.
        photographs: Array of shape (m, 28, 28, 1): what drawings are compared with.
        epochs: Integer, of the classifier.
        seed: Integer, of the classifier.
    """

    def __init__(self, images, labels, photographs, epochs, seed):
        keras.utils.set_random_seed(seed)
        inputs = x = keras.Input((28, 28, 1))
        for filters in (16, 32):
            x = layers.Conv2D(filters, 3, 2, "same", activation="relu")(x)
        features = layers.Dense(32, "relu")(layers.Flatten()(x))
        logits = layers.Dense(10)(features)
        self.classifier = keras.Model(inputs, logits)
        self.classifier.compile(
            keras.optimizers.Adam(2e-3),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
            jit_compile=JIT,
        )
        training.fit(self.classifier, images, labels, epochs, seed)
        self.reader = keras.Model(inputs, [features, logits])
        self.photographs = photographs
        self.real, _ = self.read(photographs)

    def read(self, pictures):
        """Returns the features of pictures (n, 32), and the classes they seem to be."""
        features, logits = self.reader.predict(pictures, 200, verbose=0)
        return features, logits.argmax(-1)

    def compare(self, pictures):
        """Returns distance, precision and recall of pictures beside the photographs."""
        features, _ = self.read(pictures)
        distance = gan_scores.frechet(self.real, features)
        return distance, *gan_scores.precision_recall(self.real, features)

    def between(self, generate, noise):
        """Judges what lies between two drawings of different classes.

        Of a generator that draws one class alone any two drawings are taken.

        Args:
            generate: The generator.
            noise: Array of shape (n, latent).

        Returns:
            Array of shape (3, 2), distance and precision: of drawings, of drawings from
            the middle of two points of noise, and of the mean of two drawings, pixel by
            pixel.
        """
        drawn = generate.predict(noise, 200, verbose=0)
        classes = self.read(drawn)[1]
        a, b = np.random.default_rng(0).integers(len(noise), size=(2, 4 * len(noise)))
        differ = np.flatnonzero(classes[a] != classes[b])
        chosen = (differ if differ.size else np.arange(len(a)))[: len(noise)]
        a, b = a[chosen], b[chosen]
        middle = generate.predict((noise[a] + noise[b]) / 2, 200, verbose=0)
        some = drawn[a], middle, (drawn[a] + drawn[b]) / 2
        return np.array([self.compare(pictures)[:2] for pictures in some])

    def scores(self, generate, judge, noise):
        """Returns all measures of the drawings of some noise, by name."""
        drawn = generate.predict(noise, 200, verbose=0)
        distance, precision, recall = self.compare(drawn)
        spread = gan_scores.spread(drawn) / gan_scores.spread(self.photographs)
        return {
            "distance": distance,
            "precision": precision,
            "recall": recall,
            "right": share_right(judge, self.photographs, drawn),
            "kinds": gan_scores.kinds(self.read(drawn)[1]),
            "spread": spread,
        }


def equilibrium(smooth):
    """Returns both losses where the discriminator says (1 - smooth) / 2 to everything.

    Args:
        smooth: Float, one-sided label smoothing.

    Returns:
        Tuple of floats: the discriminator's loss, halved as in the chapter, and the
        generator's.
    """
    d = (1 - smooth) / 2
    photographs = -(1 - smooth) * np.log(d) - smooth * np.log(1 - d)
    drawings = -np.log(1 - d)
    return (photographs + drawings) / 2, -np.log(d)


def learn_by_heart(generate, noise, pictures, steps, learning_rate=1e-3):
    """Trains a generator to draw given pictures from given noise, by squared error.

    Args:
        generate: The generator.
        noise: Array of shape (n, latent).
        pictures: Array of shape (n, height, width, channels).
        steps: Integer.
        learning_rate: Float, of Adam.
    """

    def error(noise, wanted):
        return ops.mean((generate(noise, training=True) - wanted) ** 2)

    adam = keras.optimizers.Adam(learning_rate)
    step = training.make_step(error, generate, adam)
    for _ in range(steps):
        step(noise, pictures)


def share_right(judge, photographs, drawn):
    """Returns how often a judge is right: the mean of both kinds of pictures."""
    said = [judge.predict(some, 200, verbose=0) for some in (photographs, drawn)]
    return float(((said[0] > 0).mean() + (said[1] <= 0).mean()) / 2)


def new_judge(photographs, drawn, seed, epochs=2):
    """Trains a discriminator on drawings of a generator that stands still.

    Args:
        photographs: Array of shape (n, height, width, channels).
        drawn: Array of the same shape.
        seed: Integer.
        epochs: Integer.

    Returns:
        A `keras.Model` from pictures to logits.

    Source: a test of two samples by a classifier (Lopez-Paz and Oquab, 2017,
    arXiv:1610.06545).
    """
    keras.utils.set_random_seed(seed)
    judge = discriminator(photographs.shape[1:])
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    judge.compile(keras.optimizers.Adam(1e-3), loss, jit_compile=JIT)
    targets = np.repeat([[1.0], [0.0]], [len(photographs), len(drawn)], axis=0)
    pictures = np.concatenate([photographs, drawn])
    training.fit(judge, pictures, targets.astype("float32"), epochs, seed)
    return judge


def variables_of(*parts):
    """Returns all variables of models, and of the optimizers of games, as a list."""
    holders = [one for part in parts for one in getattr(part, "optimizers", [part])]
    return [variable for one in holders for variable in one.variables]


def keep(path, variables, rng):
    """Writes variables and the state of a random generator to one file."""
    arrays = [ops.convert_to_numpy(variable) for variable in variables]
    np.savez(path, *arrays, rng=json.dumps(rng.bit_generator.state))


def bring_back(path, variables, rng):
    """Reads variables and the state of a random generator from such a file."""
    with np.load(path) as saved:
        for index, variable in enumerate(variables):
            variable.assign(saved[f"arr_{index}"])
        rng.bit_generator.state = json.loads(str(saved["rng"]))


def as_uint8(pictures):
    """Returns pictures from -1 to 1 as pixels with three channels."""
    pixels = np.clip((pictures + 1) * 127.5, 0, 255).astype("uint8")
    return pixels.repeat(3 // pixels.shape[-1], axis=-1)
