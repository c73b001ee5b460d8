"""A grading service that is killed amid submissions loses and doubles none."""

import random
import sqlite3
import subprocess
import sys
import time

import pytest
from test_serve import submit

pytestmark = pytest.mark.kernel

# Kills and submissions; the long run is the nightly one.
RUNS = [(4, 16), pytest.param((10, 40), marks=pytest.mark.nightly)]
WRONG = {"double": "def double(x):\n    return 5"}


@pytest.fixture(scope="module", params=RUNS, ids=str)
def killed(request, built_once, tmp_path_factory):
    """A course whose service was killed and then left to end."""
    wanted, students = request.param
    tiny = built_once.copy(tmp_path_factory.mktemp("kill") / "course")
    inbound = tiny.root / "exchange" / "layerwise" / "inbound"
    command = [sys.executable, "-m", "autograder.cli", "--course", str(tiny.root)]
    command += ["serve", "--until-empty"]
    rng, tiny.kills, tiny.lines = random.Random(8), [], []
    tiny.wanted, tiny.students = wanted, students
    for number in range(students):
        submit(inbound, f"s{number:02}", tiny.answered(**(WRONG if number % 2 else {})))
    while len(tiny.kills) < wanted:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        # From the first result on there is something to lose.
        for line in process.stdout:
            if line.startswith("s"):
                tiny.lines.append(line)
                break
        time.sleep(rng.uniform(0, 1))
        running = process.poll() is None
        process.kill()
        rest, _ = process.communicate()
        tiny.lines += [line for line in rest.splitlines() if line.startswith("s")]
        if not running:
            break
        tiny.kills.append(len(tiny.lines))
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    tiny.lines += [line for line in done.stdout.splitlines() if line.startswith("s")]
    return tiny


def test_it_was_killed_in_the_middle(killed):
    assert len(killed.kills) == killed.wanted
    assert killed.kills[-1] < killed.students, killed.kills


def test_none_is_lost_and_each_is_right(killed):
    database = sqlite3.connect(killed.classroom / "served" / "queue.sqlite")
    rows = database.execute(
        "select student, state, json_extract(result, '$.score') from jobs"
    ).fetchall()
    database.close()
    expected = [
        (f"s{number:02}", "done", 3.0 if number % 2 else 5.0)
        for number in range(killed.students)
    ]
    assert sorted(rows) == expected


def test_none_is_reported_twice(killed):
    names = [line.split()[0] for line in killed.lines]
    assert len(names) == len(set(names)), sorted(names)
    # A result that was kept in the instant of a kill may not have been printed.
    most = killed.students
    assert most - killed.wanted <= len(names) <= most
