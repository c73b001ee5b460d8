"""What the options of several verbs have in common."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.limits import Limits


def add_run_options(verb: argparse.ArgumentParser) -> None:
    """Adds the options of verbs that run notebooks."""
    verb.add_argument(
        "--workers", type=positive, help="submissions at a time (default: the cores)"
    )
    verb.add_argument(
        "--cell-seconds", type=positive, help="CPU time of a cell (default: 60)"
    )
    verb.add_argument(
        "--notebook-seconds",
        type=positive,
        help="CPU time of a notebook (default: 600)",
    )
    verb.add_argument(
        "--plain",
        action="store_true",
        help="run tests in the student's own kernel, cold, as stock nbgrader does",
    )


def add_sandbox_options(verb: argparse.ArgumentParser) -> None:
    """Adds the options of verbs that run other people's notebooks."""
    from autograder.sandbox.policy import LEVELS

    verb.add_argument(
        "--require-sandbox",
        choices=LEVELS,
        metavar="LEVEL",
        help=f"the weakest that will do: {', '.join(LEVELS)} (default: landlock)",
    )
    verb.add_argument(
        "--unsafe", action="store_true", help="run other people's code without one"
    )


def positive(text: str) -> int:
    """Reads a positive integer."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1. Received: {text}")
    return value


def limits_of(options: argparse.Namespace, **defaults: int) -> "Limits":
    """Returns the limits that were asked for, over a verb's own defaults."""
    from autograder.limits import Limits

    given = {
        "cell_seconds": options.cell_seconds,
        "notebook_seconds": options.notebook_seconds,
    }
    return Limits(**{**defaults, **{k: v for k, v in given.items() if v is not None}})


def sandboxed(options: argparse.Namespace) -> "Limits":
    """Returns the limits for other people's work, with the sandbox that it runs in."""
    from autograder.limits import NONE
    from autograder.sandbox.required import LEAST, require

    least = NONE if options.unsafe else options.require_sandbox or LEAST
    return require(limits_of(options), least, options.plain)
