"""Figures of the chapters: one look, defined once.

Importing this module changes nothing. A chapter calls `use_style()` once; the functions
draw on axes and return them, so that a chapter may go on drawing.
"""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator

# Okabe and Ito's palette, which the common forms of colour blindness keep apart.
BLUE = "#0072B2"
VERMILION = "#D55E00"
GREEN = "#009E73"
PURPLE = "#CC79A7"
ORANGE = "#E69F00"
SKY = "#56B4E9"
GREY = "#767676"
INK = "#222222"
PALETTE = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)
# Dashes and markers tell series apart where colour is not seen.
DASHES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D", "v", "P")

STYLE = {
    "axes.axisbelow": True,
    "axes.edgecolor": GREY,
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.labelsize": 11,
    "axes.prop_cycle": mpl.cycler(color=PALETTE),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.titlesize": 12,
    "figure.constrained_layout.use": True,
    "figure.dpi": 100,
    "figure.facecolor": "white",
    "figure.figsize": (7.0, 4.0),
    "font.size": 11,
    "grid.color": "#E4E4E4",
    "grid.linewidth": 0.8,
    "legend.fontsize": 10,
    "legend.frameon": False,
    "lines.linewidth": 2.0,
    "lines.markersize": 5,
    "text.color": INK,
    "xtick.color": GREY,
    "xtick.labelcolor": INK,
    "xtick.labelsize": 10,
    "ytick.color": GREY,
    "ytick.labelcolor": INK,
    "ytick.labelsize": 10,
}


def use_style():
    """Makes the look that of every figure drawn from now on."""
    mpl.rcParams.update(STYLE)


def panels(count, columns=None, width=4.2, height=3.4, sharey=False):
    """Makes a figure of several axes in a grid.

    Args:
        count: Integer, number of axes.
        columns: Integer, axes in a row. All in one row if not given.
        width: Float, inches of each.
        height: Float, inches of each.
        sharey: Whether all have one vertical scale.

    Returns:
        `(figure, axes)`, `axes` a flat array of length `count`.
    """
    columns = min(columns or count, count)
    rows = -(-count // columns)
    figure, grid = plt.subplots(
        rows,
        columns,
        figsize=(width * columns, height * rows),
        sharey=sharey,
        squeeze=False,
        layout="constrained",
    )
    axes = grid.ravel()
    for spare in axes[count:]:
        spare.remove()
    return figure, axes[:count]


def _axes(ax):
    return plt.subplots(layout="constrained")[1] if ax is None else ax


def shades(color, count):
    """Makes tints of one colour, for series that have an order.

    Args:
        color: Any Matplotlib colour.
        count: Integer, number of tints.

    Returns:
        List of `count` RGB tuples, from pale to the colour itself.
    """
    full = np.array(mpl.colors.to_rgb(color))
    strengths = np.linspace(0.45, 1, count) if count > 1 else [1.0]
    return [tuple(1 - strength * (1 - full)) for strength in strengths]


def lines(
    x, series, ax=None, title=None, xlabel=None, ylabel=None, log=False, styles=None
):
    """Draws named lines over the same horizontal positions.

    Args:
        x: Sequence of numbers, the horizontal positions.
        series: Dictionary from a name to a sequence as long as `x`.
        ax: Matplotlib axes to draw on. New ones are made if not given.
        title: String over the axes.
        xlabel: String.
        ylabel: String.
        log: Whether the vertical axis is logarithmic.
        styles: Dictionary from a name to keyword arguments of `Axes.plot`, which
            replace the default colour, dashes or marker of that line.

    Returns:
        The axes.

    Raises:
        ValueError: If a sequence is not as long as `x`.
    """
    ax = _axes(ax)
    for index, (name, values) in enumerate(series.items()):
        if len(values) != len(x):
            raise ValueError(
                f"{name!r} must have as many values as x ({len(x)}). "
                f"Received: {len(values)}"
            )
        look = {
            "color": PALETTE[index % len(PALETTE)],
            "linestyle": DASHES[index // len(PALETTE) % len(DASHES)],
            "marker": MARKERS[index % len(MARKERS)],
        }
        look.update((styles or {}).get(name, {}))
        ax.plot(x, values, label=name, **look)
    if log:
        ax.set_yscale("log")
    if len(series) > 1:
        ax.legend()
    ax.set(xlabel=xlabel, ylabel=ylabel)
    if title:
        ax.set_title(title)
    return ax


def bands(x, series, ax=None, title=None, xlabel=None, ylabel=None, styles=None):
    """Draws repeated measurements: the mean of the seeds, and their range as a band.

    Args:
        x: Sequence of numbers, the horizontal positions.
        series: Dictionary from a name to an array (seeds, len(x)).
        ax: Matplotlib axes to draw on. New ones are made if not given. Where its
            vertical axis is logarithmic, the mean is the geometric one.
        title: String over the axes.
        xlabel: String.
        ylabel: String.
        styles: Dictionary from a name to keyword arguments of `Axes.plot`.

    Returns:
        The axes.
    """
    ax = _axes(ax)
    for index, (name, values) in enumerate(series.items()):
        values = np.asarray(values)
        if ax.get_yscale() == "log":
            middle = np.exp(np.log(values).mean(0))
        else:
            middle = values.mean(0)
        look = {
            "color": PALETTE[index % len(PALETTE)],
            "marker": MARKERS[index % len(MARKERS)],
        }
        look.update((styles or {}).get(name, {}))
        ax.plot(x, middle, label=name, **look)
        span = values.min(0), values.max(0)
        ax.fill_between(x, *span, color=look["color"], alpha=0.2, lw=0)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set(title=title or "", xlabel=xlabel or "", ylabel=ylabel or "")
    ax.legend()
    return ax


def training_curves(
    histories,
    metric="loss",
    ax=None,
    title=None,
    ylabel=None,
    styles=None,
    validation="validation",
):
    """Draws one metric of several trainings, epoch by epoch.

    A solid line is what the training images gave; where a history holds
    `val_` values too, a dashed line in the same colour shows them.

    Args:
        histories: Dictionary from a name to what `fit` returned, or to its `history`
            dictionary.
        metric: String, a key of the histories.
        ax: Matplotlib axes to draw on. New ones are made if not given.
        title: String over the axes.
        ylabel: String; the metric's name if not given.
        styles: Dictionary from a name to keyword arguments of `Axes.plot`.
        validation: String, what the legend calls the `val_` values.

    Returns:
        The axes.

    Raises:
        ValueError: If a history lacks the metric.
    """
    ax = _axes(ax)
    validated = False
    for index, (name, history) in enumerate(histories.items()):
        values = getattr(history, "history", history)
        if metric not in values:
            raise ValueError(
                f"{name!r} must hold {metric!r}. Received: {', '.join(sorted(values))}"
            )
        look = {
            "color": PALETTE[index % len(PALETTE)],
            "marker": MARKERS[index % len(MARKERS)],
        }
        look.update((styles or {}).get(name, {}))
        epochs = np.arange(1, len(values[metric]) + 1)
        ax.plot(epochs, values[metric], label=name, **look)
        if f"val_{metric}" in values:
            validated = True
            dashed = {**look, "linestyle": "--", "alpha": 0.75}
            ax.plot(epochs, values[f"val_{metric}"], **dashed)
    if validated:
        ax.plot([], [], color=GREY, linestyle="--", label=validation)
    ax.legend()
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set(xlabel="epoch", ylabel=metric if ylabel is None else ylabel)
    if title:
        ax.set_title(title)
    return ax


def bars(values, ax=None, title=None, xlabel=None, colors=None, form="{:.1f}"):
    """Draws named numbers as horizontal bars, the first on top, each with its value.

    Args:
        values: Dictionary from a name to a number.
        ax: Matplotlib axes to draw on. New ones are made if not given.
        title: String over the axes.
        xlabel: String.
        colors: Dictionary from a name to a colour; the others are blue.
        form: Format string of the number at a bar's end.

    Returns:
        The axes.
    """
    ax = _axes(ax)
    names = list(values)
    shades = [(colors or {}).get(name, BLUE) for name in names]
    drawn = ax.barh(names, [values[name] for name in names], color=shades, height=0.7)
    ax.bar_label(drawn, [form.format(values[name]) for name in names], padding=4)
    ax.invert_yaxis()
    ax.margins(x=0.15)
    ax.grid(visible=False, axis="y")
    ax.tick_params(axis="y", length=0)
    ax.set(xlabel=xlabel)
    if title:
        ax.set_title(title)
    return ax


def image_grid(images, titles=None, columns=10, size=1.1, title=None, cmap="gray_r"):
    """Draws images in rows, without axes.

    Args:
        images: Array of shape (n, height, width), (n, height, width, 1) or
            (n, height, width, 3). Grey values are stretched over each image; colours
            are integers from 0 to 255 or floats from 0 to 1.
        titles: Sequence of n strings, over the images.
        columns: Integer, images in a row.
        size: Float, inches of an image's width.
        title: String over the figure.
        cmap: String, the colour map of grey images.

    Returns:
        The figure.

    Raises:
        ValueError: If the shape of `images` is none of these, or the titles are not as
            many as the images.
    """
    images = np.asarray(images)
    if images.ndim == 4 and images.shape[-1] == 1:
        images = images[..., 0]
    if images.ndim != 3 and not (images.ndim == 4 and images.shape[-1] == 3):
        raise ValueError(
            "images must have shape (n, height, width), (n, height, width, 1) or "
            f"(n, height, width, 3). Received: {images.shape}"
        )
    if titles is not None and len(titles) != len(images):
        raise ValueError(
            f"titles must be as many as the images ({len(images)}). "
            f"Received: {len(titles)}"
        )
    room = 0.25 if titles is not None else 0.0
    height = size * images.shape[1] / images.shape[2]
    figure, axes = panels(len(images), columns, width=size, height=height + room)
    for index, (ax, image) in enumerate(zip(axes, images, strict=True)):
        ax.imshow(image, cmap=cmap if image.ndim == 2 else None)
        ax.set_axis_off()
        if titles is not None:
            ax.set_title(titles[index], fontsize=9, loc="center", pad=3)
    if title:
        figure.suptitle(title, fontsize=12, x=0.01, ha="left")
    return figure
