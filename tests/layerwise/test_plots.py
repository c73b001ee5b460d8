import subprocess
import sys

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from layerwise import plots


@pytest.fixture(autouse=True)
def _clean():
    with mpl.rc_context():
        yield
    plt.close("all")


def test_import_changes_nothing():
    code = (
        "import matplotlib as mpl; import matplotlib.pyplot as plt;"
        "before = dict(mpl.rcParams); import layerwise.plots;"
        "assert dict(mpl.rcParams) == before and not plt.get_fignums()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_use_style_sets_the_look():
    plots.use_style()
    colors = mpl.rcParams["axes.prop_cycle"].by_key()["color"]
    assert tuple(colors) == plots.PALETTE
    assert mpl.rcParams["axes.spines.top"] is False


def test_panels_has_the_axes_asked_for():
    figure, axes = plots.panels(5, columns=3)
    assert len(axes) == len(figure.axes) == 5


def test_shades_end_in_the_colour_itself():
    tints = plots.shades(plots.BLUE, 3)
    assert tints[-1] == pytest.approx(mpl.colors.to_rgb(plots.BLUE))
    assert sum(tints[0]) > sum(tints[1]) > sum(tints[2])
    assert plots.shades(plots.BLUE, 1) == [pytest.approx(tints[-1])]


def test_lines_draws_each_series_with_its_style():
    ax = plots.lines(
        (1, 2), {"a": (1, 10), "b": (2, 20)}, log=True, styles={"b": {"color": "k"}}
    )
    assert [line.get_label() for line in ax.lines] == ["a", "b"]
    assert [line.get_color() for line in ax.lines] == [plots.BLUE, "k"]
    assert ax.get_yscale() == "log"
    assert list(ax.lines[1].get_ydata()) == [2, 20]


def test_lines_refuses_another_length():
    with pytest.raises(ValueError, match=r"'a' must have as many values.*Received: 1"):
        plots.lines((1, 2), {"a": (1,)})


def test_training_curves_reads_a_history_or_its_dictionary():
    class History:
        history = {"loss": [3, 2], "val_loss": [4, 3]}  # noqa: RUF012

    given = plots.panels(1)[1][0]
    ax = plots.training_curves(
        {"kept": History(), "plain": {"loss": [1, 0, 0]}}, ax=given, validation="test"
    )
    assert ax is given
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["kept", "plain", "test"]
    assert [list(line.get_xdata()) for line in ax.lines[:3]] == [
        [1, 2],
        [1, 2],
        [1, 2, 3],
    ]
    assert ax.lines[1].get_linestyle() == "--"


def test_training_curves_names_the_missing_metric():
    with pytest.raises(ValueError, match=r"'a' must hold 'accuracy'. Received: loss"):
        plots.training_curves({"a": {"loss": [1]}}, "accuracy")


def test_bars_keep_their_order_and_show_their_values():
    ax = plots.bars({"one": 1, "two": 2.5}, colors={"two": plots.ORANGE}, form="{:.2f}")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["one", "two"]
    assert ax.yaxis_inverted()
    assert {text.get_text() for text in ax.texts} == {"1.00", "2.50"}
    widths = [patch.get_width() for patch in ax.patches]
    assert widths == [1, 2.5]


@pytest.mark.parametrize("shape", [(7, 4, 4), (7, 4, 4, 1), (7, 4, 4, 3)])
def test_image_grid_draws_every_image(shape):
    images = np.zeros(shape, "uint8")
    figure = plots.image_grid(images, [str(index) for index in range(7)], columns=4)
    assert len(figure.axes) == 7
    assert [ax.get_title() for ax in figure.axes] == list("0123456")
    assert not any(ax.axison for ax in figure.axes)


def test_image_grid_refuses_what_it_cannot_draw():
    with pytest.raises(ValueError, match=r"Received: \(4, 4\)"):
        plots.image_grid(np.zeros((4, 4)))
    with pytest.raises(ValueError, match=r"as many as the images \(2\). Received: 1"):
        plots.image_grid(np.zeros((2, 4, 4)), ["one"])


def test_bands_draw_the_mean_and_the_range_of_the_seeds():
    values = np.array([[1.0, 2.0], [3.0, 8.0], [2.0, 5.0]])
    ax = plots.bands([10, 20], {"a": values}, title="t", xlabel="x")
    (line,) = ax.lines
    np.testing.assert_allclose(line.get_ydata(), [2, 5])
    corners = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert (corners.min(), corners.max()) == (1, 8)
    assert ax.get_legend_handles_labels()[1] == ["a"]
    _, log = plots.panels(1)
    log[0].set_yscale("log")
    plots.bands([10, 20], {"a": [[1, 1], [100, 4]]}, log[0], styles={"a": {"lw": 9}})
    (line,) = log[0].lines
    np.testing.assert_allclose(line.get_ydata(), [10, 2])
    assert line.get_linewidth() == 9
