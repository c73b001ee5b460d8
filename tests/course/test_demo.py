"""The class of twelve of `make demo`, graded in a copy of the course."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from whole import ROOT

from autograder.course import load_course
from autograder.proof import demo

pytestmark = pytest.mark.kernel


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
