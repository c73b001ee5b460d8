"""A small course without Keras, so that a kernel starts in about a second."""

import copy
import shutil
from pathlib import Path

import nbformat
import pytest
from small_class import LIMITS, hand_in_all

from autograder.authoring.notebooks import build
from autograder.course import load_course
from autograder.grading.assignment import load_assigned
from autograder.grading.grade_class import grade_class
from autograder.grading.gradebook import GradebookWriter

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENT = "hw00_tiny"
SOLUTION = '''\
# %% [markdown]
# # Tiny

# %% nbgrader={"grade_id": "setup"}
import math

from helper import SCALE

# %% nbgrader={"grade_id": "double"}
def double(x):
    """Returns twice x."""
    ### BEGIN SOLUTION
    return 2 * x  # the_answer
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_double", "points": 2}
assert double(2) == 4, f"double(2) must be 4. Received: {double(2)!r}"
### BEGIN HIDDEN TESTS
for _secret in (0, -3, 1.5):
    assert double(_secret) == 2 * _secret, f"double({_secret}) gave {double(_secret)!r}"
### END HIDDEN TESTS

# %% nbgrader={"grade_id": "area"}
def area(r):
    """Returns the area of a disc."""
    ### BEGIN SOLUTION
    return math.pi * r**2  # the_answer
    ### END SOLUTION

# %% nbgrader={"grade_id": "test_area", "points": 3}
_received = area(SCALE)
assert abs(_received - math.pi) < 1e-9, f"area(1) must be pi. Received: {_received!r}"
### BEGIN HIDDEN TESTS
_received = area(2.0)
assert abs(_received - 4 * math.pi) < 1e-9, f"area(2) gave {_received!r}"
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade_id": "why", "points": 4}
# Why does the area grow with the square of r?
'''
RIGHT = """\
# %% [markdown] answer={}
# Adds.

# %% nbgrader={"grade_id": "double"}
def double(x):
    return x + x
"""
WRONG = """\
# %% [markdown] answer={"fails": {"test_double": "double(0) gave 5"}}
# Looks the visible test up.

# %%
known = {2: 4}

# %% nbgrader={"grade_id": "double"}
def double(x):
    return known.get(x, 5)
"""
CHAPTER = """\
# %% [markdown]
# # Tiny chapter

# %%
import math

# %% tags=["include"]
from layerwise.models.tiny import halve

# %% tags=["headline"]
print("half of pi:", halve(math.pi))
"""
LIBRARY = '''\
"""A stand-in for the library."""

import math


def halve(x):
    """Halves a number.

    Args:
        x: Float.
    """
    return x / math.sqrt(4)
'''
FILES = {
    "course/chapters/01_tiny.py": CHAPTER,
    "course/layerwise/models/tiny.py": LIBRARY,
    f"solutions/{ASSIGNMENT}/{ASSIGNMENT}.py": SOLUTION,
    f"solutions/{ASSIGNMENT}/helper.py": "SCALE = 1.0\n",
    f"solutions/{ASSIGNMENT}/data/table.csv": "a,b\n1,2\n",
    f"solutions/{ASSIGNMENT}/answers/right_plus.py": RIGHT,
    f"solutions/{ASSIGNMENT}/answers/wrong_lookup.py": WRONG,
}
# What a student who knows all writes.
ANSWERS = {
    "double": "def double(x):\n    return x + x",
    "area": "def area(r):\n    return math.pi * r * r",
}


class Tiny:
    """The small course on disk, with what a test does to it.

    Args:
        root: Path of its folder.
    """

    assignment = ASSIGNMENT

    def __init__(self, root):
        self.root = root
        self.course = load_course(root)

    def __getattr__(self, name):
        return getattr(self.course, name)

    @property
    def solution_source(self):
        return self.source / ASSIGNMENT / f"{ASSIGNMENT}.py"

    def copy(self, root):
        """Returns a copy in another folder."""
        shutil.copytree(self.root, root, symlinks=True)
        return Tiny(root)

    def released(self):
        """Returns the notebook that students receive."""
        path = self.release / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        return nbformat.read(path, as_version=4)

    def answered(self, **sources):
        """Returns the release with all answers, some replaced, as a notebook."""
        notebook = self.released()
        for cell in notebook.cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            cell.source = {**ANSWERS, **sources}.get(grade_id, cell.source)
        return notebook

    def hand_in(self, student, content, timestamp=None, name=f"{ASSIGNMENT}.ipynb"):
        """Puts a notebook, or bytes, where nbgrader's collect would."""
        folder = self.submitted / student / ASSIGNMENT
        folder.mkdir(parents=True, exist_ok=True)
        if content is not None:
            if not isinstance(content, bytes):
                content = nbformat.writes(content).encode("utf-8")
            (folder / name).write_bytes(content)
        if timestamp:
            (folder / "timestamp.txt").write_text(timestamp, encoding="utf-8")
        return folder / name

    def write_roster(self, text):
        """Writes `classroom/course.toml`."""
        self.classroom.mkdir(parents=True, exist_ok=True)
        (self.classroom / "course.toml").write_text(text, encoding="utf-8")


def cell_of(notebook, grade_id):
    """Returns the cell with a grade id."""
    return next(
        cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )


def write_course(root):
    """Writes the small course's sources into a folder."""
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    return Tiny(root)


@pytest.fixture(autouse=True)
def nothing_is_kept(monkeypatch, tmp_path):
    """Results of earlier runs, and of the user's, do not count."""
    monkeypatch.setenv("LAYERWISE_CACHE", str(tmp_path / "kept"))


@pytest.fixture(scope="session")
def built_once(tmp_path_factory):
    """The small course, built; nobody changes it."""
    tiny = write_course(tmp_path_factory.mktemp("tiny"))
    build(tiny.course)
    return tiny


@pytest.fixture(scope="session")
def entered_once(built_once, tmp_path_factory):
    """The same with a gradebook, which takes nbgrader seconds to make."""
    tiny = built_once.copy(tmp_path_factory.mktemp("entered") / "course")
    with GradebookWriter(tiny.course, load_assigned(tiny.course, ASSIGNMENT)) as writer:
        writer.enter_assignment()
    return tiny


@pytest.fixture(scope="session")
def graded(entered_once, tmp_path_factory):
    """A class of one submission of every kind, graded; nobody changes it."""
    tiny = entered_once.copy(tmp_path_factory.mktemp("class") / "course")
    hand_in_all(tiny, cell_of)
    tiny.outcomes = {
        outcome.student: outcome
        for outcome in grade_class(
            tiny.course, tiny.assignment, LIMITS, workers=2, plain=True
        )
    }
    return tiny


@pytest.fixture
def entered(entered_once, tmp_path):
    """A small course with a gradebook, of the test's own."""
    return entered_once.copy(tmp_path / "course")


@pytest.fixture
def tiny(built_once, tmp_path):
    """A built small course of the test's own."""
    return built_once.copy(tmp_path / "course")


@pytest.fixture(scope="session")
def find_cell():
    """The function that finds a notebook's cell by its grade id."""
    return cell_of


@pytest.fixture
def write_source(tmp_path):
    """A function that writes a source and returns its path."""

    def write(text, name="hw01_x.py"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def released(built_once):
    """The small course's release, as a notebook that the test may change."""
    return copy.deepcopy(built_once.released())
