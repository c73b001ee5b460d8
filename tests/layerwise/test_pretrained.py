"""`layerwise.pretrained`: names, the k best, and what happens without a network."""

import keras
import numpy as np
import pytest

from layerwise import pretrained
from layerwise.models import efficientnet_lite


def test_names():
    names = pretrained.class_names()
    assert len(names) == 1000
    assert names[281] == "tabby"
    assert names[0] == "tench"
    assert names[999] == "toilet tissue"
    twice = {name for name in names if names.count(name) > 1}
    assert twice == {"crane", "maillot"}


def test_top_k_orders_and_breaks_ties_by_class():
    names = ("a", "b", "c", "d")
    rows = np.array([[0.1, 0.4, 0.1, 0.4], [0.7, 0.1, 0.2, 0.0]])
    found = pretrained.top_k(rows, 3, names)
    assert found == [
        [("b", 0.4), ("d", 0.4), ("a", 0.1)],
        [("a", 0.7), ("c", 0.2), ("b", 0.1)],
    ]
    assert [len(row) for row in pretrained.top_k(rows, 4, names)] == [4, 4]


@pytest.mark.parametrize("k", [0, 5])
def test_top_k_out_of_range(k):
    with pytest.raises(ValueError, match=f"1 to 4. Received: {k}"):
        pretrained.top_k(np.ones((1, 4)), k, "abcd")


@pytest.mark.parametrize("shape", [(4,), (1, 3), (1, 1, 4)])
def test_top_k_shapes(shape):
    with pytest.raises(ValueError, match="must have shape"):
        pretrained.top_k(np.ones(shape), 1, "abcd")


@pytest.fixture
def small(monkeypatch):
    """Takes the place of the offline model."""
    model = object()
    monkeypatch.setattr(efficientnet_lite, "pretrained", lambda: model)
    return model


@pytest.mark.parametrize("level", ["smoke", "default"])
def test_offline_unless_asked(monkeypatch, small, level):
    monkeypatch.setenv("LAYERWISE_BUDGET", level)
    monkeypatch.setattr(keras.applications, "EfficientNetV2B0", pytest.fail)
    model, preprocess, names = pretrained.imagenet_classifier()
    assert model is small
    assert preprocess is efficientnet_lite.preprocess
    assert len(names) == 1000


def test_full_takes_the_weights_of_keras(monkeypatch, small, capsys):
    monkeypatch.setenv("LAYERWISE_BUDGET", "full")
    asked = []
    monkeypatch.setattr(
        keras.applications,
        "EfficientNetV2B0",
        lambda **options: asked.append(options) or "theirs",
    )
    model, preprocess, _ = pretrained.imagenet_classifier()
    assert model == "theirs"
    assert asked == [{"weights": "imagenet"}]
    pixels = np.array([[0, 255]], "uint8")
    found = preprocess(pixels)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, pixels)
    assert capsys.readouterr().out == ""


def test_full_without_a_network_says_so(monkeypatch, small, capsys):
    def fail(**options):
        raise Exception("URL fetch failure")

    monkeypatch.setenv("LAYERWISE_BUDGET", "full")
    monkeypatch.setattr(keras.applications, "EfficientNetV2B0", fail)
    model, preprocess, _ = pretrained.imagenet_classifier()
    assert model is small
    assert preprocess is efficientnet_lite.preprocess
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1
    assert "EfficientNet-Lite0" in printed
    assert "URL fetch failure" in printed
