"""What the answers bank shows: surprises are found and named."""

import json

import pytest

from autograder.course import CourseError
from autograder.engine.execute import execute
from autograder.limits import Limits
from autograder.proof.answers import (
    RELEASE,
    Options,
    find_echoes,
    find_surprises,
    run_answers,
)
from autograder.proof.bank import Answer

pytestmark = pytest.mark.kernel

POINTS = {"test_a": 2.0, "test_b": 3.0}
LIMITS = Limits(cell_seconds=5)


@pytest.fixture(autouse=True)
def one_process_and_one_kernel(monkeypatch):
    """Runs answers in this process: what runs them is tested elsewhere."""

    def here(function, jobs, workers):
        for key, (notebook, limits, files, *_) in jobs:
            yield key, execute(notebook, limits, files), None

    monkeypatch.setattr("autograder.proof.answers.map_unordered", here)


def write_answer(tiny, name, body, fails=""):
    text = f"# %% [markdown] answer={{{fails}}}\n# About.\n\n"
    text += f'# %% nbgrader={{"grade_id": "double"}}\n{body}\n'
    path = tiny.source / tiny.assignment / "answers" / f"{name}.py"
    path.write_text(text, encoding="utf-8")


def test_a_good_bank_gives_no_surprise(tiny, capsys):
    assert run_answers(tiny.course, [tiny.assignment], LIMITS) == 0
    shown = capsys.readouterr().out
    assert "SURPRISE" not in shown
    assert "hw00_tiny: 4 answers" in shown
    assert "reference: as it must be" in shown
    assert "release: as it must be" in shown
    assert shown.splitlines()[-1] == "caught 1/1 wrong, accepted 1/1 right"


def test_every_kind_of_surprise_is_named(tiny, capsys):
    fails = '"fails": {"test_double": "MESSAGE"}'
    write_answer(tiny, "right_plus", "def double(x): return x")
    write_answer(
        tiny,
        "wrong_passes",
        "def double(x): return x + x",
        fails.replace("MESSAGE", ""),
    )
    write_answer(
        tiny,
        "wrong_words",
        "def double(x): return 4",
        fails.replace("MESSAGE", "other words"),
    )
    write_answer(
        tiny,
        "wrong_echo",
        "def double(x): return 4 if x == 2 else 5",
        fails.replace("MESSAGE", "double(0) gave 5"),
    )
    # Without the reference and the release.
    assert run_answers(tiny.course, [tiny.assignment], LIMITS, Options(only="_")) == 1
    shown = capsys.readouterr().out
    assert "test_double must pass; it said 'AssertionError: double(2) must" in shown
    assert "test_double must fail; it passed" in shown
    assert "test_double must say 'other words'; it said 'AssertionError: do" in shown
    echo = "no message of its own: AssertionError: double(0) gave 5"
    assert f"SURPRISE  wrong_echo: {echo}" in shown
    assert f"SURPRISE  wrong_lookup: {echo}" in shown
    assert shown.splitlines()[-1] == "caught 0/4 wrong, accepted 0/1 right"


def test_a_test_that_an_empty_answer_passes_is_a_surprise():
    release = Answer(RELEASE, b"", dict.fromkeys(POINTS, ""))
    verdict = {"test_a": [2.0, ""], "test_b": [0.0, "NotImplementedError: "]}
    assert find_surprises(release, verdict, POINTS) == ["test_a must fail; it passed"]


def test_part_of_the_points_is_neither_a_pass_nor_a_failure():
    verdict = {"test_a": [1.0, "half"], "test_b": [1.0, "half"]}
    answer = Answer("wrong_x", b"", {"test_a": "half"})
    assert find_surprises(answer, verdict, POINTS) == [
        "test_a must fail; it passed",
        "test_b must pass; it said 'half'",
    ]
    assert "is not there" in find_surprises(Answer("right_x", b""), {}, POINTS)[0]


def test_an_echo_is_a_wrong_answer_without_a_message_of_its_own():
    answers = [Answer(name, b"") for name in ("wrong_a", "wrong_b", "right_c")]
    verdicts = {
        "wrong_a": {"test_a": [0, "one"], "test_b": [0, "two"]},
        "wrong_b": {"test_a": [0, "one"], "test_b": [3, ""]},
        "right_c": {"test_a": [0, "two"]},
    }
    assert find_echoes(answers, verdicts) == {"wrong_b": "no message of its own: one"}


def test_only_runs_what_is_named_or_says_that_there_is_none(tiny, capsys):
    assert (
        run_answers(tiny.course, [tiny.assignment], LIMITS, Options(only="plus")) == 0
    )
    shown = capsys.readouterr().out
    assert "hw00_tiny: 1 answers" in shown
    assert shown.splitlines()[-1] == "caught 0/0 wrong, accepted 1/1 right"
    with pytest.raises(CourseError, match="no answer with 'gone' in its name"):
        run_answers(tiny.course, [tiny.assignment], LIMITS, Options(only="gone"))


def test_what_was_seen_once_is_not_run_again(tiny, capsys, monkeypatch):
    options = Options(verdicts=tiny.root / "first.json")
    assert run_answers(tiny.course, [tiny.assignment], LIMITS, options) == 0
    capsys.readouterr()
    with monkeypatch.context() as patch:
        patch.setattr("autograder.proof.answers.map_unordered", ran_nothing)
        again = Options(verdicts=tiny.root / "again.json")
        assert run_answers(tiny.course, [tiny.assignment], LIMITS, again) == 0
    shown = capsys.readouterr().out
    assert shown.splitlines()[-1].endswith("1/1 right; 4 kept from earlier runs")
    first, again = ((tiny.root / f"{n}.json").read_text() for n in ("first", "again"))
    assert first == again
    verdicts = json.loads(first)[tiny.assignment]
    assert verdicts["right_plus"] == {"test_double": [2, ""], "test_area": [3, ""]}
    # A changed answer, other limits, or the wish to see it again: it runs.
    write_answer(tiny, "right_plus", "def double(x): return 2 * x")
    for limits, options in (
        (LIMITS, Options(only="right")),
        (Limits(cell_seconds=6), Options(only="wrong")),
        (LIMITS, Options(only="wrong", fresh=True)),
    ):
        assert run_answers(tiny.course, [tiny.assignment], limits, options) == 0
        assert "kept" not in capsys.readouterr().out


def ran_nothing(function, jobs, workers):
    assert not list(jobs)
    return iter(())


def test_fast_runs_of_a_wrong_answer_what_its_changes_can_reach(tiny, capsys):
    # It changes one function; by what it does, the other's test fails as well.
    fails = '"fails": {"test_double": "", "test_area": "gave"}'
    body = "import math\ndef double(x):\n    math.pi = 3\n    return 5"
    write_answer(tiny, "wrong_sly", body, fails)
    options = Options(fast=True, verdicts=tiny.root / "verdicts.json")
    run_answers(tiny.course, [tiny.assignment], LIMITS, options)
    verdicts = json.loads(options.verdicts.read_text())[tiny.assignment]
    assert set(verdicts["reference"]) == {"test_double", "test_area"}
    assert set(verdicts["right_plus"]) == {"test_double", "test_area"}
    assert set(verdicts["wrong_lookup"]) == {"test_double"}
    # It declares a failure that names do not explain: everything runs.
    assert set(verdicts["wrong_sly"]) == {"test_double", "test_area"}
    assert "1 tests out of reach" in capsys.readouterr().out
