"""The command line: `autograder VERB`."""

import argparse
import sys
from pathlib import Path

from autograder.course import CourseError, find_course


def main(arguments=None):
    """Runs one verb.

    Args:
        arguments: List of strings, without the program's name. Without it, `sys.argv`.

    Returns:
        Integer, the exit status: 0 done, 1 something needs a person's eye (a surprise
        in the answers bank, a submission that could not be graded), 2 wrong use or a
        course that cannot be read.
    """
    options = _parser().parse_args(arguments)
    from autograder.build.source import SourceError

    try:
        return options.run(options)
    except (CourseError, SourceError) as error:
        print(f"autograder: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("autograder: interrupted; what is graded is kept", file=sys.stderr)
        return 130


def _parser():
    parser = argparse.ArgumentParser(
        prog="autograder",
        description="Builds, grades and reports the Layerwise course.",
    )
    parser.add_argument(
        "--course",
        type=Path,
        metavar="FOLDER",
        help="the course's folder (default: the one above the current folder)",
    )
    verbs = parser.add_subparsers(metavar="VERB", required=True)

    verb = verbs.add_parser("build", help="make all notebooks of their sources")
    verb.set_defaults(run=_build)

    verb = verbs.add_parser("chapters", help="run chapters from a fresh kernel")
    verb.add_argument("names", nargs="*", metavar="NAME", help="default: all")
    verb.set_defaults(run=_chapters)

    verb = verbs.add_parser("answers", help="hold the tests against known answers")
    verb.add_argument("assignments", nargs="*", metavar="HW", help="default: all")
    verb.add_argument("--only", metavar="NAME", help="run the answers with NAME in it")
    _add_run_options(verb)
    verb.set_defaults(run=_answers)

    verb = verbs.add_parser("grade", help="grade what the class handed in")
    verb.add_argument("assignment", metavar="HW")
    verb.add_argument(
        "--force", action="store_true", help="grade again what is graded already"
    )
    verb.add_argument(
        "--student", action="append", metavar="ID", help="only this one (repeatable)"
    )
    _add_run_options(verb)
    verb.set_defaults(run=_grade)

    verb = verbs.add_parser("demo", help="make a class of twelve and grade it")
    _add_run_options(verb)
    verb.set_defaults(run=_demo)
    return parser


def _add_run_options(verb):
    verb.add_argument(
        "--workers", type=_positive, help="submissions at a time (default: the cores)"
    )
    verb.add_argument(
        "--cell-seconds", type=_positive, help="wall time of a cell (default: 60)"
    )
    verb.add_argument(
        "--notebook-seconds",
        type=_positive,
        help="wall time of a notebook (default: 600)",
    )


def _positive(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1. Received: {text}")
    return value


def _limits(options, **defaults):
    from autograder.execute import Limits

    given = {
        "cell_seconds": options.cell_seconds,
        "notebook_seconds": options.notebook_seconds,
    }
    return Limits(**{**defaults, **{k: v for k, v in given.items() if v is not None}})


def _build(options):
    from autograder.build.notebooks import build

    course = find_course(options.course)

    def report(built):
        state = "made" if built.changed else "unchanged"
        print(f"{state:9}  {built.path.relative_to(course.root)}")

    made = build(course, report)
    print(f"{len(made)} notebooks, {sum(built.changed for built in made)} changed")
    return 0


def _chapters(options):
    from autograder.chapters import run_chapters

    return run_chapters(find_course(options.course), options.names)


def _answers(options):
    from autograder.answers import run_answers

    course = find_course(options.course)
    return run_answers(
        course,
        options.assignments or course.assignments(),
        _limits(options),
        options.workers,
        options.only,
    )


def _grade(options):
    from autograder.grade import grade

    course = find_course(options.course)
    return grade(
        course,
        options.assignment,
        _limits(options),
        workers=options.workers,
        force=options.force,
        students=options.student,
    )


def _demo(options):
    from autograder.demo import run_demo

    course = find_course(options.course)
    return run_demo(course, _limits(options, cell_seconds=30), options.workers)


if __name__ == "__main__":
    sys.exit(main())
