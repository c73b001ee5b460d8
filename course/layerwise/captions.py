"""Sentences for pictures: an encoder that looks and a decoder that writes.

In the manner of "Show, Attend and Tell" (Xu et al., 2015, arXiv:1502.03044), small: at
each word the decoder weighs the places of the picture that it looks at.
"""

import keras
import numpy as np
from keras import layers, ops

from layerwise import objects
from layerwise.models import resnet

PAD, START, END = "<pad>", "<start>", "<end>"
WORDS = (PAD, START, END, "a", "left", "of", "above", *objects.COLORS, *objects.KINDS)
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


def captioner(filters=24, units=96):
    """A network that says the next word at every place of a sentence.

    Args:
        filters: Integer, of the first convolution.
        units: Integer, of the recurrent layer.

    Returns:
        A `keras.Model` from images (batch, 64, 64, 3), 0 to 255, and tokens (batch,
        time) to logits (batch, time, words) and weights of attention (batch, time, 64),
        8×8 places in reading order.
    """
    images = keras.Input((objects.SIZE, objects.SIZE, 3))
    tokens = keras.Input((None,), dtype="int32")
    x = layers.Rescaling(1 / 127.5, offset=-1)(images)
    for width in (filters, 2 * filters, 2 * filters):
        x = resnet.conv_bn(x, width, 3, strides=2)
    x = resnet.conv_bn(x, 2 * filters, 3)
    places = layers.Reshape((-1, 2 * filters))(x)
    # Attention alone does not know where a place is.
    marked = layers.Dense(units)(layers.Flatten()(layers.Conv2D(16, 1)(x)))
    values = layers.Add()([places, PlaceVectors(2 * filters)(places)])
    words = layers.Embedding(len(WORDS), 32)(tokens)
    state = layers.Activation("tanh")(marked)
    said = layers.GRU(units, return_sequences=True)(words, initial_state=state)
    query = layers.Dense(2 * filters)(said)
    seen, weights = layers.Attention()([query, values], return_attention_scores=True)
    x = layers.Dense(units, "relu")(layers.Concatenate()([said, seen]))
    return keras.Model([images, tokens], [layers.Dense(len(WORDS))(x), weights])


class PlaceVectors(layers.Layer):
    """A vector for each place, learned."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, shape):
        self.vectors = self.add_weight((shape[1], self.units), "normal")

    def call(self, x):
        return ops.zeros_like(x) + self.vectors


def loss(wanted, logits):
    """Cross-entropy of the next word, where there is one.

    Args:
        wanted: `int32` tensor of shape (batch, time), 0 for padding.
        logits: Tensor of shape (batch, time, words).

    Returns:
        Scalar tensor, the mean over words that are not padding.
    """
    entropy = ops.sparse_categorical_crossentropy(wanted, logits, from_logits=True)
    counted = ops.cast(wanted != 0, "float32")
    return ops.sum(entropy * counted) / ops.sum(counted)


def greedy(model, images):
    """Writes a sentence for each image, the likeliest word each time.

    Args:
        model: From `captioner`.
        images: Array of shape (n, 64, 64, 3).

    Returns:
        Tokens, (n, 10), and weights of attention (n, 9, 64).
    """
    tokens = np.zeros((len(images), LENGTH), "int32")
    tokens[:, 0] = WORDS.index(START)
    for place in range(LENGTH - 1):
        logits, weights = model.predict(
            [images, tokens[:, :-1]], batch_size=100, verbose=0
        )
        tokens[:, place + 1] = logits[:, place].argmax(-1)
    return tokens, weights


def beam(model, image, width=3):
    """Writes sentences for one image, and keeps the `width` likeliest at each word.

    Args:
        model: From `captioner`.
        image: Array of shape (64, 64, 3).
        width: Integer.

    Returns:
        List of pairs, a sentence and its log probability, the likeliest first.
    """
    beams = [([WORDS.index(START)], 0.0)]
    for place in range(LENGTH - 1):
        tokens = np.zeros((len(beams), LENGTH - 1), "int32")
        for row, (words, _) in zip(tokens, beams, strict=True):
            row[: len(words)] = words
        images = np.repeat(image[None], len(beams), axis=0)
        logits, _ = model.predict([images, tokens], verbose=0)
        log_p = logits[:, place] - np.logaddexp.reduce(
            logits[:, place], axis=-1, keepdims=True
        )
        longer = []
        for (words, score), row in zip(beams, log_p, strict=True):
            if words[-1] == WORDS.index(END):
                longer.append((words, score))
                continue
            for token in np.argsort(-row)[:width]:
                longer.append(([*words, int(token)], score + float(row[token])))
        beams = sorted(longer, key=lambda one: -one[1])[:width]
        if all(words[-1] == WORDS.index(END) for words, _ in beams):
            break
    return [(decode(words), score) for words, score in beams]
