"""A batch that is killed at random moments loses nothing and grades nothing twice."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

pytestmark = pytest.mark.kernel

# Kills and students; the long run is the nightly one.
RUNS = [(8, 24), pytest.param((20, 60), marks=pytest.mark.nightly)]
WRONG = {"double": "def double(x):\n    return 5"}


@pytest.fixture(scope="module", params=RUNS, ids=str)
def killed(request, built_once, tmp_path_factory):
    """A class whose grading was killed many times and then left to end."""
    wanted, students = request.param
    tiny = built_once.copy(tmp_path_factory.mktemp("kill") / "course")
    for number in range(students):
        tiny.hand_in(f"s{number:02}", tiny.answered(**(WRONG if number % 3 else {})))
    command = [
        Path(sys.executable).parent / "autograder",
        "--course",
        tiny.root,
        "grade",
        tiny.assignment,
    ]
    rng, tiny.kills, tiny.journals = random.Random(20), 0, []
    tiny.wanted, tiny.students = wanted, students
    while tiny.kills < wanted:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        if tiny.kills % 4:
            # The first outcome: from here on there is something to lose.
            for line in process.stdout:
                if line.startswith(b"["):
                    break
        time.sleep(rng.uniform(0, 1.5))
        if process.poll() is None:
            tiny.kills += 1
        process.kill()
        process.wait()
        process.stdout.close()
        path = tiny.classroom / "journal.jsonl"
        lines = path.read_text().count("\n") if path.is_file() else 0
        tiny.journals.append(lines)
        if lines == students:
            # All are done before the last kill: hand more work in.
            for number in range(0, students, 4):
                tiny.hand_in(f"t{tiny.kills:02}{number:02}", tiny.answered())
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return tiny


def outcomes(tiny):
    """Returns the journal's outcomes; a torn line is none."""
    found = []
    for line in (tiny.classroom / "journal.jsonl").read_text().splitlines():
        try:
            found.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return found


def test_it_was_killed_in_the_middle(killed):
    assert killed.kills == killed.wanted
    assert any(0 < lines < killed.students for lines in killed.journals), (
        killed.journals
    )


def test_every_submission_is_recorded_once(killed):
    students = [outcome["student"] for outcome in outcomes(killed)]
    handed_in = sorted(path.name for path in killed.submitted.iterdir())
    assert sorted(students) == handed_in


def test_every_grade_is_right_everywhere(killed):
    with Gradebook(killed.db_url, "layerwise") as book:
        for outcome in outcomes(killed):
            student, name = outcome["student"], killed.assignment
            right = student.startswith("t") or int(student[1:]) % 3 == 0
            assert outcome["score"] == (5 if right else 3), student
            assert book.find_submission(name, student).score == outcome["score"]
            for folder, ending in (("autograded", "ipynb"), ("feedback", "html")):
                path = getattr(killed, folder) / student / name / f"{name}.{ending}"
                assert path.is_file(), path


def test_nothing_is_left_of_the_killed_runs(killed):
    assert not list((killed.classroom / "executed").glob("*"))
