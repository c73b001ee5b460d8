"""Detection with centre points (Zhou, Wang and Krähenbühl, 2019, arXiv:1904.07850).

A box is (top, left, bottom, right), in pixels. The network looks at a grid of cells of
4×4 pixels; a cell says for each class whether a centre lies in it, where in it, and how
large the box is.
"""

import keras
import numpy as np
from keras import layers, ops
from scipy import ndimage

from layerwise.models import resnet

STRIDE = 4


def iou(boxes, others):
    """Intersection over union of every box with every other.

    Args:
        boxes: Array of shape (n, 4).
        others: Array of shape (m, 4).

    Returns:
        Array of shape (n, m), 0 to 1.
    """
    boxes, others = np.asarray(boxes)[:, None], np.asarray(others)[None]
    low = np.maximum(boxes[..., :2], others[..., :2])
    high = np.minimum(boxes[..., 2:], others[..., 2:])
    both = np.prod(np.maximum(high - low, 0), axis=-1)
    areas = [np.prod(b[..., 2:] - b[..., :2], axis=-1) for b in (boxes, others)]
    return both / (areas[0] + areas[1] - both)


def suppress(boxes, scores, threshold=0.5):
    """Non-maximum suppression: of boxes that overlap, the best one stays.

    Args:
        boxes: Array of shape (n, 4).
        scores: Array of shape (n,).
        threshold: Float, IoU above which two boxes are taken for one object.

    Returns:
        List of integers, places of those that stay, best first.
    """
    kept = []
    for index in np.argsort(-np.asarray(scores), kind="stable"):
        if not kept or iou(boxes[[index]], boxes[kept]).max() <= threshold:
            kept.append(int(index))
    return kept


def average_precision(truths, found, threshold=0.5):
    """Area under the curve of precision over recall, for one class.

    Args:
        truths: List of arrays (n, 4), the true boxes of each image.
        found: List of pairs for each image: boxes (m, 4) and scores (m,).
        threshold: Float, IoU from which on a box counts as found. Each true box can be
            found once; further boxes on it are false.

    Returns:
        Float. Precision is made non-increasing from the right before it is summed, as
        in PASCAL VOC since 2010.
    """
    total = sum(len(boxes) for boxes in truths)
    calls = [
        (score, image, box)
        for image, (boxes, scores) in enumerate(found)
        for box, score in zip(boxes, scores, strict=True)
    ]
    taken = [np.zeros(len(boxes), bool) for boxes in truths]
    right = []
    for _, image, box in sorted(calls, key=lambda call: -call[0]):
        overlaps = iou([box], truths[image])[0] if len(truths[image]) else np.zeros(1)
        best = int(overlaps.argmax())
        hit = overlaps[best] >= threshold and not taken[image][best]
        if hit:
            taken[image][best] = True
        right.append(hit)
    if not total or not right:
        return 0.0
    hits = np.cumsum(right)
    recall, precision = hits / total, hits / np.arange(1, len(right) + 1)
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(recall, prepend=0) * precision))


def targets(scenes, kinds, size):
    """Makes what the network shall say.

    Args:
        scenes: List of lists of `layerwise.objects.Thing`s.
        kinds: Tuple of strings, the classes.
        size: Integer, pixels of an image's side.

    Returns:
        Array of shape (n, cells, cells, classes + 4), `float32`: for each class 1 at a
        centre and less around it; then the centre's place in its cell and the box's
        height and width, in cells. Cells without a centre have zeros there.
    """
    cells = size // STRIDE
    y, x = np.mgrid[:cells, :cells]
    result = np.zeros((len(scenes), cells, cells, len(kinds) + 4), "float32")
    for grid, things in zip(result, scenes, strict=True):
        for thing in things:
            top, left, bottom, right = np.array(thing.box) / STRIDE
            row, column = (top + bottom) / 2, (left + right) / 2
            spread = max(0.5, (bottom - top + right - left) / 12)
            i, j = int(row), int(column)
            bump = np.exp(-((y - i) ** 2 + (x - j) ** 2) / (2 * spread**2))
            number = kinds.index(thing.kind)
            grid[..., number] = np.maximum(grid[..., number], bump)
            grid[i, j, -4:] = row - i, column - j, bottom - top, right - left
    return result


def loss(wanted, said):
    """Focal loss of the centres, and L1 of places and sizes where centres are.

    Args:
        wanted: Tensor from `targets`.
        said: Tensor of the same shape, logits for the classes.

    Returns:
        Tensor of shape (batch,). Source: equations 1 to 4 of Zhou et al. (2019).
    """
    classes = wanted.shape[-1] - 4
    heat, logits = wanted[..., :classes], said[..., :classes]
    p = ops.sigmoid(logits)
    centre = ops.cast(heat > 0.999, "float32")
    hit = centre * ops.square(1 - p) * ops.softplus(-logits)
    miss = (1 - centre) * (1 - heat) ** 4 * ops.square(p) * ops.softplus(logits)
    count = ops.maximum(ops.sum(centre, axis=(1, 2, 3)), 1)
    at_centre = ops.max(centre, axis=-1, keepdims=True)
    gap = at_centre * ops.abs(wanted[..., classes:] - said[..., classes:])
    spread = ops.sum(gap, axis=(1, 2, 3))
    return (ops.sum(hit + miss, axis=(1, 2, 3)) + 0.5 * spread) / count


def detector(size, num_classes, filters=24):
    """A small network of centre points.

    Args:
        size: Integer, pixels of an image's side, a multiple of 16.
        num_classes: Integer.
        filters: Integer, of the first layer.

    Returns:
        A `keras.Model` from images, 0 to 255, to (batch, cells, cells, classes + 4).
    """
    inputs = keras.Input((size, size, 3))
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    x = resnet.conv_bn(x, filters, 3, strides=2)
    fine = resnet.conv_bn(x, 2 * filters, 3, strides=2)
    x = resnet.conv_bn(fine, 2 * filters, 3, strides=2)
    x = resnet.conv_bn(x, 2 * filters, 3)
    x = layers.Concatenate()([layers.UpSampling2D(2)(x), fine])
    x = resnet.conv_bn(x, 2 * filters, 3)
    # Centres are rare: begin by saying so (Lin et al., 2017, arXiv:1708.02002).
    rare = keras.initializers.Constant(-2.19)
    heat = layers.Conv2D(num_classes, 1, bias_initializer=rare)(x)
    shape = layers.Conv2D(4, 1)(x)
    return keras.Model(inputs, layers.Concatenate()([heat, shape]), name="detector")


def peaks(scores):
    """Marks cells whose score is not below that of any of their eight neighbours.

    Source: Zhou, Wang and Krähenbühl (2019), section 4 ("From points to bounding
    boxes").

    Args:
        scores: Array of shape (cells, cells, classes).

    Returns:
        Boolean array of the same shape.
    """
    return scores == ndimage.maximum_filter(scores, (3, 3, 1), mode="nearest")


def decode(said, classes, least=0.1, overlap=0.5, only_peaks=False):
    """Reads boxes from what the network says of one image.

    Args:
        said: Array of shape (cells, cells, classes + 4).
        classes: Integer.
        least: Float, the lowest score that counts.
        overlap: Float, for `suppress`; with 1 all boxes stay.
        only_peaks: Whether only cells count that are `peaks`.

    Returns:
        List with, for each class, boxes (n, 4) and scores (n,), best first.
    """
    scores = 1 / (1 + np.exp(-said[..., :classes]))
    row, column, height, width = np.moveaxis(said[..., classes:], -1, 0)
    i, j = np.indices(row.shape)
    row, column = i + row, j + column
    boxes = np.stack(
        [row - height / 2, column - width / 2, row + height / 2, column + width / 2], -1
    )
    result = []
    counted = scores >= least
    if only_peaks:
        counted &= peaks(scores)
    for number in range(classes):
        place = counted[..., number]
        chosen, score = STRIDE * boxes[place], scores[place, number]
        kept = suppress(chosen, score, overlap)
        result.append((chosen[kept], score[kept]))
    return result
