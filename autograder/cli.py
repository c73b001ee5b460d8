"""The command line: `autograder VERB`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from autograder import proof_cli
from autograder.course import CourseError, find_course
from autograder.options import (
    add_run_options,
    add_sandbox_options,
    limits_of,
    positive,
    sandboxed,
)
from autograder.serve import command as serve


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one verb.

    Args:
        arguments: Without the program's name. Without it, `sys.argv`.

    Returns:
        The exit status: 0 done, 1 something needs a person's eye (a surprise in the
        answers bank, a submission that could not be graded), 2 wrong use or a course
        that cannot be read.
    """
    options = _parser().parse_args(arguments)
    from autograder.authoring.source import SourceError

    try:
        return options.run(options)
    except (CourseError, SourceError) as error:
        print(f"autograder: {error}", file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        if not proof_cli.is_missing(error):
            raise
        print(
            f"autograder: {options.verb} needs a checkout of the course, installed "
            "with `pip install --editable .`: the installed package lacks it",
            file=sys.stderr,
        )
        return 2
    except KeyboardInterrupt:
        print("autograder: interrupted; what is graded is kept", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
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
    verbs = parser.add_subparsers(metavar="VERB", dest="verb", required=True)

    verb = verbs.add_parser("build", help="make notebooks of their sources")
    verb.add_argument("names", nargs="*", metavar="NAME", help="default: all")
    verb.set_defaults(run=_build)

    verb = verbs.add_parser("grade", help="grade what the class handed in")
    verb.add_argument("assignment", metavar="HW")
    verb.add_argument(
        "--force", action="store_true", help="grade again what is graded already"
    )
    verb.add_argument(
        "--diff",
        action="store_true",
        help="grade again, say whose grade would change, and change nothing",
    )
    verb.add_argument(
        "--student", action="append", metavar="ID", help="only this one (repeatable)"
    )
    verb.add_argument(
        "--results",
        type=Path,
        metavar="OUT",
        help="take what `grade-shard` left in this folder, and run the rest",
    )
    add_run_options(verb)
    add_sandbox_options(verb)
    verb.set_defaults(run=_grade)

    verb = verbs.add_parser("check", help="grade one notebook of your own")
    verb.add_argument("notebook", type=Path, metavar="NOTEBOOK")
    verb.add_argument(
        "--assignment",
        metavar="HW",
        help="default: what the file or its folder is named",
    )
    verb.add_argument(
        "--out", type=Path, metavar="FILE", help="where the feedback page goes"
    )
    add_run_options(verb)
    verb.set_defaults(run=_check)

    verb = verbs.add_parser(
        "grade-shard", help="grade a folder of submissions, for batch systems"
    )
    verb.add_argument("given", type=Path, metavar="IN", help="STUDENT/HW/HW.ipynb")
    verb.add_argument("out", type=Path, metavar="OUT", help="outcomes; may hold some")
    add_run_options(verb)
    add_sandbox_options(verb)
    verb.set_defaults(run=_grade_shard)

    verb = verbs.add_parser(
        "lint", help="name the tests that cannot run apart from the student's code"
    )
    verb.add_argument("assignments", nargs="*", metavar="HW", help="default: all")
    verb.set_defaults(run=_lint)

    verb = verbs.add_parser("doctor", help="say what this machine has and lacks")
    verb.set_defaults(run=_doctor)

    verb = verbs.add_parser("kernel", help="install, list or remove the warm kernel")
    verb.add_argument("action", choices=("install", "list", "remove"))
    verb.add_argument("--name", default="layerwise", help="default: layerwise")
    verb.add_argument("--backend", help="the Keras backend (default: the server's)")
    verb.add_argument(
        "--as-python3",
        action="store_true",
        help="install it as python3 too: every notebook starts warm",
    )
    verb.set_defaults(run=_kernel)

    serve.add_verb(verbs, positive, add_sandbox_options)
    proof_cli.add_verbs(verbs)
    return parser


def _import_nbgrader() -> None:
    from autograder.compat_nbgrader import import_without_server_extensions

    import_without_server_extensions()


def _build(options: argparse.Namespace) -> int:
    from autograder.authoring.notebooks import Built, build

    course = find_course(options.course)

    def report(built: Built) -> None:
        state = "made" if built.changed else "unchanged"
        print(f"{state:9}  {built.path.relative_to(course.root)}")

    def remark(text: str) -> None:
        print(f"remark: {text}", file=sys.stderr)

    made = build(course, report, options.names, remark)
    print(f"{len(made)} notebooks, {sum(built.changed for built in made)} changed")
    return 0


def _grade(options: argparse.Namespace) -> int:
    _import_nbgrader()
    from autograder.grading.diff import print_differences
    from autograder.grading.grade_class import grade

    course = find_course(options.course)
    if options.diff:
        return print_differences(
            course,
            options.assignment,
            sandboxed(options),
            options.workers,
            options.plain,
        )
    return grade(
        course,
        options.assignment,
        sandboxed(options),
        workers=options.workers,
        force=options.force,
        students=options.student,
        plain=options.plain,
        results=options.results,
    )


def _lint(options: argparse.Namespace) -> int:
    _import_nbgrader()
    from autograder.grading.lint import lint

    return lint(find_course(options.course), options.assignments)


def _doctor(options: argparse.Namespace) -> int:
    from autograder.doctor import examine

    return examine(options.course)


def _kernel(options: argparse.Namespace) -> int:
    from jupyter_client.kernelspec import NoSuchKernel

    from autograder.warm import kernelspec

    if options.action == "install":
        folders = kernelspec.install(options.name, options.backend, options.as_python3)
        print("\n".join(f"installed  {folder}" for folder in folders))
    elif options.action == "remove":
        try:
            print(f"removed  {kernelspec.remove(options.name)}")
        except NoSuchKernel as error:
            known = ", ".join(kernelspec.installed()) or "none"
            raise CourseError(
                f"There is no warm kernel {options.name!r}. Installed: {known}."
            ) from error
    else:
        for name, folder in kernelspec.installed().items():
            print(f"{name:16}  {folder}")
    return 0


def _check(options: argparse.Namespace) -> int:
    _import_nbgrader()
    from autograder.grading.check import check

    return check(
        find_course(options.course),
        options.notebook,
        limits_of(options),
        options.assignment,
        options.out,
        options.plain,
    )


def _grade_shard(options: argparse.Namespace) -> int:
    _import_nbgrader()
    from autograder.grading.shard import grade_shard

    return grade_shard(
        find_course(options.course),
        options.given,
        options.out,
        sandboxed(options),
        options.workers,
        options.plain,
    )


if __name__ == "__main__":
    sys.exit(main())
