"""Diagrams of networks that branch, drawn from the model itself.

Nothing is placed by hand: boxes, arrows, labels and widths come from the layers of a
functional Keras model. Data flow from left to right. What lies between a fork and the
layer where its branches meet is drawn one branch under the other, on a panel; where a
concatenation joins them, each branch enters with a thickness that shows its channels.
"""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import FancyBboxPatch, Polygon

from layerwise import plots
from layerwise.layout import BOX_HEIGHT, GAP, RIBBON, Box, arrange, height_of, product

COLORS = {
    "1×1": plots.ORANGE,
    "3×3": plots.SKY,
    "5×5": plots.BLUE,
    "7×7 or larger": plots.VERMILION,
    "pooling": plots.GREEN,
    "dense": plots.PURPLE,
    "other": "#9A9A9A",
    "input": "#BBBBBB",
}


def draw(models, new_row=(), place=(0.6, 0.46), fontsize=8):
    """Draws functional models as boxes and arrows.

    Args:
        models: Functional `keras.Model`, or a dictionary from titles to models, which
            are drawn next to each other at one scale. A model has one input; where it
            has several outputs, the first is the end of the main path, and what leads
            to the others is drawn above it.
        new_row: Sequence of strings, names of layers on the main path that begin a new
            row.
        place: Two floats, inches from one box to the next, across and down.
        fontsize: Float, points, of the text in boxes.

    Returns:
        The Matplotlib axes, on a figure of its own as large as the diagram.

    Raises:
        ValueError: If a name in `new_row` is not on the main path, or branches are not
            nested: each must lead from a fork to the one layer where all of them meet.
    """
    if not isinstance(models, dict):
        models = {None: models}
    drawings = [(title, arrange(model, new_row)) for title, model in models.items()]
    width = sum(drawing.width for _, drawing in drawings) + 0.8 * (len(drawings) - 1)
    depth = max(drawing.depth for _, drawing in drawings)
    top = -1.1 if any(title for title, _ in drawings) else -0.3
    across = place[0] * (width + 0.3)
    kinds = {box.kind for _, drawing in drawings for box in drawing.boxes}
    shown = [kind for kind in COLORS if kind in kinds - {"input", "other"}]
    columns = max(1, min(len(shown), int(across / (0.165 * fontsize))))
    bottom = depth + 0.5 + 0.5 * -(-len(shown) // columns)
    size = (across, place[1] * (bottom - top))
    figure, ax = plt.subplots(figsize=size, layout="none")
    figure.subplots_adjust(0, 0, 1, 1)
    ax.set(xlim=(-0.15, width + 0.15), ylim=(bottom, top))
    ax.set_axis_off()
    offset = 0.0
    for title, drawing in drawings:
        if title:
            style = {"fontsize": fontsize + 3, "va": "center"}
            ax.text(offset, top + 0.45, title, **style)
        _paint(ax, drawing, offset, fontsize)
        offset += drawing.width + 0.8
    handles = [
        FancyBboxPatch((0, 0), 1, 1, fc=_tint(COLORS[kind]), ec=COLORS[kind])
        for kind in shown
    ]
    names = [f"{kind} convolution" if kind[0].isdigit() else kind for kind in shown]
    ax.legend(
        handles,
        names,
        loc="lower left",
        ncols=columns,
        fontsize=fontsize + 0.5,
        borderaxespad=0.1,
        handlelength=1.2,
        columnspacing=1.4,
    )
    return ax


def _paint(ax, drawing, offset, fontsize):
    """Draws one model, `offset` places from the left."""
    if offset:
        for item in [*drawing.boxes, *drawing.forks]:
            item.left += offset
            if isinstance(item, Box):
                item.right += offset
    for fork in drawing.forks:
        _paint_panel(ax, fork, fontsize)
    joins = {id(fork.join): fork for fork in drawing.forks}
    turns = {
        (id(before), id(after)): between for before, after, between in drawing.turns
    }
    for box in drawing.boxes:
        for source in box.before:
            if (id(source), id(box)) in turns:
                between = turns[id(source), id(box)]
                _paint_turn(ax, source, box, between, offset)
            elif box.kind != "Concatenate" or id(box) not in joins:
                _paint_arrow(ax, source, box)
    for head in drawing.heads:
        end = head[-1]
        ax.text(
            end.right,
            end.y + BOX_HEIGHT / 2 + 0.24,
            end.name.replace("_", " "),
            ha="right",
            va="center",
            fontsize=fontsize,
        )
    for box in drawing.boxes:
        if box.kind == "Concatenate" and id(box) in joins:
            _paint_concatenation(ax, joins[id(box)])
        else:
            _paint_box(ax, box, fontsize)


def _tint(color, strength=0.38):
    return tuple(1 - strength * (1 - np.array(mpl.colors.to_rgb(color))))


def _paint_box(ax, box, fontsize):
    color = COLORS.get(box.kind, plots.INK)
    round_ = box.kind == "Add"
    patch = FancyBboxPatch(
        (box.left, box.y - BOX_HEIGHT / 2),
        box.right - box.left,
        BOX_HEIGHT,
        boxstyle=f"round,pad=0,rounding_size={0.25 if round_ else 0.06}",
        fc="white" if round_ else _tint(color),
        ec=color,
        lw=0.9,
        zorder=3,
    )
    ax.add_patch(patch)
    ax.text(
        (box.left + box.right) / 2,
        box.y,
        box.text,
        ha="center",
        va="center",
        fontsize=fontsize - (0.7 if box.kind == "input" else 0),
        linespacing=1.05,
        zorder=4,
    )


def _paint_panel(ax, fork, fontsize):
    right, bottom = fork.join.right, fork.top + height_of(fork)
    ax.add_patch(
        FancyBboxPatch(
            (fork.left - 0.06, fork.top + 0.02),
            right - fork.left + 0.12,
            bottom - fork.top - 0.04,
            boxstyle="round,pad=0,rounding_size=0.08",
            fc="#F3F3F3",
            ec="none",
            zorder=0,
        )
    )
    kind = "".join(f"_{c.lower()}" if c.isupper() else c for c in fork.join.kind)[1:]
    own = "" if fork.join.name.startswith(kind) else fork.join.name.replace("_", " ")
    ax.text(
        (fork.left + right) / 2,
        bottom + 0.22,
        f"{own}  {product(fork.join.shape)}".strip(),
        ha="center",
        va="center",
        fontsize=fontsize,
        color=plots.INK,
    )


def _paint_concatenation(ax, fork):
    """Draws branches that flow into one bar, each as thick as its channels."""
    join, height = fork.join, height_of(fork) - 0.26
    channels = [source.shape[-1] for source in join.before]
    edge = fork.top + 0.13
    for source, count in zip(join.before, channels, strict=True):
        part = height * count / sum(channels)
        color = COLORS.get(source.kind, plots.GREY)
        start, half = source.right, min(BOX_HEIGHT, part) / 2
        # Where a branch is empty its ribbon starts at the fork, outside the panel.
        flat = join.left if start > fork.left else fork.left
        y = source.y if start > fork.left else fork.top + height_of(fork) / 2
        ribbon = [
            (start, y - half),
            (flat, y - half),
            (join.left + RIBBON, edge),
            (join.left + RIBBON, edge + part),
            (flat, y + half),
            (start, y + half),
        ]
        ax.add_patch(Polygon(ribbon, fc=_tint(color, 0.55), ec="none", zorder=2))
        bar = [
            (join.left + RIBBON, edge),
            (join.right, edge),
            (join.right, edge + part),
            (join.left + RIBBON, edge + part),
        ]
        ax.add_patch(Polygon(bar, fc=color, ec="white", lw=0.6, zorder=3))
        edge += part


ARROW = {
    "arrowstyle": "-|>,head_length=0.28,head_width=0.14",
    "color": plots.GREY,
    "lw": 0.9,
    "shrinkA": 0,
    "shrinkB": 0,
}


def _paint_arrow(ax, source, box):
    """Draws the way from one box to another, level where both are level."""
    middle = source.right + GAP / 2
    if abs(source.y - box.y) > 1e-6:
        points = [(source.right, source.y), (middle, source.y), (middle, box.y)]
        ax.plot(*zip(*points, strict=True), color=plots.GREY, lw=0.9, zorder=1)
        start = points[-1]
    else:
        start = (source.right, source.y)
    ax.annotate("", (box.left, box.y), start, arrowprops=ARROW, zorder=1)


def _paint_turn(ax, source, box, between, offset):
    """Draws the way from the end of a row to the beginning of the next."""
    right = source.right + GAP / 2
    points = [(source.right, source.y), (right, source.y), (right, between)]
    points += [(offset - 0.05, between), (offset - 0.05, box.y)]
    ax.plot(*zip(*points, strict=True), color=plots.GREY, lw=0.9, zorder=1)
    ax.annotate("", (box.left, box.y), points[-1], arrowprops=ARROW, zorder=1)
