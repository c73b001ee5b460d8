"""Style transfer: L. A. Gatys, A. S. Ecker, M. Bethge, "A Neural Algorithm of Artistic
Style", 2015, arXiv:1508.06576, and "Image Style Transfer Using Convolutional Neural
Networks", CVPR 2016.

Images are `float32`, red, green and blue from 0 to 255, of shape (height, width, 3).
Losses are relative: 1 is as far away as a picture without any features.
"""

import keras
import numpy as np
from keras import layers, ops

from layerwise import training
from layerwise.models import vgg

CONTENT_LAYER = "block4_conv2"
STYLE_LAYERS = ("block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1")


def gram(features):
    """The style matrix: which channels are active together, wherever that is.

    Args:
        features: Tensor of shape (batch, height, width, channels).

    Returns:
        Tensor of shape (batch, channels, channels): for each pair of channels the mean
        of their product over all positions. Source: equation 3 of Gatys et al. (2016),
        divided by the number of positions, so that pictures of any size can be
        compared.
    """
    _, height, width, channels = features.shape
    flat = ops.reshape(features, (-1, height * width, channels))
    return ops.matmul(ops.transpose(flat, (0, 2, 1)), flat) / (height * width)


def distance(found, wanted):
    """How far features, or style matrices, are from those wanted.

    Args:
        found: Tensor of any shape.
        wanted: Tensor that it should be.

    Returns:
        Scalar tensor: the sum of squared differences, relative to the squares of
        `wanted`.
    """
    gap = ops.sum(ops.square(found - wanted))
    return gap / (ops.sum(ops.square(wanted)) + 1e-8)


def total_variation(images):
    """How much neighbouring pixels differ.

    Args:
        images: Tensor of shape (batch, height, width, channels).

    Returns:
        Scalar tensor: the mean square of the step to the right plus that downwards.
    """
    down = images[:, 1:] - images[:, :-1]
    right = images[:, :, 1:] - images[:, :, :-1]
    return ops.mean(ops.square(down)) + ops.mean(ops.square(right))


def random_features(seed=0):
    """The network of `vgg.vgg16_features`, with weights that never saw a picture.

    Args:
        seed: Integer.

    Returns:
        A `keras.Model`. Kernels are drawn as He et al. (2015, arXiv:1502.01852) do,
        biases are zero, and no layer is normalised.
    """
    model = vgg.vgg16_features()
    rng = np.random.default_rng(seed)
    for layer in model.layers:
        if layer.weights:
            kernel, bias = layer.get_weights()
            deviation = np.sqrt(2 / np.prod(kernel.shape[:-1]))
            layer.set_weights([rng.normal(0, deviation, kernel.shape), 0 * bias])
    return model


def objective(
    network,
    content,
    style,
    style_weight=1.0,
    tv_weight=0.0,
    content_layers=(CONTENT_LAYER,),
    style_layers=STYLE_LAYERS,
):
    """Builds the loss of a picture: near one image in content, near another in style.

    Args:
        network: `keras.Model` with VGG's layer names, such as `vgg.vgg16_features()`.
        content: Image (height, width, 3) or `None`: no content is asked for.
        style: Image of any size, or `None`: no style is asked for.
        style_weight: Float, weight of the style beside the content's 1.
        tv_weight: Float, weight of `total_variation`, of pixels in units of 255.
        content_layers: Sequence of layer names.
        style_layers: Sequence of layer names.

    Returns:
        Function from images (1, height, width, 3) to a tuple of scalars: the loss, and
        its parts content, style and total variation, not weighted.
    """
    content_layers = tuple(content_layers) if content is not None else ()
    style_layers = tuple(style_layers) if style is not None else ()
    names = (*content_layers, *style_layers)
    reader = vgg.feature_maps(network, names)

    def read(images):
        maps = reader(vgg.preprocess(images))
        maps = maps if isinstance(maps, list) else [maps]
        return maps[: len(content_layers)], maps[len(content_layers) :]

    wanted_content = read(content[None])[0] if content_layers else []
    wanted_style = [gram(one) for one in read(style[None])[1]] if style_layers else []

    def loss(images):
        found_content, found_style = read(images)
        content_loss, style_loss = ops.zeros(()), ops.zeros(())
        for found, wanted in zip(found_content, wanted_content, strict=True):
            content_loss += distance(found, wanted) / len(content_layers)
        for found, wanted in zip(found_style, wanted_style, strict=True):
            style_loss += distance(gram(found), wanted) / len(style_layers)
        variation = total_variation(images / 255)
        total = content_loss + style_weight * style_loss + tv_weight * variation
        return total, content_loss, style_loss, variation

    return loss


class Picture(keras.layers.Layer):
    """A picture whose pixels are weights, so that an optimizer can change them.

    It is a sum of levels: one at full size and, if asked for, others that are half,
    a quarter and so on as large. A step in a coarse level moves many pixels together.

    Args:
        start: Array of shape (height, width, 3), 0 to 255.
        levels: Integer. With 1 the weights are the pixels.
    """

    def __init__(self, start, levels=1):
        super().__init__()
        self.size = start.shape[:2]
        self.levels = [
            self.add_weight((1, *(side >> level for side in self.size), 3), "zeros")
            for level in range(levels)
        ]
        self.levels[0].assign(start[None])
        self.built = True

    def image(self):
        """Returns the sum of the levels, a tensor of shape (1, height, width, 3)."""
        total = self.levels[0] + 0.0
        for level in self.levels[1:]:
            total += ops.image.resize(level, self.size, "bilinear")
        return total

    def clip(self):
        """Moves what lies outside 0 to 255 to the nearer of the two."""
        image = self.image()
        self.levels[0].assign_add(ops.clip(image, 0, 255) - image)


def search(loss, start, steps, rate=10.0, levels=1):
    """Changes the pixels of a picture with Adam, so that a loss becomes small.

    Args:
        loss: Function that `objective` made.
        start: Array of shape (height, width, 3), 0 to 255.
        steps: Integer.
        rate: Float, how far a pixel moves in a step at the beginning, of 255. It falls
            to a twentieth along half a cosine.
        levels: Integer, of the `Picture`.

    Returns:
        Tuple `(image, losses)`: an array of the shape of `start`, and the loss before
        each step, an array of shape (steps,).
    """
    picture = Picture(start, levels)
    schedule = keras.optimizers.schedules.CosineDecay(rate, steps, alpha=0.05)
    step = training.make_step(
        lambda: loss(picture.image())[0], picture, keras.optimizers.Adam(schedule)
    )
    losses = []
    for _ in range(steps):
        losses.append(float(step()))
        picture.clip()
    # A sum of levels may be off by a rounding error.
    image = np.clip(ops.convert_to_numpy(picture.image())[0], 0, 255)
    return image, np.array(losses)


def search_lbfgs(loss, start, steps):
    """Changes the pixels of a picture with L-BFGS, as Gatys et al. (2016) do.

    Args:
        loss: Function that `objective` made.
        start: Array of shape (height, width, 3), 0 to 255.
        steps: Integer, gradients.

    Returns:
        Tuple `(image, losses)`: an array of the shape of `start`, and the lowest loss
        so far at each gradient, an array of shape (steps,) or shorter. (A line search
        tries steps that are too long.)
    """
    losses = []
    picture = training.minimize(
        # Its first step is as long as the gradient: give it a length.
        training.value_and_gradient(lambda images: 1e4 * loss(images)[0]),
        start[None],
        steps,
        bounds=(0.0, 255.0),
        callback=lambda value: losses.append(float(value) / 1e4),
    )
    return picture[0], np.minimum.accumulate(losses[:steps])


def transform_net(filters=16, blocks=3):
    """A network that paints in one pass (Johnson, Alahi and Fei-Fei, 2016, ECCV).

    Smaller than the paper's, and it draws *changes* to its input, so that it starts as
    the identity. Normalisation is over each image alone (Ulyanov, Vedaldi and
    Lempitsky, 2016, arXiv:1607.08022).

    Args:
        filters: Integer, of the first layer.
        blocks: Integer, residual blocks in the middle.

    Returns:
        A `keras.Model` from images (batch, height, width, 3), 0 to 255, to images of
        the same shape. Height and width must be multiples of 4.
    """

    def conv(x, filters, kernel_size=3, strides=1, relu=True):
        x = layers.Conv2D(filters, kernel_size, strides, padding="same")(x)
        x = layers.GroupNormalization(groups=-1, epsilon=1e-3)(x)
        return layers.ReLU()(x) if relu else x

    inputs = keras.Input((None, None, 3))
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    x = conv(x, filters, 7)
    x = conv(x, 2 * filters, strides=2)
    x = conv(x, 4 * filters, strides=2)
    for _ in range(blocks):
        y = conv(x, 4 * filters)
        x = layers.Add()([x, conv(y, 4 * filters, relu=False)])
    for width in (2 * filters, filters):
        # Upsampling before a convolution: no checkerboard of a transposed one.
        x = conv(layers.UpSampling2D()(x), width)
    change = layers.Conv2D(3, 7, padding="same", kernel_initializer="zeros")(x)
    painted = layers.Add()([inputs, layers.Rescaling(30.0)(change)])
    return keras.Model(inputs, painted, name="transform_net")
