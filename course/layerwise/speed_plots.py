"""Figures of chapter 06: shares, layers under a roof, chips, speeds, steps in a row."""

from layerwise import plots, roofline, traces

COLORS = {
    "conv": plots.BLUE,
    "fc": plots.VERMILION,
    "pool": plots.GREEN,
    "norm": plots.ORANGE,
    "other": plots.GREY,
}


def share_bars(ax, rows, title):
    """Draws shares as bars of several colours, one row below the other.

    Args:
        ax: Matplotlib axes.
        rows: Dictionary from a row's name to a dictionary from a group (or several,
            `"conv + fc"`) to its share, at most 1. Several groups together are quoted
            and are drawn pale.
        title: String.
    """
    for row, shares in enumerate(rows.values()):
        left = 0
        for name, share in shares.items():
            first, _, quoted = name.partition(" ")
            width = 100 * share
            look = {"color": COLORS[first], "alpha": 0.45 if quoted else 1}
            ax.barh(row, width, left=left, height=0.7, **look)
            if width > 5:
                ax.text(
                    left + width / 2,
                    row,
                    f"{name} {width:.0f}",
                    ha="center",
                    va="center",
                    color=plots.INK if quoted else "w",
                )
            left += width
    ax.set(title=title, xlabel="%", xlim=(0, 100))
    ax.set_yticks(range(len(rows)), rows)
    ax.invert_yaxis()
    ax.grid(visible=False, axis="y")


def layers_under_roof(ax, profiles, groups=("conv", "fc")):
    """Draws the layers of profiles as points: operations a byte, operations a second.

    Args:
        ax: Matplotlib axes with a roof.
        profiles: Dictionary from a name to a `profiler.Profile`.
        groups: Sequence of strings, the groups whose layers are drawn.
    """
    for (name, found), mark in zip(profiles.items(), plots.MARKERS, strict=False):
        for group in groups:
            points = [
                layer
                for layer in found.layers
                if layer.group == group and layer.multiply_adds and layer.seconds > 0
            ]
            if points:
                ax.scatter(
                    [layer.intensity for layer in points],
                    [layer.flops / 1e9 for layer in points],
                    marker=mark,
                    color=COLORS[group],
                    alpha=0.7,
                    s=34,
                    label=f"{name}, {group}",
                )
    ax.legend(fontsize=8.5, loc="lower right")


def chip_roofs(ax, chips):
    """Draws the roof of each chip and its name at the right end.

    Args:
        ax: Matplotlib axes.
        chips: List of `chips.Chip`.
    """
    kinds = sorted({chip.kind for chip in chips})
    colors = dict(zip(kinds, plots.PALETTE, strict=False))
    height = 0
    for chip in sorted(chips, key=lambda chip: chip.peak_tops):
        peak, bandwidth = chip.peak_tops * 1e12, chip.bandwidth_gb_s * 1e9
        color = colors[chip.kind]
        roofline.draw(ax, peak, bandwidth, color=color, span=(0.1, 1e4))
        height = max(peak / 1e9, 1.7 * height)  # labels keep their distance
        look = {"fontsize": 9, "va": "center", "color": color}
        ax.annotate(chip.name, (1.2e4, height), **look)
    for kind, color in colors.items():
        ax.plot([], [], color=color, label=kind)
    ax.set_xlim(0.1, 3e5)


def speeds_by_batch(axes, devices, names):
    """Draws images a second by batch size, a panel for each network.

    Args:
        axes: Sequence of Matplotlib axes, one for each name.
        devices: Dictionary from a device to entries of traces. There may be more
            devices than colours.
        names: Sequence of strings, the networks.
    """
    sizes = sorted({e["batch_size"] for entries in devices.values() for e in entries})
    for ax, name in zip(axes, names, strict=True):
        for number, (device, entries) in enumerate(devices.items()):
            look = {
                "color": plots.PALETTE[number % len(plots.PALETTE)],
                "marker": plots.MARKERS[number % len(plots.MARKERS)],
            }
            for phase, dashes in (("forward", "--"), ("training", "-")):
                speed = traces.speeds(entries, name, phase)
                label = f"{device.split(',')[0]}, {phase}"
                ax.plot(speed.keys(), speed.values(), dashes, label=label, **look)
        ax.set(title=name, xlabel="batch size", xscale="log", yscale="log")
        ax.set_xticks(sizes, map(str, sizes))
        ax.minorticks_off()
    axes[0].set_ylabel("images a second")


def chain(ax, steps, title):
    """Draws steps as boxes in a row, an arrow from each to the next.

    Args:
        ax: Matplotlib axes.
        steps: Dictionary from a step's name to what stands below it.
        title: String.
    """
    for place, (name, what) in enumerate(steps.items()):
        box = {"boxstyle": "round,pad=0.5", "fc": "white", "ec": plots.BLUE, "lw": 1.4}
        look = {"ha": "center", "fontsize": 10.5}
        ax.text(place, 0.35, name, va="center", weight="bold", bbox=box, **look)
        ax.text(place, -0.05, what, va="top", linespacing=1.35, **look)
        if place:
            arrow = {"arrowstyle": "->", "color": plots.GREY}
            ax.annotate(
                "", (place - 0.36, 0.35), (place - 0.64, 0.35), arrowprops=arrow
            )
    ax.set(xlim=(-0.5, len(steps) - 0.5), ylim=(-1, 0.7), title=title)
    ax.set_axis_off()
