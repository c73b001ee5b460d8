"""The verbs that hold a checkout to account: a developer's tools.

Their code is `autograder.proof`, which the installed package does not hold. Their
options stand here, so that the command line knows them everywhere and can say that they
need a checkout.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course import find_course
from autograder.options import add_run_options, limits_of, positive

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]


def add_verbs(verbs: "Verbs") -> None:
    """Adds the verbs to the command line."""
    verb = verbs.add_parser("chapters", help="run chapters from a fresh kernel")
    verb.add_argument("names", nargs="*", metavar="NAME", help="default: all")
    verb.set_defaults(run=_chapters)

    verb = verbs.add_parser("record", help="keep what runs of chapters measured")
    verb.add_argument("names", nargs="*", metavar="NAME", help="chapters to run")
    verb.add_argument(
        "--seeds",
        nargs="+",
        type=int,
        default=[0, 1, 2],
        metavar="N",
        help="values of LAYERWISE_SEED (default: 0 1 2)",
    )
    verb.add_argument(
        "--merge",
        nargs="+",
        type=Path,
        default=[],
        metavar="FILE",
        help="add the runs of these files, of another machine say",
    )
    verb.set_defaults(run=_record)

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
    add_run_options(verb)
    verb.set_defaults(run=_answers)

    verb = verbs.add_parser(
        "mutate", help="hold the tests against wrong and right answers made by machine"
    )
    verb.add_argument("assignments", nargs="*", metavar="HW", help="default: all")
    verb.add_argument("--only", metavar="NAME", help="run the mutants with NAME in it")
    verb.add_argument(
        "--fresh", action="store_true", help="run what earlier runs have shown, too"
    )
    add_run_options(verb)
    verb.set_defaults(run=_mutate)

    verb = verbs.add_parser(
        "agree", help="hold this engine against a plain kernel and stock nbgrader"
    )
    verb.add_argument("assignments", nargs="*", metavar="HW", help="default: all")
    verb.add_argument(
        "--all", action="store_true", help="the whole bank, not one right and one wrong"
    )
    add_run_options(verb)
    verb.set_defaults(run=_agree)

    verb = verbs.add_parser("demo", help="make a class of twelve and grade it")
    add_run_options(verb)
    verb.set_defaults(run=_demo)

    verb = verbs.add_parser("bench", help="measure against stock nbgrader")
    verb.add_argument("assignment", nargs="?", metavar="HW", help="default: the first")
    verb.add_argument(
        "-n", type=positive, default=8, metavar="N", help="submissions (default: 8)"
    )
    verb.add_argument(
        "--light",
        action="store_true",
        help="not HW but a notebook that imports Keras, builds a layer and asserts",
    )
    verb.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    add_run_options(verb)
    verb.set_defaults(run=_bench)

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

    _add_load(verbs)


def is_missing(error: ModuleNotFoundError) -> bool:
    """Returns whether an import failed since the code of these verbs is not here."""
    name = error.name or ""
    return name == "autograder.proof" or name.startswith("autograder.proof.")


def _add_load(verbs: "Verbs") -> None:
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
        metavar="KIND",
        help="cold, own (forks of a parent of each student's own) or shared (of one) "
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


def _chapters(options: argparse.Namespace) -> int:
    from autograder.proof.chapters import run_chapters

    return run_chapters(find_course(options.course), options.names)


def _record(options: argparse.Namespace) -> int:
    from autograder.course import CourseError
    from autograder.proof.record import merge, record

    if not (options.names or options.merge):
        raise CourseError("Name a chapter to run, or files to --merge")
    merge(options.merge)
    return record(options.names, options.seeds) if options.names else 0


def _answers(options: argparse.Namespace) -> int:
    from autograder.proof.answers import Options, run_answers

    course = find_course(options.course)
    return run_answers(
        course,
        options.assignments or course.assignments(),
        limits_of(options),
        Options(
            options.workers,
            options.only,
            options.plain,
            options.fast,
            options.fresh,
            options.verdicts,
        ),
    )


def _mutate(options: argparse.Namespace) -> int:
    from autograder.proof.answers import Options
    from autograder.proof.mutate import run_mutants

    course = find_course(options.course)
    return run_mutants(
        course,
        options.assignments or course.assignments(),
        limits_of(options),
        Options(options.workers, options.only, fresh=options.fresh),
    )


def _agree(options: argparse.Namespace) -> int:
    from autograder.proof.agreement import run_agreement

    course = find_course(options.course)
    assignments = options.assignments or course.assignments()
    return run_agreement(course, assignments, limits_of(options), options.all)


def _demo(options: argparse.Namespace) -> int:
    from autograder.proof.demo import run_demo

    course = find_course(options.course)
    limits = limits_of(options, cell_seconds=20)
    return run_demo(course, limits, options.workers, options.plain)


def _bench(options: argparse.Namespace) -> int:
    from autograder.proof.bench import run_bench

    return run_bench(
        find_course(options.course),
        options.assignment,
        options.n,
        limits_of(options),
        light=options.light,
        workers=options.workers,
        target=options.json,
    )


def _redteam(options: argparse.Namespace) -> int:
    from autograder.proof.redteam.run import run

    return run(
        options.only,
        stock=not options.no_stock,
        level=options.level,
        json_path=options.json,
        markdown_path=options.markdown,
    )


def _soak(options: argparse.Namespace) -> int:
    from autograder.proof.redteam.soak import soak

    return soak(options.count, options.level)


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
