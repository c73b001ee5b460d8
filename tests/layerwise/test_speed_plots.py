"""`layerwise.speed_plots`: what is drawn is what was given."""

import matplotlib.pyplot as plt
import pytest

from layerwise import chips, plots, profiler, speed_plots


@pytest.fixture
def ax():
    yield plt.subplots()[1]
    plt.close("all")


def test_shares_are_bars_side_by_side(ax):
    rows = {"here": {"conv": 0.75, "norm": 0.25}, "quoted": {"conv + fc (quoted)": 0.9}}
    speed_plots.share_bars(ax, rows, "title")
    spans = [(bar.get_x(), bar.get_width()) for bar in ax.patches]
    assert spans == [(0, 75), (75, 25), (0, 90)]
    assert [text.get_text() for text in ax.texts][-1] == "conv + fc (quoted) 90"


def test_layers_below_the_resolution_are_not_drawn(ax):
    layers = tuple(
        profiler.LayerProfile("a", "Dense", group, seconds, work, 10)
        for group, seconds, work in (
            ("fc", 1.0, 5),
            ("fc", -1.0, 5),
            ("conv", 1.0, 0),
        )
    )
    profile = profiler.Profile(layers, 1.0, 1)
    speed_plots.layers_under_roof(ax, {"net": profile})
    (points,) = ax.collections
    assert points.get_offsets().tolist() == [[1.0, 1e-8]]


def test_seven_devices_are_drawn_with_six_colours():
    devices = {
        f"device {n}, jax": [
            {
                "model": "net",
                "phase": "training",
                "dtype": "float32",
                "batch_size": size,
                "seconds": 2.0,
            }
            for size in (256, 1)
        ]
        for n in range(len(plots.PALETTE) + 1)
    }
    figure, axes = plots.panels(2, sharey=True)
    speed_plots.speeds_by_batch(axes, devices, ["net", "other"])
    drawn = [line for line in axes[0].lines if len(line.get_xdata())]
    assert len(drawn) == 7
    assert list(drawn[-1].get_ydata()) == [0.5, 128]
    assert [tick.get_text() for tick in axes[1].get_xticklabels()] == ["1", "256"]
    plt.close(figure)


def test_every_chip_has_a_roof_and_every_kind_a_colour(ax):
    table = chips.chips()
    speed_plots.chip_roofs(ax, table)
    assert [text.get_text() for text in ax.texts] == [
        chip.name for chip in sorted(table, key=lambda chip: chip.peak_tops)
    ]
    labels = ax.get_legend_handles_labels()[1]
    assert labels == sorted({chip.kind for chip in table})


def test_steps_stand_in_a_row(ax):
    speed_plots.chain(ax, {"a": "first", "b": "second"}, "title")
    names = {text.get_text() for text in ax.texts}
    assert {"a", "b", "first", "second"} <= names
