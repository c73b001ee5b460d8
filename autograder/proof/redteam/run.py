"""Attacks this engine and stock nbgrader, and says what held.

Each attack of `tests/redteam` is handed in beside two honest students, first to stock
nbgrader and then to this engine, in a course with decoys: `course` makes it,
`sides` has both graders in processes that an attack may kill, and
`observe` looks at what came of it. Stock nbgrader has no sandbox: every attack
is bounded, and aimed at the decoys.
"""

import contextlib
import json
import os
import platform
import tempfile
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from autograder.course import CourseError
from autograder.proof.redteam.attacks import CLASSES, FOLDER, RUN, Attack, read_attacks
from autograder.proof.redteam.course import Target, remove
from autograder.proof.redteam.graders import end_parents
from autograder.proof.redteam.observe import NOT_RUN, Seen
from autograder.proof.redteam.sides import engine_side, stock_side
from autograder.sandbox import levels

WIDTH = 38
# From an attack's name to what stock nbgrader and this engine showed.
Results = Mapping[str, tuple[Seen, Seen]]


def run(
    only: str | None = None,
    stock: bool = True,
    level: str | None = None,
    json_path: Path | None = None,
    markdown_path: Path | None = None,
) -> int:
    """Runs the attacks and prints the table.

    Args:
        only: A part of the names of the attacks that are wanted.
        stock: Whether to attack stock nbgrader too.
        level: The sandbox's level; `None` takes the best that works here.
        json_path: A file for all that was seen; `None` writes none.
        markdown_path: A file for the table as Markdown; `None` writes none.

    Returns:
        The exit status: 0 if this engine held against every attack.

    Raises:
        CourseError: If there is no such attack, or this machine lacks the level.
    """
    attacks = read_attacks(only=only)
    if level is not None and (fault := levels.try_level(level)):
        raise CourseError(f"This machine does not allow {level!r}: {fault}")
    level = level or levels.detect().level
    print(f"{len(attacks)} attacks; sandbox: {level}, as {_user()}", flush=True)

    def report(attack: Attack, side: str, seen: Seen) -> None:
        print(f"{side:15} {attack.name:{WIDTH}} {seen.words()[:100]}", flush=True)

    results = run_attacks(attacks, level, stock, report=report)
    print()
    print(as_text(attacks, results, level))
    if json_path is not None:
        data = as_data(attacks, results, level)
        Path(json_path).write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
        print(f"All that was seen: {json_path}")
    if markdown_path is not None:
        text = as_markdown(attacks, results, level)
        Path(markdown_path).write_text(text, encoding="utf-8")
    return 0 if all(engine.held for _, engine in results.values()) else 1


def run_attacks(
    attacks: Sequence[Attack],
    level: str,
    stock: bool = True,
    plain: bool = False,
    report: Callable[[Attack, str, Seen], None] = lambda *_: None,
) -> Results:
    """Runs attacks against one or both graders.

    Args:
        attacks: What is tried.
        level: The sandbox's level.
        stock: Whether to attack stock nbgrader too.
        plain: Whether this engine runs everything in one cold kernel, unprotected.
        report: Called with each attack, the grader's name and what was seen.
    """
    place = Path(tempfile.mkdtemp(prefix="lw-red-"))
    # Others may enter: it is the sandbox that must hold, not the modes of folders.
    place.chmod(0o755)
    try:
        with contextlib.closing(Target(place, FOLDER.parents[1])) as target:
            try:
                first: dict[str, Seen] = {}
                if stock:
                    with stock_side(target) as side:
                        first = side.attack(attacks, report)
                with engine_side(target, level, plain) as side:
                    second = side.attack(attacks, report)
            finally:
                end_parents(target)
    finally:
        remove(place)
    missing = Seen(NOT_RUN)
    return {a.name: (first.get(a.name, missing), second[a.name]) for a in attacks}


def _user() -> str:
    return "root" if os.geteuid() == 0 else "an ordinary user"


def _counts(
    attacks: Sequence[Attack], results: Results
) -> Iterator[tuple[str, int, int, int, int]]:
    """Returns `(class, held by stock, run by stock, held here, all)` for each class."""
    for kind in CLASSES:
        pairs = [results[a.name] for a in attacks if a.kind == kind]
        if pairs:
            ran = [stock for stock, _ in pairs if stock.outcome != NOT_RUN]
            held = sum(stock.held for stock in ran)
            yield kind, held, len(ran), sum(e.held for _, e in pairs), len(pairs)


def _summary(attacks: Sequence[Attack], results: Results) -> tuple[str, str]:
    counts = list(_counts(attacks, results))
    stock = f"{sum(c[1] for c in counts)}/{sum(c[2] for c in counts)}"
    here = f"{sum(c[3] for c in counts)}/{sum(c[4] for c in counts)}"
    return stock, here


def as_text(attacks: Sequence[Attack], results: Results, level: str) -> str:
    """Returns the table as text; arguments as for `as_data`."""
    lines = [f"{'attack':{WIDTH}}  {'stock nbgrader':44}  this engine ({level})"]
    for kind, held, ran, ours, total in _counts(attacks, results):
        tally = f"held {held}/{ran}"
        lines += ["", f"{kind:{WIDTH}}  {tally:44}  held {ours}/{total}"]
        for attack in (a for a in attacks if a.kind == kind):
            stock, engine = results[attack.name]
            words = textwrap.shorten(stock.words(), 44, placeholder="...")
            name = f"  {attack.name.split('/')[1]}"
            lines.append(f"{name:{WIDTH}}  {words:44}  {engine.words()}")
    by_stock, here = _summary(attacks, results)
    lines += ["", f"stock nbgrader held {by_stock}, this engine held {here}"]
    return "\n".join(lines)


def as_markdown(attacks: Sequence[Attack], results: Results, level: str) -> str:
    """Returns the table as Markdown; arguments as for `as_data`."""
    lines = []
    for kind, held, ran, ours, total in _counts(attacks, results):
        lines += [
            f"### {kind}: stock nbgrader held {held}/{ran}, this engine {ours}/{total}",
            "",
            "| attack | what it tries | stock nbgrader | this engine |",
            "|---|---|---|---|",
        ]
        for attack in (a for a in attacks if a.kind == kind):
            words = [seen.words() for seen in results[attack.name]]
            if words[0] == NOT_RUN and attack.stock != RUN:
                words[0] = f"not run: {attack.stock}"
            cells = (attack.title, attack.tries, *words)
            escaped = (cell.replace("|", "\\|").replace("<", "&lt;") for cell in cells)
            lines.append(f"| {' | '.join(escaped)} |")
        lines.append("")
    stock, here = _summary(attacks, results)
    lines.append(
        f"Stock nbgrader held {stock}, this engine held {here} ({level}, as {_user()})."
    )
    return "\n".join(lines) + "\n"


def as_data(attacks: Sequence[Attack], results: Results, level: str) -> dict[str, Any]:
    """Returns all that was seen, for JSON.

    Args:
        attacks: What was tried.
        results: What `run_attacks` returned.
        level: The sandbox's level.
    """
    stock, here = _summary(attacks, results)
    return {
        "level": level,
        "user": _user(),
        "machine": platform.platform(),
        "held_by_stock": stock,
        "held": here,
        "attacks": [
            {
                "name": attack.name,
                "title": attack.title,
                "tries": attack.tries,
                "observe": attack.observe,
                "stock": {**asdict(results[attack.name][0]), "told": attack.stock},
                "engine": asdict(results[attack.name][1]),
            }
            for attack in attacks
        ],
    }
