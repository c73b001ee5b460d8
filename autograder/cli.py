"""The command line: `autograder VERB`."""

import argparse
import sys
from pathlib import Path

from autograder.course import CourseError, find_course
from autograder.proof.load import command as load
from autograder.serve import command as serve


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
    from autograder.authoring.source import SourceError

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

    verb = verbs.add_parser("build", help="make notebooks of their sources")
    verb.add_argument("names", nargs="*", metavar="NAME", help="default: all")
    verb.set_defaults(run=_build)

    verb = verbs.add_parser("chapters", help="run chapters from a fresh kernel")
    verb.add_argument("names", nargs="*", metavar="NAME", help="default: all")
    verb.set_defaults(run=_chapters)

    verb = verbs.add_parser("answers", help="hold the tests against known answers")
    verb.add_argument("assignments", nargs="*", metavar="HW", help="default: all")
    verb.add_argument("--only", metavar="NAME", help="run the answers with NAME in it")
    verb.add_argument(
        "--fast",
        action="store_true",
        help="of a wrong answer, run the tests that its changes can reach",
    )
    verb.add_argument(
        "--fresh",
        action="store_true",
        help="run what earlier runs have shown already, too",
    )
    verb.add_argument(
        "--verdicts", type=Path, metavar="FILE", help="write what every test said"
    )
    _add_run_options(verb)
    verb.set_defaults(run=_answers)

    verb = verbs.add_parser(
        "agree", help="hold this engine against a plain kernel and stock nbgrader"
    )
    verb.add_argument("assignments", nargs="*", metavar="HW", help="default: all")
    verb.add_argument(
        "--all", action="store_true", help="the whole bank, not one right and one wrong"
    )
    _add_run_options(verb)
    verb.set_defaults(run=_agree)

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
    _add_run_options(verb)
    _add_sandbox_options(verb)
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
    _add_run_options(verb)
    verb.set_defaults(run=_check)

    verb = verbs.add_parser(
        "grade-shard", help="grade a folder of submissions, for batch systems"
    )
    verb.add_argument("given", type=Path, metavar="IN", help="STUDENT/HW/HW.ipynb")
    verb.add_argument("out", type=Path, metavar="OUT", help="outcomes; may hold some")
    _add_run_options(verb)
    _add_sandbox_options(verb)
    verb.set_defaults(run=_grade_shard)

    verb = verbs.add_parser("bench", help="measure against stock nbgrader")
    verb.add_argument("assignment", nargs="?", metavar="HW", help="default: the first")
    verb.add_argument(
        "-n", type=_positive, default=8, metavar="N", help="submissions (default: 8)"
    )
    verb.add_argument(
        "--light",
        action="store_true",
        help="not HW but a notebook that imports Keras, builds a layer and asserts",
    )
    verb.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    _add_run_options(verb)
    verb.set_defaults(run=_bench)

    verb = verbs.add_parser("doctor", help="say what this machine has and lacks")
    verb.set_defaults(run=_doctor)

    verb = verbs.add_parser(
        "redteam", help="attack this engine and stock nbgrader, and say what held"
    )
    verb.add_argument("--only", metavar="NAME", help="attacks with NAME in it")
    verb.add_argument("--level", help="the sandbox's level (default: the best here)")
    verb.add_argument("--no-stock", action="store_true", help="this engine only")
    verb.add_argument(
        "--json", type=Path, metavar="FILE", help="write all that was seen"
    )
    verb.add_argument(
        "--markdown", type=Path, metavar="FILE", help="write the table for the docs"
    )
    verb.set_defaults(run=_redteam)

    verb = verbs.add_parser(
        "soak", help="grade a large class, a third of it hostile, and compare"
    )
    verb.add_argument("-n", type=int, default=300, dest="count", metavar="N")
    verb.add_argument("--level", help="the sandbox's level (default: the best here)")
    verb.set_defaults(run=_soak)

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

    serve.add_verb(verbs, _positive, _add_sandbox_options)
    load.add_verb(verbs, _positive)

    verb = verbs.add_parser("demo", help="make a class of twelve and grade it")
    _add_run_options(verb)
    verb.set_defaults(run=_demo)
    return parser


def _add_run_options(verb):
    verb.add_argument(
        "--workers", type=_positive, help="submissions at a time (default: the cores)"
    )
    verb.add_argument(
        "--cell-seconds", type=_positive, help="CPU time of a cell (default: 60)"
    )
    verb.add_argument(
        "--notebook-seconds",
        type=_positive,
        help="CPU time of a notebook (default: 600)",
    )
    verb.add_argument(
        "--plain",
        action="store_true",
        help="run tests in the student's own kernel, cold, as stock nbgrader does",
    )


def _add_sandbox_options(verb):
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


def _positive(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1. Received: {text}")
    return value


def _limits(options, **defaults):
    from autograder.engine.limits import Limits

    given = {
        "cell_seconds": options.cell_seconds,
        "notebook_seconds": options.notebook_seconds,
    }
    return Limits(**{**defaults, **{k: v for k, v in given.items() if v is not None}})


def _sandboxed(options):
    """Returns the limits for other people's work, with the sandbox that it runs in."""
    from autograder.sandbox.policy import NONE
    from autograder.sandbox.required import LEAST, require

    least = NONE if options.unsafe else options.require_sandbox or LEAST
    return require(_limits(options), least, options.plain)


def _build(options):
    from autograder.authoring.notebooks import build

    course = find_course(options.course)

    def report(built):
        state = "made" if built.changed else "unchanged"
        print(f"{state:9}  {built.path.relative_to(course.root)}")

    made = build(course, report, options.names)
    print(f"{len(made)} notebooks, {sum(built.changed for built in made)} changed")
    return 0


def _chapters(options):
    from autograder.proof.chapters import run_chapters

    return run_chapters(find_course(options.course), options.names)


def _answers(options):
    from autograder.proof.answers import Options, run_answers

    course = find_course(options.course)
    return run_answers(
        course,
        options.assignments or course.assignments(),
        _limits(options),
        Options(
            options.workers,
            options.only,
            options.plain,
            options.fast,
            options.fresh,
            options.verdicts,
        ),
    )


def _agree(options):
    from autograder.proof.agreement import run_agreement

    course = find_course(options.course)
    assignments = options.assignments or course.assignments()
    return run_agreement(course, assignments, _limits(options), options.all)


def _grade(options):
    from autograder.grading.diff import print_differences
    from autograder.grading.grade_class import grade

    course = find_course(options.course)
    if options.diff:
        return print_differences(
            course,
            options.assignment,
            _sandboxed(options),
            options.workers,
            options.plain,
        )
    return grade(
        course,
        options.assignment,
        _sandboxed(options),
        workers=options.workers,
        force=options.force,
        students=options.student,
        plain=options.plain,
        results=options.results,
    )


def _doctor(options):
    from autograder.doctor import examine

    return examine(options.course)


def _redteam(options):
    from autograder.proof.redteam.run import run

    return run(
        options.only,
        stock=not options.no_stock,
        level=options.level,
        json_path=options.json,
        markdown_path=options.markdown,
    )


def _soak(options):
    from autograder.proof.redteam.soak import soak

    return soak(options.count, options.level)


def _kernel(options):
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


def _check(options):
    from autograder.grading.check import check

    return check(
        find_course(options.course),
        options.notebook,
        _limits(options),
        options.assignment,
        options.out,
        options.plain,
    )


def _grade_shard(options):
    from autograder.grading.shard import grade_shard

    return grade_shard(
        find_course(options.course),
        options.given,
        options.out,
        _sandboxed(options),
        options.workers,
        options.plain,
    )


def _bench(options):
    from autograder.proof.bench import run_bench

    return run_bench(
        find_course(options.course),
        options.assignment,
        options.n,
        _limits(options),
        light=options.light,
        workers=options.workers,
        target=options.json,
    )


def _demo(options):
    from autograder.proof.demo import run_demo

    course = find_course(options.course)
    limits = _limits(options, cell_seconds=20)
    return run_demo(course, limits, options.workers, options.plain)


if __name__ == "__main__":
    sys.exit(main())
