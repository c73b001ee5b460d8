"""The command line of the load: `autograder load`."""

import argparse
from collections.abc import Callable
from pathlib import Path

from autograder.course import find_course

# In the order in which they run.
KINDS = ("cold", "own", "shared")


def add_verb(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]",
    positive: Callable[[str], int],
) -> None:
    """Adds the verb to the command line.

    Args:
        verbs: What `add_subparsers` returned.
        positive: Reads a positive integer.
    """
    verb = verbs.add_parser("load", help="put a class to work on a hub of its own")
    verb.add_argument(
        "--students", type=positive, metavar="N", help="so many at once, at most 50"
    )
    verb.add_argument(
        "--open",
        type=positive,
        metavar="N",
        help="one student opens a notebook N times with each kind of kernel, in turn",
    )
    verb.add_argument(
        "--kernels",
        nargs="+",
        choices=KINDS,
        help="cold, or forks of a parent of each student's own, or of one for all "
        "(default: each kind, one after the other)",
    )
    verb.add_argument("--assignment", default="hw04_resnet", metavar="HW")
    verb.add_argument(
        "--seconds",
        type=positive,
        default=3600,
        metavar="LIMIT",
        help="for each kind of kernel (default: 3600)",
    )
    verb.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    verb.add_argument(
        "--markdown", type=Path, metavar="FILE", help="write the tables for the docs"
    )
    verb.set_defaults(run=_load)


def _load(options: argparse.Namespace) -> int:
    from autograder.proof.load.run import load

    return load(
        find_course(options.course),
        options.students,
        options.open,
        options.kernels,
        options.assignment,
        options.seconds,
        {"json": options.json, "markdown": options.markdown},
    )
