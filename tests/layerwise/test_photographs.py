"""`layerwise.photographs`: what is installed, and how it is cut."""

import numpy as np
import pytest
from PIL import Image

from layerwise import photographs


@pytest.mark.parametrize("name", photographs.names())
def test_each_is_a_colour_photograph(name):
    image = photographs.photograph(name)
    assert image.dtype == np.uint8
    assert image.ndim == 3
    assert image.shape[2] == 3
    assert min(image.shape[:2]) >= 300
    # Colours differ, and the picture is not empty.
    assert image.std() > 20
    assert np.abs(image[..., 0].astype(int) - image[..., 2]).mean() > 5


def test_squares():
    images = photographs.photographs(64)
    assert images.shape == (len(photographs.names()), 64, 64, 3)
    assert images.dtype == np.uint8
    np.testing.assert_array_equal(images[0], photographs.photograph("chelsea", 64))


def test_the_square_is_the_middle():
    whole = photographs.photograph("china")  # wider than high
    height, width, _ = whole.shape
    left = (width - height) // 2
    middle = whole[:, left : left + height]
    square = photographs.photograph("china", height)
    np.testing.assert_array_equal(square, middle)


def test_resizing_keeps_the_mean():
    large, small = (photographs.photograph("coffee", size) for size in (400, 50))
    np.testing.assert_allclose(small.mean((0, 1)), large.mean((0, 1)), atol=1)


def test_classes_are_of_imagenet():
    for entry in photographs.PHOTOGRAPHS.values():
        assert all(0 <= index < 1000 for index in entry.classes)
    assert photographs.PHOTOGRAPHS["astronaut"].classes == ()


def test_unknown_name():
    with pytest.raises(ValueError, match=r"chelsea.*Received: 'dog'"):
        photographs.photograph("dog")


def test_a_missing_file_says_what_to_install(monkeypatch):
    gone = photographs.Photograph("skimage.data", "gone.png", "nothing", ())
    monkeypatch.setitem(photographs.PHOTOGRAPHS, "gone", gone)
    with pytest.raises(FileNotFoundError, match=r"lacks gone.png. Install"):
        photographs.photograph("gone")


def test_a_grey_file_becomes_three_channels(monkeypatch):
    grey = photographs.Photograph("skimage.data", "moon.png", "the moon", ())
    monkeypatch.setitem(photographs.PHOTOGRAPHS, "moon", grey)
    image = photographs.photograph("moon", 32)
    assert image.shape == (32, 32, 3)
    assert Image.fromarray(image).mode == "RGB"


def test_a_piece_is_a_part_of_its_photograph():
    image = np.zeros((224, 224, 3), "uint8")
    image[..., 0] = np.arange(224)  # its column
    starts, mirrored = set(), set()
    for seed in range(8):
        piece = photographs.piece(image, np.random.default_rng(seed))
        assert piece.shape == (224, 224, 3)
        assert 0 <= piece.min() <= piece.max() <= 255
        np.testing.assert_array_equal(piece[..., 1:], 0)  # the colours stay in order
        row = piece[100, :, 0]
        assert 0.25 * 224 < abs(row[-1] - row[0]) < 0.85 * 224
        starts.add(round(float(row[0])))
        mirrored.add(bool(row[-1] < row[0]))
    assert len(starts) > 4
    assert mirrored == {True, False}


def test_crops_are_squares_of_the_pictures_and_half_are_mirrored():
    images = np.arange(2 * 6 * 8).reshape(2, 6, 8, 1) * np.ones(3)
    rng = np.random.default_rng(0)
    cut = photographs.crops(images, 4, 200, rng)
    assert cut.shape == (200, 4, 4, 3)
    right, down = cut[:, :, 1:] - cut[:, :, :-1], cut[:, 1:] - cut[:, :-1]
    assert (np.abs(right) == 1).all()
    assert (down == 8).all()
    assert 60 < (right[:, 0, 0, 0] == -1).sum() < 140
    # From both pictures, and up to their last row and column.
    assert cut.min() == 0
    assert cut.max() == images.max()
