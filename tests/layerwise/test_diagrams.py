"""`layerwise.layout` and `layerwise.diagrams`: what is read, and where it goes."""

import matplotlib as mpl

mpl.use("Agg")

import keras
import matplotlib.pyplot as plt
import pytest
from keras import layers

from layerwise import checks, diagrams, layout
from layerwise.models import googlenet, resnet


@pytest.fixture(autouse=True)
def _clean():
    with mpl.rc_context():
        yield
    plt.close("all")


@pytest.fixture
def block():
    return checks.as_model(
        googlenet.inception_block, (6, 5, 4), filters=(2, (3, 4), (1, 5), 6), name="b"
    )


def two_outputs():
    inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, padding="same", name="first")(inputs)
    side = layers.Dense(2, name="side")(layers.Flatten()(x))
    x = layers.MaxPooling2D(2, name="pool")(x)
    x = layers.Conv2D(6, 1, strides=2, name="second")(x)
    main = layers.Dense(2, name="main")(layers.GlobalAveragePooling2D(name="mean")(x))
    return keras.Model(inputs, [main, side], name="two")


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_boxes_read_the_layers_and_fold_what_has_no_shape(block):
    found, ends = layout.boxes(block)
    assert len(found) == 1 + 6 + 1 + 1  # input, convolutions, pooling, concatenation
    named = {box.name: box for box in found}
    assert named["b_5x5"].text == "5×5\n5"
    assert named["b_5x5"].kind == "5×5"
    assert [box.name for box in named["b"].before] == [
        "b_1x1",
        "b_3x3",
        "b_5x5",
        "b_pool",
    ]
    assert ends == [named["b"]]
    assert named["b"].shape == (6, 5, 17)


def test_branches_lie_in_the_order_of_the_concatenation(block):
    drawing = layout.arrange(block, ())
    named = {box.name: box for box in drawing.boxes}
    last = [named[name] for name in ("b_1x1", "b_3x3", "b_5x5", "b_pool")]
    heights = [box.y for box in last]
    assert heights == sorted(heights)
    assert len({round(box.right, 6) for box in last}) == 1, "they end in one column"
    assert named["b_3x3_reduce"].y == named["b_3x3"].y
    assert named["b_3x3_reduce"].right < named["b_3x3"].left


@pytest.mark.parametrize("make", [resnet.small_resnet, googlenet.small_inception])
def test_no_two_boxes_overlap(make):
    drawing = layout.arrange(make(1), ())
    boxes = [box for box in drawing.boxes if box.kind not in layout.JOINS]
    for index, box in enumerate(boxes):
        for other in boxes[:index]:
            assert (
                box.left >= other.right
                or other.left >= box.right
                or abs(box.y - other.y) >= layout.BOX_HEIGHT
            ), f"{box.name} lies on {other.name}"
        assert box.right <= drawing.width
        assert box.y < drawing.depth
        for source in box.before:
            assert source.right < box.left, f"{box.name} is left of what it reads"


def test_an_identity_shortcut_is_a_branch_without_layers():
    block = checks.as_model(resnet.basic_block, (6, 6, 4), filters=4)
    (fork,) = layout.arrange(block, ()).forks
    assert sorted(map(len, fork.branches)) == [0, 2]
    assert "+" in texts(diagrams.draw(block))


def test_other_outputs_are_drawn_above():
    drawing = layout.arrange(two_outputs(), ())
    named = {box.name: box for box in drawing.boxes}
    assert named["side"].y < named["pool"].y == named["main"].y
    ax = diagrams.draw(two_outputs())
    assert {"side", "main"} <= set(texts(ax))


def test_a_new_row_begins_below_and_at_the_left():
    drawing = layout.arrange(two_outputs(), ("second",))
    named = {box.name: box for box in drawing.boxes}
    assert named["second"].y > named["pool"].y
    assert named["second"].left < named["pool"].left
    assert len(drawing.turns) == 1


def test_texts_name_window_step_and_filters():
    shown = texts(diagrams.draw(two_outputs()))
    for text in ("8×8\n×3", "3×3\n4", "max\n2×2 /2", "1×1 /2\n6", "global\nmean"):
        assert text in shown


def test_models_side_by_side(block):
    ax = diagrams.draw({"One": block, "Other": two_outputs()})
    assert {"One", "Other", "b  6×5×17"} <= set(texts(ax))
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == [
        "1×1 convolution",
        "3×3 convolution",
        "5×5 convolution",
        "pooling",
        "dense",
    ]


def test_every_text_is_inside_the_figure(block):
    ax = diagrams.draw({"A title": block})
    figure = ax.figure
    figure.canvas.draw()
    for text in [*ax.texts, *ax.get_legend().get_texts()]:
        corners = text.get_window_extent().get_points()
        assert (corners >= -1).all(), text.get_text()
        assert (corners <= figure.bbox.get_points()[1] + 1).all(), text.get_text()


def test_an_unknown_row_is_refused():
    with pytest.raises(ValueError, match=r"main path of two\. Received: absent, side"):
        diagrams.draw(two_outputs(), new_row=("side", "absent"))


def test_branches_that_cross_are_refused():
    inputs = x = keras.Input((4, 4, 2))
    y = layers.Conv2D(2, 1)(x)
    z = layers.Concatenate()([x, y])
    w = layers.Conv2D(2, 1)(z)
    crossed = layers.Concatenate()([z, w, y])
    with pytest.raises(ValueError, match=r"concatenate.* are not nested"):
        diagrams.draw(keras.Model(inputs, crossed, name="dense_net"))
