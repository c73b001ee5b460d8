"""`layerwise.models.segnet`: pooling that remembers, and three decoders."""

import keras
import numpy as np
import pytest
from keras import ops

from layerwise import checks
from layerwise.models import segnet


def test_the_corners_make_the_whole(rng):
    x = rng.normal(size=(2, 4, 6, 3)).astype("float32")
    parts = segnet.corners(x)
    np.testing.assert_array_equal(parts[1], x[:, ::2, 1::2])
    np.testing.assert_array_equal(segnet.from_corners(parts), x)


def test_pooling_remembers_and_unpooling_puts_back(rng):
    x = rng.normal(size=(3, 8, 6, 4)).astype("float32")
    pooled, indices = map(ops.convert_to_numpy, segnet.MaxPoolWithIndices()(x))
    windows = np.stack([np.asarray(part) for part in segnet.corners(x)], axis=-1)
    np.testing.assert_array_equal(pooled, windows.max(-1))
    np.testing.assert_array_equal(indices, windows.argmax(-1))
    back = ops.convert_to_numpy(segnet.MaxUnpool()(pooled, indices))
    kept = back != 0
    np.testing.assert_array_equal(back[kept], x[kept])
    assert kept.sum() == pooled.size


def test_of_equal_values_the_first_counts():
    _, indices = segnet.MaxPoolWithIndices()(np.ones((1, 2, 2, 1), "float32"))
    assert ops.convert_to_numpy(indices).item() == 0


def test_gradients_go_where_the_maximum_was(rng):
    x = rng.normal(size=(1, 4, 4, 1)).astype("float32")

    def there_and_back(x):
        return segnet.MaxUnpool()(*segnet.MaxPoolWithIndices()(x))

    slope = checks.gradient(there_and_back, x)
    back = ops.convert_to_numpy(there_and_back(x))
    np.testing.assert_array_equal(slope, (back != 0).astype("float32"))


@pytest.mark.parametrize("decoder", segnet.DECODERS)
def test_decoders_have_the_same_weights(decoder):
    model = segnet.segnet((16, 24, 3), 5, (4, 6), decoder)
    assert model.output_shape == (None, 16, 24, 5)
    reference = segnet.segnet((16, 24, 3), 5, (4, 6), "upsampling")
    shapes = [w.shape for w in reference.weights]
    assert [w.shape for w in model.weights] == shapes
    images = np.zeros((2, 16, 24, 3), "float32")
    assert model.predict(images, verbose=0).shape == (2, 16, 24, 5)


def test_an_unknown_decoder_is_refused():
    with pytest.raises(ValueError, match="indices, upsampling, skips"):
        segnet.segnet(decoder="unet")


def test_a_saved_network_is_loaded_without_further_ado(tmp_path, rng):
    model = segnet.segnet((16, 24, 3), 5, (4, 6))
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    images = rng.uniform(0, 255, (2, 16, 24, 3)).astype("float32")
    np.testing.assert_allclose(again(images), model(images), atol=1e-6)
