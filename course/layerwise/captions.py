"""Sentences for pictures: an encoder that looks and a decoder that writes.

In the manner of "Show, Attend and Tell" (Xu et al., 2015, arXiv:1502.03044), small: at
each word the decoder weighs the places of the picture that it looks at.
"""

import keras
import numpy as np
from keras import layers

from layerwise import objects
from layerwise.models import resnet

PAD, START, END = "<pad>", "<start>", "<end>"
WORDS = (PAD, START, END, "a", "left", "of", "above", *objects.COLORS, *objects.KINDS)
QUERY, ATTENTION = "query", "attention"  # names of layers
PAD_TOKEN = WORDS.index(PAD)
LENGTH = 10  # the longest sentence, with its start and end


def encode(sentences):
    """Turns sentences into numbers.

    Args:
        sentences: List of strings of `WORDS`.

    Returns:
        `int32` array of shape (n, 10): start, words, end, padding.
    """
    result = np.zeros((len(sentences), LENGTH), "int32")
    for row, sentence in zip(result, sentences, strict=True):
        words = [START, *sentence.split(), END]
        row[: len(words)] = [WORDS.index(word) for word in words]
    return result


def decode(tokens):
    """Turns numbers back into a sentence, up to its end."""
    words = [WORDS[token] for token in tokens if WORDS[token] not in (PAD, START)]
    return " ".join(words[: words.index(END)] if END in words else words)


def captioner(filters=24, units=96, uniform=False):
    """A network that says the next word at every place of a sentence.

    Source: after Xu et al. (2015), "Show, Attend and Tell", section 3.

    Args:
        filters: Integer, of the first convolution.
        units: Integer, of the recurrent layer.
        uniform: Whether all places weigh the same at every word, in training too. What
            would choose them stays at zero then.

    Returns:
        A `keras.Model` from images (batch, 64, 64, 3), 0 to 255, and tokens (batch,
        time) to logits (batch, time, words).
    """
    images = keras.Input((objects.SIZE, objects.SIZE, 3))
    tokens = keras.Input((None,), dtype="int32")
    x = layers.Rescaling(1 / 127.5, offset=-1)(images)
    for width in (filters, 2 * filters, 2 * filters):
        x = resnet.conv_bn(x, width, 3, strides=2)
    x = resnet.conv_bn(x, 2 * filters, 3)
    # Attention alone does not know where a place is.
    values = PlaceVectors()(layers.Reshape((-1, 2 * filters))(x))
    state = layers.Flatten()(layers.Conv2D(16, 1)(x))
    state = layers.Dense(units, activation="tanh")(state)
    words = layers.Embedding(len(WORDS), 32)(tokens)
    said = layers.GRU(units, return_sequences=True)(words, initial_state=state)
    start = "zeros" if uniform else "glorot_uniform"
    query = layers.Dense(
        2 * filters, kernel_initializer=start, trainable=not uniform, name=QUERY
    )(said)
    seen, _ = layers.Attention(name=ATTENTION)(
        [query, values], return_attention_scores=True
    )
    x = layers.Dense(units, "relu")(layers.Concatenate()([said, seen]))
    return keras.Model([images, tokens], layers.Dense(len(WORDS))(x))


@keras.saving.register_keras_serializable(package="layerwise")
class PlaceVectors(layers.Layer):
    """Adds a vector to each place, learned."""

    def build(self, shape):
        """Makes the vectors for an input of shape (batch, places, units)."""
        self.vectors = self.add_weight(shape=shape[1:], initializer="normal")

    def call(self, x):
        """Adds them."""
        return x + self.vectors


def loss():
    """Returns the cross-entropy of the next word; padding does not count."""
    return keras.losses.SparseCategoricalCrossentropy(
        from_logits=True, ignore_class=PAD_TOKEN
    )


def attention(model, images, tokens):
    """Returns what the places of the pictures weigh as each word is written.

    Args:
        model: From `captioner`.
        images: Array of shape (n, 64, 64, 3).
        tokens: `int32` array of shape (n, 10).

    Returns:
        Array of shape (n, 9, 64): 8×8 places in reading order. Each row sums to 1.
    """
    _, weights = model.get_layer(ATTENTION).output
    probe = keras.Model(model.inputs, weights)
    return probe.predict([images, tokens[:, :-1]], batch_size=100, verbose=0)


def without_attention(model, function):
    """Calls a function while all places weigh the same; leaves the model as it was.

    Args:
        model: From `captioner`.
        function: Function without arguments.

    Returns:
        What it returned.
    """
    query = model.get_layer(QUERY)
    kept = query.get_weights()
    query.set_weights([0 * array for array in kept])
    found = function()
    query.set_weights(kept)
    return found


def greedy(model, images):
    """Writes a sentence for each image, the likeliest word each time.

    Args:
        model: From `captioner`.
        images: Array of shape (n, 64, 64, 3).

    Returns:
        `int32` array of shape (n, 10).
    """
    tokens = np.zeros((len(images), LENGTH), "int32")
    tokens[:, 0] = WORDS.index(START)
    for place in range(LENGTH - 1):
        logits = model.predict([images, tokens[:, :-1]], batch_size=100, verbose=0)
        tokens[:, place + 1] = logits[:, place].argmax(-1)
    return tokens


def beam(model, images, width=3):
    """Writes sentences for each image, and keeps the `width` likeliest at each word.

    Args:
        model: From `captioner`.
        images: Array of shape (n, 64, 64, 3).
        width: Integer.

    Returns:
        Tokens, (n, width, 10), the likeliest sentence first, and their log
        probabilities, (n, width).
    """
    tokens = np.zeros((len(images), width, LENGTH), "int32")
    tokens[..., 0] = WORDS.index(START)
    scores = np.full(tokens.shape[:2], -np.inf)
    scores[:, 0] = 0  # at first there is one sentence, not `width` equal ones
    images = np.repeat(images, width, axis=0)
    for place in range(LENGTH - 1):
        rows = tokens[..., :-1].reshape(-1, LENGTH - 1)
        logits = model.predict([images, rows], batch_size=100, verbose=0)[:, place]
        log_p = logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)
        log_p = log_p.reshape(*scores.shape, -1)
        # What has ended goes on with padding, at no cost.
        ended = np.isin(tokens[..., place], [WORDS.index(END), PAD_TOKEN])
        log_p[ended] = -np.inf
        log_p[ended, PAD_TOKEN] = 0
        longer = (scores[..., None] + log_p).reshape(len(scores), -1)
        best = np.argsort(-longer, axis=-1, kind="stable")[:, :width]
        scores = np.take_along_axis(longer, best, -1)
        parent, word = np.divmod(best, len(WORDS))
        tokens = np.take_along_axis(tokens, parent[..., None], 1)
        tokens[..., place + 1] = word
    return tokens, scores


def mistake(written, wanted):
    """Says what kind of mistake a sentence makes.

    Args:
        written: String.
        wanted: String, the right sentence.

    Returns:
        `"none"`, `"colour"` or `"kind"` (where nothing else is wrong), or `"other"`.
    """
    pairs = list(zip(written.split(), wanted.split(), strict=False))
    wrong = [pair for pair in pairs if pair[0] != pair[1]]
    if written == wanted:
        return "none"
    if len(written.split()) == len(wanted.split()):
        for name, words in (("colour", objects.COLORS), ("kind", objects.KINDS)):
            if all(one in words and other in words for one, other in wrong):
                return name
    return "other"
