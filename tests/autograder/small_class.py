"""A class of the small course: one submission of every kind, and what it must get."""

import os

import nbformat

from autograder.grading.grade_class import grade_class
from autograder.limits import Limits

ROSTER = """\
[assignments.hw00_tiny]
due = 2027-03-14T23:59:00+00:00

[students.ana]
first_name = 'Ana, called "Anita"'
last_name = "Sousa"

[students.nobody]

[students.oli]
extensions = { hw00_tiny = 48 }
"""
LIMITS = Limits(cell_seconds=3, notebook_seconds=60, output_bytes=50_000)
ON_TIME = "2027-03-12 18:30:00 UTC"
TOO_LATE = "2027-03-15 09:05:00 UTC"
LEAK = """\
import traceback, warnings
def double(x):
    warnings.warn("careful", stacklevel=2)
    return 0 if x == 0 else 2 * x if x == 2 else inner(x)
def inner(x):
    return x / 0
"""
# Outcome, points, and what the reason or notes must say.
EXPECTED = {
    "ana": ("graded", 5, ""),
    "bo": ("graded", 3, ""),
    "crash": ("crashed", 2, "the kernel died in cell area"),
    "cut": ("unreadable", 0, "not JSON from line"),
    "edited": ("graded", 3, "put back: test_double was changed"),
    "elsewhere": ("missing", 0, "found hw00_tiny (1).ipynb"),
    "empty": ("unreadable", 0, "hw00_tiny.ipynb is empty"),
    "folder": ("missing", 0, "found an empty folder"),
    "half": ("graded", 5, ""),
    "huge": ("unreadable", 0, "20,000,001 bytes"),
    "late": ("graded", 5, "late by 9 h 6 min"),
    "leak": ("graded", 3, ""),
    "link": ("missing", 0, "is a link, which is not followed"),
    "loop": ("timeout", 3, "cell test_double ran over 3 s of CPU time and was"),
    "nobody": ("missing", 0, "nothing was handed in"),
    "nocells": ("unreadable", 0, "it has no cells"),
    "notime": ("graded", 5, "timestamp.txt holds no date"),
    "old": ("graded", 0, "put back: setup was missing, test_double was missing"),
    "oli": ("graded", 5, ""),
    "photo": ("unreadable", 0, "not a notebook but a picture"),
    "restored": ("graded", 3, "test_double was changed, test_area was changed"),
}
# Those of which stock nbgrader can make something.
OPENED_BY_NBGRADER = ("bo", "edited", "leak", "loop")


def hand_in_all(tiny, find_cell):
    wrong = {"double": "def double(x):\n    return 5"}
    on_time = {"timestamp": ON_TIME}
    right = tiny.answered()
    find_cell(right, "why").source = "Because both sides grow."
    tiny.hand_in("ana", right, **on_time)
    tiny.hand_in("bo", tiny.answered(**wrong), **on_time)
    tiny.hand_in("crash", tiny.answered(area="import os\nos._exit(0)"), **on_time)
    text = nbformat.writes(right).encode()
    tiny.hand_in("cut", text[: len(text) // 2], **on_time)
    edited = tiny.answered(**wrong)
    find_cell(edited, "test_double").source = "pass"
    tiny.hand_in("edited", edited, **on_time)
    tiny.hand_in("elsewhere", right, name="hw00_tiny (1).ipynb", **on_time)
    tiny.hand_in("empty", b"", **on_time)
    tiny.hand_in("folder", None)
    half = nbformat.writes(right).replace("Because both", r"\ud800")
    tiny.hand_in("half", half.encode(), **on_time)
    os.truncate(tiny.hand_in("huge", text, **on_time), 20_000_001)
    tiny.hand_in("late", right, timestamp=TOO_LATE)
    tiny.hand_in("leak", tiny.answered(double=LEAK), **on_time)
    tiny.hand_in("link", None).symlink_to(tiny.submitted / "ana" / "hw00_tiny")
    endless = {"double": "def double(x):\n    while True: pass"}
    tiny.hand_in("loop", tiny.answered(**endless), **on_time)
    tiny.hand_in("nocells", b'{"nbformat": 4}', **on_time)
    tiny.hand_in("notime", right, timestamp="the day before yesterday")
    tiny.hand_in("oli", right, timestamp=TOO_LATE)
    tiny.hand_in(
        "old",
        b'{"metadata": {}, "nbformat": 3, "nbformat_minor": 0, "worksheets": []}',
        **on_time,
    )
    tiny.hand_in("photo", b"\x89PNG\r\n\x1a\n\xff", **on_time)
    changed = tiny.answered(**wrong)
    find_cell(changed, "test_double").source = "pass"
    test = find_cell(changed, "test_area")
    test.cell_type = "markdown"
    del test["outputs"], test["execution_count"]
    changed.cells.append(nbformat.from_dict({**find_cell(changed, "setup")}))
    changed.cells[-1]["id"] = "copied"
    path = tiny.hand_in("restored", changed, **on_time)
    (path.parent / "helper.py").write_text("SCALE = 7.0\n")
    tiny.write_roster(ROSTER)


def gradebook(tiny):
    from nbgrader.api import Gradebook

    return Gradebook(tiny.db_url, "layerwise")


def page(tiny, student):
    path = tiny.feedback / student / tiny.assignment / f"{tiny.assignment}.html"
    return path.read_text(encoding="utf-8")


def autograded(tiny, student):
    path = tiny.autograded / student / tiny.assignment / f"{tiny.assignment}.ipynb"
    return nbformat.read(path, as_version=4)


def regrade(tiny, monkeypatch, **options):
    """Grades again, without worker processes; returns the outcomes and who was run."""
    ran = []

    def here(function, jobs, workers):
        for key, arguments in jobs:
            ran.append(key.submission.student)
            yield key, function(*arguments), None

    monkeypatch.setattr("autograder.grading.run.map_unordered", here)
    outcomes = grade_class(tiny.course, tiny.assignment, LIMITS, plain=True, **options)
    return {outcome.student: outcome for outcome in outcomes}, sorted(ran)
