"""A course as nbgrader's users have it: notebooks as sources, several in one."""

import json
import shutil

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from small_class import gradebook

from autograder.cli import main
from autograder.course import CourseError, find_course
from autograder.grading.assignment import load_parts
from autograder.grading.check import check
from autograder.grading.grade_class import grade_class
from autograder.limits import Limits

pytestmark = pytest.mark.kernel
PS, FIRST, SECOND = "problem set 1", "part one", "теория 2"
LIMITS = Limits()


def marked(cell, grade_id, **marks):
    known = {"grade": False, "solution": False, "locked": False, "task": False}
    cell.metadata["nbgrader"] = {
        **known,
        **marks,
        "grade_id": grade_id,
        "schema_version": 3,
    }
    return cell


def code(source, grade_id, **marks):
    return marked(new_code_cell(source), grade_id, **marks)


def test_cell(source, grade_id, points):
    return code(source, grade_id, grade=True, locked=True, points=points)


test_cell.__test__ = False

SQUARES = """def squares(n):
    ### BEGIN SOLUTION
    return [i * i for i in range(n)]
    ### END SOLUTION"""
TOTAL = """def total(n):
    ### BEGIN SOLUTION
    return sum(squares(n))
    ### END SOLUTION"""
PUT_BACK = """kept = squares
del squares
try:
    total(3)
except NameError:
    pass
else:
    raise AssertionError("total does not use squares")
finally:
    squares = kept"""


def first():
    return [
        # Older notebooks have marks that say nothing, with ids that are there twice.
        code("import math", "cell-0"),
        code("import numpy as np", "cell-0"),
        code(SQUARES, "squares", solution=True),
        test_cell(
            "assert squares(3) == [0, 1, 4]\n### BEGIN HIDDEN TESTS\n"
            "assert np.allclose(squares(5), np.arange(5) ** 2)\n### END HIDDEN TESTS",
            "correct-squares",
            2,
        ),
        code(TOTAL, "total", solution=True),
        test_cell("assert total(4) == 14", "correct-total", 1),
        test_cell(PUT_BACK, "total-uses-squares", 1),
        test_cell("(total(3) == 5) + 0.5 * (total(4) == 14)", "partial", 1.5),
    ]


def second():
    return [
        new_code_cell("answers = {}"),
        code(
            "answers['a'] = 1\n### BEGIN SOLUTION\nx = 7\n### END SOLUTION",
            "x",
            solution=True,
        ),
        test_cell("assert x == 7", "right-x", 1),
        marked(new_markdown_cell("Why?"), "why", grade=True, solution=True, points=3),
        marked(new_markdown_cell("Draw."), "draw", task=True, points=2),
    ]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The course, with its class handed in and graded."""
    root = tmp_path_factory.mktemp("stock course")
    folder = root / "source" / PS
    folder.mkdir(parents=True)
    for name, cells in ((FIRST, first()), (SECOND, second())):
        nbformat.write(new_notebook(cells=cells), folder / f"{name}.ipynb")
    (folder / "data.csv").write_text("1,2\n")
    found = find_course(root)
    for part in load_parts(found, PS):
        for student, cells in (
            ("ana", {"squares": SQUARES, "total": TOTAL, "x": "x = 7"}),
            ("bo", {}),
            (
                "cy",
                {"squares": SQUARES, "total": "def total(n):\n    return n * n - 2"},
            ),
        ):
            hand_in(found, student, part, cells)
    (found.submitted / "cy" / PS / f"{SECOND}.ipynb").unlink()
    return found


def hand_in(course, student, part, answers):
    notebook = nbformat.from_dict(part.released)
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = answers.get(grade_id, cell.source)
    folder = course.submitted / student / PS
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / f"{part.notebook_name}.ipynb")


def points(outcomes):
    return {
        (outcome.student, outcome.notebook_name): (outcome.score, outcome.status)
        for outcome in outcomes
    }


EXPECTED = {
    ("ana", FIRST): (5.5, "graded"),
    ("ana", SECOND): (1, "graded"),
    ("bo", FIRST): (0, "graded"),
    ("bo", SECOND): (0, "graded"),
    # total(4) is 14; it does not use squares.
    ("cy", FIRST): (3.5, "graded"),
    ("cy", SECOND): (0, "missing"),
}


def test_each_notebook_has_its_outcome_and_the_assignment_their_sum(course, capsys):
    assert points(grade_class(course, PS, LIMITS, workers=1)) == EXPECTED
    with gradebook(course) as book:
        submission = book.find_submission(PS, "ana")
        assert (submission.score, submission.max_score) == (6.5, 11.5)
        assert {part.name for part in submission.notebooks} == {FIRST, SECOND}
        assert book.find_grade("draw", SECOND, PS, "ana").needs_manual_grade
    folder = course.feedback / "ana" / PS
    assert {page.name for page in folder.iterdir()} == {
        f"{FIRST}.html",
        f"{SECOND}.html",
    }
    graded = course.autograded / "ana" / PS
    assert {path.name for path in graded.iterdir()} == {
        f"{FIRST}.ipynb",
        f"{SECOND}.ipynb",
        "data.csv",
    }
    # Nothing runs again, and the table has one line for each student.
    assert main(["--course", str(course.root), "grade", PS]) == 1
    told = capsys.readouterr().out
    assert told.count("kept") == len(EXPECTED)
    assert "6.5/11.5" in told
    assert "3.5/11.5" in told
    assert f"{SECOND}: {SECOND}.ipynb is not there" in " ".join(told.split())
    assert "4 of 5 tests run apart from the student's code" in told


def test_lint_names_the_test_and_what_helps(course, capsys):
    assert main(["--course", str(course.root), "lint", PS]) == 1
    told = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert "total-uses-squares" in told
    assert "4 of 5 tests run apart" in told


def test_a_course_can_demand_that_all_tests_run_apart(course, tmp_path, capsys):
    root = shutil.copytree(course.root, tmp_path / "copy")
    (root / "course.toml").write_text('split = "require"\n')
    assert main(["--course", str(root), "grade", PS]) == 2
    said = capsys.readouterr().err
    assert "total-uses-squares binds 'squares', which is the student's" in said
    (root / "course.toml").write_text('split = "always"\n')
    assert main(["--course", str(root), "grade", PS]) == 2
    assert "split must be one of allow, require. Received: 'always'" in (
        capsys.readouterr().err
    )


def test_shards_are_taken_by_notebook(course, tmp_path, capsys):
    out = tmp_path / "out"
    given = ["grade-shard", str(course.submitted), str(out)]
    assert main(["--course", str(course.root), *given]) == 1
    files = {path.name for path in (out / "ana" / PS).iterdir()}
    assert f"{SECOND}.outcome.json" in files
    assert f"{FIRST}.ipynb" in files
    outcome = json.loads((out / "cy" / PS / f"{SECOND}.outcome.json").read_text())
    assert outcome["status"] == "missing"
    root = shutil.copytree(course.root, tmp_path / "copy")
    for made in ("gradebook.db", "journal.jsonl", "autograded", "feedback"):
        path = root / made
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    again = grade_class(find_course(root), PS, LIMITS, workers=1, results=out)
    assert points(again) == EXPECTED


def test_one_notebook_of_ones_own_is_known_by_its_name(course, capsys):
    path = course.submitted / "ana" / PS / f"{FIRST}.ipynb"
    assert check(course, path, LIMITS, out=course.root / "page.html") == 0
    assert f"{FIRST}: 5.5/5.5" in capsys.readouterr().out


def test_what_the_reference_fails_apart_runs_together(tmp_path):
    """What a function returns is seen by running it only."""
    root = tmp_path / "course"
    (root / "source" / "ps").mkdir(parents=True)
    cells = [
        code(
            "class _Pair:\n    def __add__(self, other):\n        return 3\n"
            "def pair():\n    ### BEGIN SOLUTION\n    return _Pair()\n"
            "    ### END SOLUTION",
            "pair",
            solution=True,
        ),
        test_cell("assert pair() + pair() == 3", "sum", 1),
        test_cell("assert pair() is not None", "there", 1),
    ]
    nbformat.write(new_notebook(cells=cells), root / "source" / "ps" / "ps.ipynb")
    (part,) = load_parts(find_course(root), "ps")
    assert list(part.together) == ["sum"]
    assert part.together["sum"].startswith("the reference's answer fails it apart: ")
    # It is tried once.
    kept = (root / "tried.json").read_bytes()
    (root / "source" / "ps" / "new.txt").touch()
    load_parts(find_course(root), "ps")
    assert len(json.loads((root / "tried.json").read_bytes())) == 2 or kept


@pytest.mark.parametrize(
    ("kernel", "told"),
    [
        ({"name": "ir", "language": "R", "display_name": "R"}, "is for R: submissions"),
        (
            {"name": "blah", "display_name": "?"},
            "names the kernel 'blah', which is not",
        ),
    ],
)
def test_other_languages_are_refused_by_name(tmp_path, kernel, told):
    folder = tmp_path / "source" / "ps"
    folder.mkdir(parents=True)
    notebook = new_notebook(metadata={"kernelspec": kernel})
    nbformat.write(notebook, folder / "ps.ipynb")
    with pytest.raises(CourseError, match=told):
        load_parts(find_course(tmp_path), "ps")


def test_a_kernel_of_a_conda_environment_is_python(tmp_path):
    folder = tmp_path / "source" / "ps"
    folder.mkdir(parents=True)
    kernel = {"name": "conda-root-py", "language": "python", "display_name": "Python"}
    nbformat.write(new_notebook(metadata={"kernelspec": kernel}), folder / "ps.ipynb")
    assert load_parts(find_course(tmp_path), "ps")[0].notebook_name == "ps"


def test_what_nbgrader_refuses_is_one_line(tmp_path):
    folder = tmp_path / "source" / "ps"
    folder.mkdir(parents=True)
    cells = [code("x", "same", locked=True), code("y", "same", locked=True)]
    nbformat.write(new_notebook(cells=cells), folder / "ps.ipynb")
    with pytest.raises(CourseError, match="Duplicate grade id: same"):
        load_parts(find_course(tmp_path), "ps")
