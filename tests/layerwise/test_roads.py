"""`layerwise.roads`, `layerwise.rooms` and `layerwise.films`: what programs draw."""

import io
import itertools

import numpy as np
import pytest
from PIL import Image

from layerwise import films, roads, rooms


def test_streets_are_the_same_for_a_seed():
    images, labels = roads.roads(4, seed=1)
    again, same = roads.roads(4, seed=1)
    other, _ = roads.roads(4, seed=2)
    assert images.shape == (4, 64, 96, 3)
    assert labels.shape == (4, 64, 96)
    assert images.dtype == labels.dtype == np.uint8
    np.testing.assert_array_equal(images, again)
    np.testing.assert_array_equal(labels, same)
    assert (images != other).any()


def test_all_classes_occur_and_stand_where_they_must():
    _, labels = roads.roads(60, seed=3)
    assert set(np.unique(labels)) == set(range(len(roads.CLASS_NAMES)))
    assert (labels[:, 0] == roads.SKY).mean() > 0.5
    assert not (labels[:, -1] == roads.SKY).any()
    middle = labels[:, -1, 40:56]
    assert np.isin(middle, (roads.ROAD, roads.MARKING, roads.CAR)).mean() > 0.9


@pytest.mark.parametrize("weather", roads.WEATHERS)
def test_weather_changes_the_light_and_not_the_labels(weather):
    scene = roads.draw_scene(5, "day")
    image, labels = roads.render(scene)
    other, same = roads.render(scene._replace(weather=weather))
    np.testing.assert_array_equal(labels, same)
    assert (weather == "day") == np.array_equal(image, other)


def test_an_unknown_weather_is_refused():
    with pytest.raises(ValueError, match="day, dusk, rain"):
        roads.draw_scene(0, "snow")


def test_on_a_drive_things_come_nearer():
    images, labels = roads.drive(20, seed=3)
    assert images.shape == (20, 64, 96, 3)
    changed = [(a != b).mean() for a, b in itertools.pairwise(labels)]
    assert 0 < max(changed) < 0.3
    sizes = (labels == roads.CAR).sum((1, 2))
    assert sizes.max() > 2 * max(1, sizes[0])


def test_photographs_are_read_with_their_labels(tmp_path, rng):
    for name in ("images", "labels"):
        (tmp_path / name).mkdir()
    pixels = rng.integers(0, 256, (128, 192, 3)).astype("uint8")
    colors = np.array([(128, 64, 128), (0, 0, 0)], "uint8")
    classes = np.zeros((128, 192), int)
    classes[:64] = 1
    Image.fromarray(pixels).save(tmp_path / "images/a.png")
    Image.fromarray(colors[classes]).save(tmp_path / "labels/a.png")
    images, labels = roads.read_folder(tmp_path, {(128, 64, 128): roads.ROAD})
    assert images.shape == (1, 64, 96, 3)
    assert (labels[0, :32] == 255).all()
    assert (labels[0, 32:] == roads.ROAD).all()
    # CamVid's labels have a name of their own.
    for mark in ("_L", "_P"):
        before = next((tmp_path / "labels").iterdir())
        before.rename(tmp_path / f"labels/a{mark}.png")
        _, again = roads.read_folder(tmp_path, {(128, 64, 128): roads.ROAD})
        np.testing.assert_array_equal(again, labels)
    (tmp_path / "labels/a_P.png").unlink()
    with pytest.raises(FileNotFoundError, match=r"a\.png has no labels.*a_L\.png"):
        roads.read_folder(tmp_path, {})
    with pytest.raises(FileNotFoundError, match="no pictures"):
        roads.read_folder(tmp_path / "labels", {})


def test_rooms_are_drawn_and_pictures_read(tmp_path):
    drawn = rooms.rooms(6, seed=1)
    assert drawn.shape == (6, 32, 32, 3)
    np.testing.assert_array_equal(drawn, rooms.rooms(6, seed=1))
    assert drawn.std() > 20
    (tmp_path / "below").mkdir()
    Image.fromarray(np.full((40, 80, 3), 7, "uint8")).save(tmp_path / "below/one.png")
    read = rooms.read_pictures(tmp_path, size=16)
    assert read.shape == (1, 16, 16, 3)
    assert (read == 7).all()
    with pytest.raises(FileNotFoundError, match="no JPEG or PNG"):
        rooms.read_pictures(tmp_path / "below/none")


def test_a_film_is_a_gif_of_all_frames(rng):
    frames = rng.integers(0, 256, (5, 2, 8, 6, 3)).astype("uint8")
    shown = films.film(frames, scale=2)
    with Image.open(io.BytesIO(shown.data)) as picture:
        assert picture.n_frames == 5
        assert picture.size == (2 * (6 + 1 + 6), 16)
    with pytest.raises(ValueError, match="uint8 of shape"):
        films.film(frames.astype("float32"))


def test_a_film_keeps_colours_that_come_late():
    frames = np.zeros((3, 8, 8, 3), "uint8")
    frames[2] = (250, 200, 10)
    with Image.open(io.BytesIO(films.film(frames).data)) as picture:
        picture.seek(picture.n_frames - 1)
        last = np.asarray(picture.convert("RGB"))
    assert np.abs(last.astype(int) - frames[2]).max() < 10


def test_a_mosaic_has_rows():
    sheet = films.mosaic(np.zeros((5, 4, 3, 3), "uint8"), columns=2)
    assert sheet.shape == (3 * 5 - 1, 2 * 4 - 1, 3)
    assert (sheet[4] == 255).all()
