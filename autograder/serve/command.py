"""The command line of the service: `autograder serve`."""

import argparse
from collections.abc import Callable

from autograder.course import find_course


def add_verb(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]",
    positive: Callable[[str], int],
    add_sandbox_options: Callable[[argparse.ArgumentParser], None],
) -> None:
    """Adds the verb to the command line.

    Args:
        verbs: What `add_subparsers` returned.
        positive: Reads a positive integer.
        add_sandbox_options: Adds the options of a sandbox to a verb.
    """
    verb = verbs.add_parser("serve", help="grade what arrives in the exchange")
    verb.add_argument("--workers", type=positive, help="default: the cores")
    verb.add_argument(
        "--per-hour",
        type=positive,
        default=6,
        metavar="N",
        help="submissions of an assignment graded for a student in an hour (default: "
        "6); those over it wait",
    )
    verb.add_argument(
        "--check-owner",
        action="store_true",
        help="refuse what does not belong to the system user it names",
    )
    verb.add_argument(
        "--show-hidden",
        action="store_true",
        help="show students the names of hidden tests that failed",
    )
    verb.add_argument(
        "--until-empty", action="store_true", help="end when nothing is left to grade"
    )
    add_sandbox_options(verb)
    verb.set_defaults(run=_serve)


def _serve(options: argparse.Namespace) -> int:
    from autograder.limits import NONE, Limits
    from autograder.sandbox.required import LEAST, require
    from autograder.serve.run import serve

    least = NONE if options.unsafe else options.require_sandbox or LEAST
    return serve(
        find_course(options.course),
        require(Limits(), least),
        options.workers,
        options.per_hour,
        options.check_owner,
        options.show_hidden,
        options.until_empty,
    )
