"""Runs a chapter and saves one of its figures, large enough for a page.

    python course/scripts/save_figure.py 04_resnet 3

writes the fourth figure (they count from 0) to `course/figures/04_resnet.png`. What is
run is the chapter's source, at the budget that `LAYERWISE_BUDGET` names.
"""

import runpy
import sys
from pathlib import Path

import matplotlib.pyplot as plt

COURSE = Path(__file__).resolve().parents[1]


def main(chapter, wanted):
    plt.switch_backend("agg")
    target = COURSE / "figures" / f"{chapter}.png"
    target.parent.mkdir(exist_ok=True)
    shown = 0

    def show(*_, **__):
        nonlocal shown
        for number in plt.get_fignums():
            if shown == wanted:
                plt.figure(number).savefig(target, dpi=200)
                print(target)
            shown += 1
        plt.close("all")

    plt.show = show
    runpy.run_path(str(COURSE / "chapters" / f"{chapter}.py"), run_name="__main__")
    if shown <= wanted:
        raise SystemExit(f"{chapter} shows {shown} figures; {wanted} is not among them")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
