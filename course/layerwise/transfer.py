"""Reusing a network that was trained on ImageNet: features, few labels, fine-tuning."""

import keras
import numpy as np
from keras import layers, ops

from layerwise.models import efficientnet_lite


def backbone(size=96):
    """Loads EfficientNet-Lite0 with ImageNet's weights, for smaller images.

    A network of convolutions takes any size; only what comes out gets smaller.

    Args:
        size: Integer, pixels of a side, a multiple of 32.

    Returns:
        A `keras.Model` from images (batch, size, size, 3), as `prepare` makes them, to
        the features before the classifier, (batch, size / 32, size / 32, 1280).

    Raises:
        ValueError: If the size is no multiple of 32.
    """
    if size < 32 or size % 32:
        raise ValueError(f"size must be a multiple of 32. Received: {size!r}")
    model = efficientnet_lite.pretrained(size)
    pooling = next(
        layer
        for layer in model.layers
        if isinstance(layer, layers.GlobalAveragePooling2D)
    )
    return keras.Model(model.input, pooling.input, name="backbone")


def prepare(images, size=96):
    """Makes grey images into what the backbone was trained on.

    Args:
        images: Array of shape (n, height, width, 1), 0 to 255.
        size: Integer, pixels of a side.

    Returns:
        `float32` array of shape (n, size, size, 3).
    """
    images = ops.image.resize(np.asarray(images, "float32"), (size, size))
    grey = efficientnet_lite.preprocess(ops.convert_to_numpy(images))
    return np.repeat(grey, 3, axis=-1)


def few(labels, per_class, seed):
    """Draws the same number of examples of each class.

    Args:
        labels: Integer array of shape (n,).
        per_class: Integer.
        seed: Integer.

    Returns:
        Array of indices, in random order.

    Raises:
        ValueError: If a class has not that many.
    """
    rng = np.random.default_rng(seed)
    chosen = []
    for label in np.unique(labels):
        places = np.flatnonzero(labels == label)
        if len(places) < per_class:
            raise ValueError(
                f"class {label} has {len(places)} examples. Asked for: {per_class}"
            )
        chosen.append(rng.choice(places, per_class, replace=False))
    return rng.permutation(np.concatenate(chosen))


def split(model, name):
    """Cuts a model in two after one of its layers; both halves share its weights.

    What is before the cut can be computed once for all images, if it stays frozen.

    Args:
        model: Functional Keras model.
        name: String, the last layer of the first half. Nothing may lead past it.

    Returns:
        Pair of models: inputs to that layer, and from there to the outputs.
    """
    cut = model.get_layer(name).output
    return keras.Model(model.input, cut), keras.Model(cut, model.output)


def pooled_features(model, names, images, batch_size=100):
    """Averages what some layers put out over all positions.

    Args:
        model: Functional Keras model.
        names: Sequence of strings, names of layers.
        images: Array that the model reads.
        batch_size: Integer.

    Returns:
        Dictionary from each name to an array of shape (n, channels).
    """
    pool = layers.GlobalAveragePooling2D()
    probe = keras.Model(
        model.input, {name: pool(model.get_layer(name).output) for name in names}
    )
    return probe.predict(images, batch_size=batch_size, verbose=0)


def linear_accuracy(train, test, alpha=100.0):
    """Fits a linear classifier on features and says how often it is right.

    Args:
        train: Pair of features (n, channels) and labels (n,).
        test: Pair of features (m, channels) and labels (m,).
        alpha: Float, strength of the ridge, on features of variance 1.

    Returns:
        Float, the share of test examples that are right, in per cent.
    """
    from sklearn.linear_model import RidgeClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    classifier = make_pipeline(StandardScaler(), RidgeClassifier(alpha))
    classifier.fit(*train)
    return 100 * float(classifier.score(*test))
