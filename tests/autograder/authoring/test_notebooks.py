"""Building a course: what is made, what a student receives, and what is refused."""

import shutil

import nbformat
import pytest

from autograder.authoring.notebooks import build, require_built
from autograder.authoring.source import SourceError
from autograder.cells import by_id
from autograder.course import CourseError
from autograder.grading.assignment import load_assigned


def tree(folder):
    """Returns the bytes of every file under a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_each_notebook_is_made_once(tiny):
    for path in tiny.root.rglob("*.ipynb"):
        path.unlink()
    first, second = build(tiny.course), build(tiny.course)
    assert [built.path.relative_to(tiny.root).as_posix() for built in first] == [
        "course/notebooks/en/01_tiny.ipynb",
        "solutions/hw00_tiny/hw00_tiny.ipynb",
        "assignments/en/hw00_tiny/hw00_tiny.ipynb",
    ]
    assert [built.changed for built in first] == [True] * 3
    assert [built.changed for built in second] == [False] * 3


def test_two_builds_give_the_same_bytes(built_once, tiny):
    before = tree(tiny.root)
    for made in ("assignments", "course/notebooks"):
        shutil.rmtree(tiny.root / made)
    (tiny.source / tiny.assignment / f"{tiny.assignment}.ipynb").unlink()
    build(tiny.course)
    assert tree(tiny.root) == before
    build(tiny.course)
    assert tree(tiny.root) == before == tree(built_once.root)


def test_a_release_holds_no_answer_and_no_hidden_test(tiny):
    files = tree(tiny.release)
    assert sorted(files) == [
        "hw00_tiny/data/table.csv",
        "hw00_tiny/helper.py",
        "hw00_tiny/hw00_tiny.ipynb",
    ]
    for name, content in files.items():
        for secret in (b"SOLUTION", b"HIDDEN", b"the_answer", b"_secret"):
            assert secret not in content, f"{secret} is in {name}"


def test_a_release_asks_for_the_answers_and_shows_the_visible_tests(tiny, find_cell):
    notebook = tiny.released()
    assert find_cell(notebook, "double").source == (
        'def double(x):\n    """Returns twice x."""\n'
        "    # YOUR CODE HERE\n    raise NotImplementedError()"
    )
    assert find_cell(notebook, "test_double").source == (
        'assert double(2) == 4, f"double(2) must be 4. Received: {double(2)!r}"'
    )
    # nbgrader's extension makes locked cells read-only for the student.
    locked = {
        name
        for name, cell in by_id(notebook).items()
        if not cell.metadata.get("editable", True)
    }
    assert locked == {"setup", "test_double", "test_area"}
    # A Markdown answer is a prompt of its own: nbgrader puts its stub there.
    assert find_cell(notebook, "why").source == "YOUR ANSWER HERE"


def test_grading_sees_the_release_that_students_received(tiny):
    assigned = load_assigned(tiny.course, tiny.assignment)
    assert nbformat.writes(assigned.released) == nbformat.writes(tiny.released())
    assert assigned.points == {"test_double": 2.0, "test_area": 3.0}
    assert sorted(assigned.files) == ["data/table.csv", "helper.py"]
    text = nbformat.writes(assigned.full)
    assert "_secret" in text
    assert "the_answer" not in text


def test_formgrader_s_generate_button_leaves_the_release_as_it_is(tiny):
    from nbgrader.apps import NbGraderAPI

    before = tree(tiny.root / "assignments")
    result = NbGraderAPI(config=tiny.config).generate_assignment(tiny.assignment)
    assert result["success"], result
    assert tree(tiny.root / "assignments") == before
    assert (tiny.classroom / "gradebook.db").is_file()
    build(tiny.course)
    assert tree(tiny.root / "assignments") == before


def test_the_built_solution_is_held_against_its_source(tiny):
    require_built(tiny.course, tiny.assignment)
    text = tiny.solution_source.read_text(encoding="utf-8")
    tiny.solution_source.write_text(text.replace("2 * x", "x + x"), encoding="utf-8")
    with pytest.raises(CourseError, match="older than its source: run `autograder bui"):
        load_assigned(tiny.course, tiny.assignment)
    build(tiny.course)
    load_assigned(tiny.course, tiny.assignment)


def test_an_assignment_that_is_not_there_is_named_with_those_that_are(tiny):
    with pytest.raises(CourseError, match=r"no assignment 'hw99_x'.*hw00_tiny"):
        load_assigned(tiny.course, "hw99_x")


def test_a_faulty_source_leaves_what_was_made(tiny):
    before = tree(tiny.root / "assignments")
    text = tiny.solution_source.read_text(encoding="utf-8")
    tiny.solution_source.write_text(
        text.replace('"points": 2', '"points": -2'), encoding="utf-8"
    )
    with pytest.raises(SourceError, match=r"hw00_tiny\.py:18: points of 'test_double'"):
        build(tiny.course)
    assert tree(tiny.root / "assignments") == before


def test_what_nbgrader_refuses_comes_in_its_words(tiny):
    # A solution region that nbgrader's own configuration cannot fill.
    tiny.config.ClearSolutions.enforce_metadata = True
    tiny.config.ClearSolutions.code_stub = {"r": "stop()"}
    with pytest.raises(CourseError, match="release of hw00_tiny") as caught:
        build(tiny.course)
    assert "python" in str(caught.value)


def test_one_assignment_can_be_built_without_the_rest(tiny):
    broken = tiny.chapters / "99_broken.py"
    broken.write_text("# %% nbgrader={\n", encoding="utf-8")
    name = next(iter(tiny.assignments()))
    assert {built.path.stem for built in build(tiny, names=[name[:4]])} == {name}
    with pytest.raises(CourseError, match=f"no chapter.*'hw77'.*{name}"):
        build(tiny, names=["hw77"])
