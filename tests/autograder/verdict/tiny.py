"""A tiny assignment as notebooks, and the two ways to run it."""

import copy
from concurrent.futures import ThreadPoolExecutor

import nbformat

from autograder.engine.execute import execute
from autograder.grading.judge import cell_verdicts
from autograder.grading.restore import restore
from autograder.limits import Limits

LIMITS = Limits(cell_seconds=20, notebook_seconds=60, output_bytes=50_000)
SETUP = """
import math

import numpy as np

from layerwise import checks


def disc(r):
    return math.pi * r * r
"""
# Imports that a locked cell makes after the student's first cell has run.
LATER = "import sched"
TESTS = {
    "test_double": (
        2,
        """
_received = double(np.array([1.0, 3.0]))
np.testing.assert_allclose(_received, [2.0, 6.0], err_msg="double([1, 3])")
assert np.allclose(double(np.array([-2.0])), [-4.0]), "double(-2) must be -4"
""",
    ),
    "test_area": (
        3,
        """
_want = disc(2.0)
_area = area(2.0)
assert isinstance(_area, float), "area must return a float"
assert abs(_area - _want) < 1e-9, f"area(2) must be 4 pi. Received: {_area!r}"
""",
    ),
    "test_areas": (
        1,
        """
for _area in map(area, (1.0, -1.0)):
    assert abs(_area - disc(1.0)) < 1e-9, f"area(1) must be pi. Received: {_area!r}"
""",
    ),
    "test_letters": (
        1,
        'assert letters("banana") == {"a": 3, "b": 1, "n": 2}, "letters(banana)"',
    ),
}
RIGHT = {
    "double": "def double(x):\n    return 2 * x",
    "area": "def area(r):\n    return math.pi * r * r",
    "letters": "def letters(w):\n    return {c: w.count(c) for c in w}",
}
STUB = {name: f"def {name}(x):\n    return 0" for name in RIGHT}
KERAS_SETUP = """
import keras
import numpy as np
from keras import layers, ops

from layerwise import checks
"""
KERAS_TESTS = {
    "test_net": (
        2,
        """
_net = make_net()
checks.model(_net, (None, 3), (None, 2))
assert checks.weight_count(_net) == 6, "make_net must have 6 weights"
assert _net.count_params() == 6, "make_net must have 6 parameters"
checks.close(_net(np.ones((1, 3), "float32")), [[3.0, 3.0]], "the output for ones")
checks.close(_net(np.eye(3, dtype="float32")), np.ones((3, 2)), "for the unit vectors")
""",
    ),
    "test_block": (
        2,
        """
_model = checks.as_model(block, (4,))
checks.close(_model(np.ones((1, 4), "float32")), [[2.0] * 4], "block(1)")
assert ops.max(_model(-np.ones((1, 4), "float32"))) == 0, "block(-1) must be 0"
""",
    ),
}
KERAS_RIGHT = {
    "make_net": (
        "def make_net():\n    return keras.Sequential([keras.Input((3,)), "
        "layers.Dense(2, use_bias=False, kernel_initializer='ones')])"
    ),
    "block": "def block(x):\n    return ops.relu(2 * x)",
}
KERAS_STUB = {
    "make_net": KERAS_RIGHT["make_net"].replace("'ones'", "'zeros'"),
    "block": "def block(x):\n    return x + 0",
}


def code(source, grade_id=None, points=0, locked=False):
    cell = nbformat.v4.new_code_cell(source.strip("\n"))
    if grade_id:
        cell["id"] = grade_id
        cell.metadata["nbgrader"] = {
            "grade": bool(points),
            "grade_id": grade_id,
            "locked": locked or bool(points),
            "points": points,
            "schema_version": 3,
            "solution": not (locked or points),
            "task": False,
        }
    return cell


class Tiny:
    """An assignment.

    Args:
        setup: String, its first locked cell.
        answers: Dict from name to source, what students start from.
        tests: Dict from grade id to points and source.
    """

    def __init__(self, setup, answers, tests):
        self.answer_names = frozenset(answers)
        self.points = {name: points for name, (points, _) in tests.items()}
        self.full = nbformat.v4.new_notebook(
            cells=[
                code(setup, "setup", locked=True),
                *(code(source, name) for name, source in answers.items()),
                code(LATER, "later", locked=True),
                *(
                    code(source, name, points)
                    for name, (points, source) in tests.items()
                ),
            ]
        )

    def hand_in(self, before="", answers=None, after=""):
        """Returns a submission: added cells before and after, and answers."""
        notebook = copy.deepcopy(self.full)
        for cell in notebook.cells:
            cell.source = (answers or {}).get(cell["id"], cell.source)
        place = next(
            i for i, cell in enumerate(notebook.cells) if cell["id"] == "later"
        )
        if after:
            notebook.cells.insert(place, code(after))
        if before:
            notebook.cells.insert(0, code(before))
        return notebook

    def grade(self, notebook, students, limits=LIMITS, put_back=True):
        """Returns the execution and the points of each test.

        Args:
            notebook: Notebook.
            students: The student's names, or `None` for a single process.
            limits: `Limits`.
            put_back: Whether the course's cells are restored first.
        """
        notebook = copy.deepcopy(notebook)
        if put_back:
            restore(notebook, self.full, self.full)
        content = nbformat.writes(notebook).encode("utf-8")
        execution = execute(content, limits, None, students)
        document = nbformat.reads(execution.notebook.decode("utf-8"), as_version=4)
        nbformat.validate(document)
        verdicts = cell_verdicts(document)
        return execution, {name: points for name, (points, _) in verdicts.items()}

    def grade_both(self, notebook, limits=LIMITS):
        """Grades in one process and in two, at the same time."""
        with ThreadPoolExecutor(2) as pool:
            alone = pool.submit(self.grade, notebook, None, limits)
            apart = pool.submit(self.grade, notebook, self.answer_names, limits)
            return alone.result()[1], *apart.result()


TINY = Tiny(SETUP, STUB, TESTS)
KERAS = Tiny(KERAS_SETUP, KERAS_STUB, KERAS_TESTS)
