"""What a small change does to a network: of its input, or of its kernels."""

import keras
import numpy as np
from keras import ops

from layerwise import training


def gradient_signs(model, x, y, loss, batch_size=200):
    """Finds for each pixel the direction in which the loss grows.

    Args:
        model: `keras.Model` from images to logits.
        x: Array of shape (n, height, width, channels), `float32`.
        y: Array of shape (n,), the labels.
        loss: Function of labels and logits to a scalar, such as a Keras loss.
        batch_size: Integer; a divisor of n, or it is compiled twice.

    Returns:
        `float32` array of x's shape: -1, 0 or 1. Source: I. Goodfellow, J. Shlens and
        C. Szegedy, *Explaining and Harnessing Adversarial Examples*, 2014,
        arXiv:1412.6572, section 4, the fast gradient sign method.
    """
    slope = training.value_and_gradient(lambda x, y: loss(y, model(x)))
    found = [
        ops.convert_to_numpy(slope(x[i : i + batch_size], y[i : i + batch_size])[1])
        for i in range(0, len(x), batch_size)
    ]
    return np.sign(np.concatenate(found))


def moved(x, signs, epsilon):
    """Moves each pixel by the same amount, within black and white.

    Args:
        x: Array of images, 0 to 1.
        signs: Array of x's shape, -1, 0 or 1.
        epsilon: Float.

    Returns:
        `float32` array of x's shape.
    """
    return np.clip(x + epsilon * signs, 0, 1).astype("float32")


def copy_of(model):
    """Copies a model's architecture and weights, and not the optimizer's state.

    Keras compiles the copy as the model is, with a new optimizer.

    Args:
        model: Built `keras.Model`.

    Returns:
        A `keras.Model`.
    """
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    return copy


def with_kernels(model, change, ask):
    """Asks something of a model whose kernels are changed, and puts them back.

    Args:
        model: Built `keras.Model`.
        change: Function from a kernel, an array of two axes or more, to another.
        ask: Function of the model.

    Returns:
        What `ask` returned.
    """
    kept = model.get_weights()
    model.set_weights([w if w.ndim < 2 else change(w) for w in kept])
    found = ask(model)
    model.set_weights(kept)
    return found


def noise_like(change, rng):
    """Replaces what a change does by random noise of the same size, for each filter.

    Args:
        change: Function from a kernel to another, such as one that rounds.
        rng: NumPy's random generator.

    Returns:
        Function from a kernel to the kernel with normal noise; the noise of a filter
        has the root mean square that its change has.
    """

    def add(kernel):
        others = tuple(range(kernel.ndim - 1))
        size = np.sqrt(np.square(change(kernel) - kernel).mean(others))
        return (kernel + size * rng.normal(size=kernel.shape)).astype("float32")

    return add
