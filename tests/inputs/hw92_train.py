# %% [markdown]
# # Assignment 92: a cut of 04
#
# Write your code where it says `YOUR CODE HERE`.

# %% nbgrader={"grade_id": "setup"}
import warnings

import keras
import numpy as np
from keras import layers, ops

from layerwise import checks

# `keras.Model([x], y)` is right too: Keras remarks on it, and some graders take every
# remark for an error.
warnings.filterwarnings("ignore", "The structure of `inputs` doesn't match")


# %% nbgrader={"grade_id": "given"}
def given_block(x, filters, strides=1):
    """A small block that always projects: conv(relu(x)) + projection(x).

    Args:
        x: Tensor of shape (batch, height, width, channels).
        filters: Integer, channels that the block puts out.
        strides: Integer, of both convolutions.

    Returns:
        Tensor of shape (batch, height / strides, width / strides, filters).
    """
    y = layers.ReLU()(x)
    y = layers.Conv2D(filters, 3, strides, padding="same", use_bias=False)(y)
    side = layers.Conv2D(filters, 1, strides, use_bias=False)(x)
    return layers.Add()([y, side])


def redraw(weights, seed):
    """New weights for a model: kernels are drawn, every vector becomes 1.

    Kernels of one shape get the same numbers, whatever their order in the model.

    Args:
        weights: List of arrays, from `model.get_weights()`.
        seed: Integer.

    Returns:
        List of arrays, for `model.set_weights()`.
    """
    fresh = []
    for weight in weights:
        if weight.ndim < 2:
            fresh.append(np.ones_like(weight))
            continue
        # A dense kernel is a 1×1 kernel: both get the same numbers.
        dims = (1,) * (4 - weight.ndim) + weight.shape
        kernel = np.random.default_rng([seed, *dims]).normal(size=weight.shape)
        fresh.append((2 * kernel / np.sqrt(np.prod(dims[:3]))).astype("float32"))
    return fresh


def by_shape(weights):
    """The kernels among a model's weights, by their shape.

    Args:
        weights: List of arrays, from `model.get_weights()`.

    Returns:
        Dictionary from shapes (height, width, channels in, channels out) to arrays. A
        dense kernel counts as a 1×1 kernel.
    """
    kernels = [weight for weight in weights if weight.ndim > 1]
    kernels = [
        kernel.reshape((1,) * (4 - kernel.ndim) + kernel.shape) for kernel in kernels
    ]
    return {kernel.shape: kernel for kernel in kernels}


def stripes(n, seed):
    """Draws noisy images of horizontal, vertical and diagonal stripes.

    Args:
        n: Integer, number of images.
        seed: Integer.

    Returns:
        Images, `float32` of shape (n, 8, 8, 1), and labels 0, 1 or 2 of shape (n,).
    """
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, n)
    rows, columns = np.mgrid[:8, :8]
    place = np.stack([rows, columns, rows + columns])[labels]
    bright = (place + rng.integers(0, 4, (n, 1, 1))) % 4 < 2
    images = np.where(bright, 1, -1) + rng.normal(0, 0.5, (n, 8, 8))
    return images[..., None].astype("float32"), labels


def tiny_network():
    """An untrained residual network from images of 8×8 to the logits of 3 classes."""
    inputs = keras.Input((8, 8, 1))
    x = layers.Conv2D(8, 3, padding="same")(inputs)
    x = layers.ReLU()(given_block(x, 8, 2))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(3)(x))


# %% nbgrader={"grade_id": "bottleneck"}
def bottleneck(x, filters, strides=1):
    """Bottleneck block with its stride in the 3×3 convolution.

    Args:
        x: Tensor of shape (batch, height, width, channels).
        filters: Integer, channels of the first two convolutions.
        strides: Integer, of the 3×3 convolution and of the projection.

    Returns:
        Tensor of shape (batch, height / strides, width / strides, 4 * filters).
    """

    ### BEGIN SOLUTION
    def conv_bn(x, filters, kernel_size, strides=1):
        x = layers.Conv2D(filters, kernel_size, strides, "same", use_bias=False)(x)
        return layers.BatchNormalization()(x)

    y = layers.ReLU()(conv_bn(x, filters, 1))
    y = layers.ReLU()(conv_bn(y, filters, 3, strides))
    y = conv_bn(y, 4 * filters, 1)
    if strides != 1 or x.shape[-1] != 4 * filters:
        x = conv_bn(x, 4 * filters, 1, strides)
    return layers.ReLU()(layers.Add()([x, y]))
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_bottleneck_shape", "points": 1}
_shapes = [((8, 8, 6), 4, 2, (None, 4, 4, 16)), ((8, 8, 16), 4, 1, (None, 8, 8, 16))]
### BEGIN HIDDEN TESTS
_shapes += [((7, 10, 12), 3, 2, (None, 4, 5, 12))]
### END HIDDEN TESTS
for _dims, _filters, _strides, _wanted in _shapes:
    _block = checks.as_model(bottleneck, _dims, filters=_filters, strides=_strides)
    assert tuple(_block.output_shape) == _wanted, (
        f"bottleneck(filters={_filters}, strides={_strides}) on an image {_dims} has "
        f"the output shape {tuple(_block.output_shape)}; expected {_wanted}"
    )

# %% nbgrader={"grade_id": "test_bottleneck_weights", "points": 1}
# channels, filters, strides
_cases = [(6, 4, 1), (16, 4, 1)]
### BEGIN HIDDEN TESTS
_cases += [(16, 4, 2)]
### END HIDDEN TESTS
for _c, _f, _strides in _cases:
    _block = checks.as_model(bottleneck, (6, 6, _c), filters=_f, strides=_strides)
    _sizes = [(_w.ndim > 1, _w.size) for _w in _block.get_weights()]
    _kernels = sum(_size for _is_kernel, _size in _sizes if _is_kernel)
    _vectors = sum(_size for _is_kernel, _size in _sizes if not _is_kernel)
    _wanted, _path = (_c + 9 * _f + 4 * _f) * _f, _f + _f + 4 * _f
    _call = f"bottleneck(filters={_f}, strides={_strides}) on {_c} channels"
    _projects = _strides != 1 or _c != 4 * _f
    if _projects:
        _wanted, _path = _wanted + _c * 4 * _f, _path + 4 * _f
        assert _kernels != _wanted - _c * 4 * _f, (
            f"{_call} has no projection: its kernels hold {_kernels} numbers; "
            f"expected {_wanted}"
        )
    else:
        assert _kernels != _wanted + _c * 4 * _f, (
            f"{_call} has a projection, though its input has the output's shape: its "
            f"kernels hold {_kernels} numbers; expected {_wanted}"
        )
    assert _kernels == _wanted, (
        f"{_call}: the kernels hold {_kernels} numbers; expected {_wanted}"
    )
    assert _vectors <= 4 * _path, (
        f"{_call}: there are {_vectors} numbers beside the kernels; expected the "
        f"normalisations' {4 * _path}. Does a convolution have a bias?"
    )
    assert _vectors == 4 * _path, (
        f"{_call}: there are {_vectors} numbers beside the kernels; expected "
        f"{4 * _path}, four for each channel that a convolution puts out. Is a "
        "normalisation missing?"
    )


# %% nbgrader={"grade_id": "train_and_score"}
def train_and_score(model, x_train, y_train, x_test, y_test, epochs=4):
    """Trains a classifier and measures its accuracy on data that it has not seen.

    Args:
        model: A `keras.Model` from images to logits; its weights change.
        x_train: Array of shape (n, height, width, channels).
        y_train: Array of shape (n,), integer labels.
        x_test: Array of shape (m, height, width, channels).
        y_test: Array of shape (m,), integer labels.
        epochs: Integer.

    Returns:
        Float from 0 to 1, the fraction of test images that `model` gets right.
    """
    ### BEGIN SOLUTION
    model.compile(
        optimizer=keras.optimizers.Adam(0.01),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    model.fit(x_train, y_train, batch_size=32, epochs=epochs, verbose=0)
    logits = model.predict(x_test, verbose=0)
    return float(np.mean(np.argmax(logits, axis=-1) == y_test))
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_score", "points": 1}
# One bright row in each image says its class. Many test labels are wrong on purpose, so
# that the accuracy on test and on training images cannot be mistaken.
_rng = np.random.default_rng(22)
_labels = _rng.integers(0, 3, 224)
_images = _rng.normal(0, 0.3, (224, 8, 8, 1)).astype("float32")
_images[np.arange(224), 2 * _labels] += 1
_x, _y, _x_test, _y_test = _images[:128], _labels[:128], _images[128:], _labels[128:]
_y_test = np.where(np.arange(96) % 3 == 0, (_y_test + 1) % 3, _y_test)
with checks.seeded(23):
    _model = keras.Sequential(
        [keras.Input((8, 8, 1)), layers.Flatten(), layers.Dense(3)]
    )
    _score = train_and_score(_model, _x, _y, _x_test, _y_test, epochs=3)
checks.shape(_score, (), "what train_and_score returns")
_right = ops.convert_to_numpy(_model(_x_test)).argmax(axis=-1) == _y_test
_train = ops.convert_to_numpy(_model(_x)).argmax(axis=-1) == _y
assert abs(float(_score) - _right.mean()) < 0.006, (
    f"train_and_score returned {float(_score):.3f}; the model's accuracy is "
    f"{_right.mean():.3f} on the test images and {_train.mean():.3f} on the training "
    "images"
)
