"""Reusing a network that was trained on ImageNet: features, few labels, fine-tuning."""

from itertools import pairwise

import keras
import numpy as np
from keras import layers, ops

from layerwise.models import efficientnet_lite
from layerwise.training import build


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


def block_outputs(model):
    """Finds the layers where blocks end.

    A block with a shortcut ends with its addition, not with the last layer of its
    branch.

    Args:
        model: What `backbone` returned.

    Returns:
        Dictionary from `"stem"`, `"block 0"` ... `"block 15"` and `"last"` to the name
        of a layer. `"last"` is what the network's own classifier reads.
    """
    names = {}
    for layer, following in pairwise(model.layers):
        if isinstance(layer, layers.ReLU) and not names:
            names["stem"] = layer.name
        kind, _, rest = layer.name.partition(".")
        if kind == "blocks" and rest.endswith(".bn2"):
            end = following if isinstance(following, layers.Add) else layer
            names[f"block {rest.partition('.')[0]}"] = end.name
    names["last"] = model.layers[-1].name
    return names


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


def pooled_features(model, names, images, batch_size=100, whole=()):
    """Averages what some layers put out over all positions.

    Args:
        model: Functional Keras model.
        names: Sequence of strings, names of layers.
        images: Array that the model reads.
        batch_size: Integer.
        whole: Those of the names whose maps are wanted as they are.

    Returns:
        Dictionary from each name to an array of shape (n, channels), or to the layer's
        own output if it is in `whole`.
    """
    pool = layers.GlobalAveragePooling2D()
    outputs = {name: model.get_layer(name).output for name in names}
    found = {name: y if name in whole else pool(y) for name, y in outputs.items()}
    probe = keras.Model(model.input, found)
    return probe.predict(images, batch_size=batch_size, verbose=0)


def linear_predictions(features, labels, test_features):
    """Fits a linear classifier on features: a ridge regression on the classes.

    All features get one common scale, so that those that hardly vary stay small. How
    strong the ridge is, is chosen on the training examples alone: each is predicted
    from the others (leave one out).

    Args:
        features: Array of shape (n, channels).
        labels: Integer array of shape (n,).
        test_features: Array of shape (m, channels).

    Returns:
        Integer array of shape (m,), the predicted labels.
    """
    from sklearn.linear_model import RidgeClassifierCV

    mean, scale = features.mean(0), np.sqrt(features.var(0).mean())
    classifier = RidgeClassifierCV(alphas=np.logspace(-2, 4, 7))
    classifier.fit((features - mean) / scale, labels)
    return classifier.predict((test_features - mean) / scale)


def train_steps(model, x, y, steps, rate, seed, batch_size=32):
    """Trains for a number of steps, however many examples there are.

    An epoch of few examples has few steps. Whoever compares numbers of examples at
    equal epochs compares numbers of steps too.

    Args:
        model: Compiled `keras.Model`. Its optimizer starts anew.
        x: Array of shape (n, ...), inputs.
        y: Array of shape (n, ...), targets.
        steps: Integer.
        rate: Float, the learning rate of the first step; it falls to 0 as a cosine.
        seed: Integer, of the order of the examples.
        batch_size: Integer, examples of each step.
    """
    build(model, x[:1], y[:1])
    for variable in model.optimizer.variables:
        variable.assign(np.zeros(variable.shape, variable.dtype))
    rng = np.random.default_rng(seed)
    rounds = -(-steps * batch_size // len(x))
    order = np.concatenate([rng.permutation(len(x)) for _ in range(rounds)])
    for step in range(steps):
        chosen = order[step * batch_size : (step + 1) * batch_size]
        falling = (1 + np.cos(np.pi * step / steps)) / 2
        model.optimizer.learning_rate = rate * falling
        model.train_on_batch(x[chosen], y[chosen])
