"""The course as it stands: built, free of answers, runnable, and gradable."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jupytext
import nbformat
import pytest

from autograder.authoring.notebooks import build
from autograder.course import load_course
from autograder.engine.limits import Limits
from autograder.proof import demo
from autograder.proof.agreement import run_agreement
from autograder.proof.answers import run_answers
from autograder.proof.chapters import run_chapter

ROOT = Path(__file__).resolve().parents[1]
COURSE = load_course(ROOT)
CHAPTERS = sorted(path.stem for path in COURSE.chapters.glob("[0-9]*.py"))
SECRETS = re.compile(
    r"BEGIN SOLUTION|END SOLUTION|HIDDEN TEST|answer=\{|BEGIN MARK SCHEME",
    re.IGNORECASE,
)
MOST_CODE_LINES = 300


def test_made_files_are_those_of_their_sources():
    made = build(COURSE)
    assert made, "nothing was built"
    changed = [str(built.path) for built in made if built.changed]
    assert not changed, f"run `make build` and commit: {', '.join(changed)}"


def test_every_made_notebook_has_a_source():
    made = {built.path for built in build(COURSE)}
    folders = (COURSE.notebooks, COURSE.source, COURSE.release)
    found = {path for folder in folders for path in folder.rglob("*.ipynb")}
    assert found == made


@pytest.mark.parametrize("assignment", COURSE.assignments())
def test_a_release_holds_no_answer_and_no_hidden_test(assignment):
    folder = COURSE.release / assignment
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert folder / f"{assignment}.ipynb" in files
    for path in files:
        assert path.suffix != ".py" or not path.name.startswith("hw"), path
        assert "answers" not in path.relative_to(folder).parts, path
        found = SECRETS.search(path.read_text(encoding="utf-8"))
        assert not found, f"{path} holds {found.group()!r}"


@pytest.mark.parametrize("assignment", COURSE.assignments())
def test_a_release_holds_no_line_of_an_answer(assignment):
    path = COURSE.source / assignment / f"{assignment}.ipynb"
    released = (COURSE.release / assignment / f"{assignment}.ipynb").read_text()
    solution = nbformat.read(path, as_version=4)
    regions = re.compile(
        r"### BEGIN (?:SOLUTION|HIDDEN TESTS)\n(.*?)### END", re.DOTALL
    )
    text = "\n".join(cell.source for cell in solution.cells)
    visible = {line.strip() for line in regions.sub("", text).splitlines()}
    checked = 0
    for region in regions.findall(text):
        # Short lines such as `return x` may stand elsewhere by right.
        for line in filter(lambda line: len(line) > 40, region.splitlines()):
            if line.strip() not in visible:
                checked += 1
                # As the notebook's file spells it.
                spelled = json.dumps(line.strip(), ensure_ascii=False)[1:-1]
                assert spelled not in released, f"{path.name}: {line.strip()}"
    assert checked, "no long line of an answer to look for"


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_is_short_and_has_its_parts(name):
    source = jupytext.read(COURSE.chapters / f"{name}.py")
    code = "\n".join(cell.source for cell in source.cells if cell.cell_type == "code")
    lines = [line for line in code.splitlines() if line.strip()]
    assert len(lines) <= MOST_CODE_LINES
    ast.parse(code)
    text = "\n".join(cell.source for cell in source.cells if cell.cell_type != "code")
    assert "What the slides claim" in text
    assert f"hw{name}" in text, "no link to its assignment"


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_runs_from_a_fresh_kernel(name):
    notebook, _ = run_chapter(COURSE, name, "smoke")
    pictures = [
        output
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    assert pictures, "the chapter shows no figure"


def test_every_answer_scores_what_it_declares(capsys):
    assert run_answers(COURSE, COURSE.assignments(), Limits()) == 0
    printed = capsys.readouterr().out
    assert "SURPRISE" not in printed


@pytest.mark.parametrize("assignment", COURSE.assignments())
def test_three_engines_give_a_right_and_a_wrong_answer_the_same_points(
    assignment, capsys
):
    status = run_agreement(COURSE, [assignment], Limits())
    printed = capsys.readouterr().out
    assert status == 0, printed
    assert printed.count("same points") == 2


@pytest.fixture(scope="module")
def graded_demo(tmp_path_factory):
    """A copy of the course in which `autograder demo` has run."""
    root = tmp_path_factory.mktemp("demo") / "course"
    keep = ["nbgrader_config.py", "course/chapters", "course/layerwise", "solutions"]
    for name in keep:
        source, target = ROOT / name, root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)
    done = subprocess.run(
        [Path(sys.executable).parent / "autograder", "demo"],
        cwd=root,
        capture_output=True,
        text=True,
    )
    return load_course(root), done


def test_the_demo_ends_with_twelve_declared_outcomes(graded_demo):
    _, done = graded_demo
    assert done.returncode == 0, done.stdout + done.stderr
    assert "12 outcomes" in done.stdout
    assert "SURPRISE" not in done.stdout


def test_the_demo_gradebook_exports_the_grades_of_its_table(graded_demo, tmp_path):
    course, done = graded_demo
    commands = Path(sys.executable).parent
    subprocess.run(
        [commands / "nbgrader", "export", "--to", tmp_path / "grades.csv"],
        cwd=course.root,
        check=True,
        capture_output=True,
        env={**os.environ, "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}"},
    )
    header, *rows = (tmp_path / "grades.csv").read_text().splitlines()
    columns = header.split(",")
    exported = {}
    for row in rows:
        entry = dict(zip(columns, row.split(","), strict=True))
        exported[entry["student_id"]] = float(entry["score"])
    students = [student.name for student in demo.make_class(course)]
    assert sorted(exported) == sorted(students)
    for student in students:
        (shown,) = re.findall(
            rf"^\[.*\]  {student} +([\d.]+)/", done.stdout, re.MULTILINE
        )
        assert exported[student] == float(shown)


def test_the_demo_writes_feedback_for_everybody(graded_demo):
    course, _ = graded_demo
    for student in demo.make_class(course):
        name = demo.ASSIGNMENT
        page = course.feedback / student.name / name / f"{name}.html"
        assert f"{name} (Score:" in page.read_text(encoding="utf-8")
