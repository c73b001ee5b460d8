"""Cheats that win in a single process win nothing here, and cost nobody else."""

import copy
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import cheats
import cheats_keras
import cheats_link
import nbformat
import pytest
import tiny

from autograder.compat_nbgrader import use_kernel_spec
from autograder.engine import one_kernel
from autograder.grading.restore import restore
from autograder.warm.kernelspec import KERNEL_SPEC

pytestmark = pytest.mark.kernel

TINY_CHEATS = {**cheats.CHEATS, **cheats_link.CHEATS}
CASES = {
    **{name: (tiny.TINY, cheat) for name, cheat in TINY_CHEATS.items()},
    **{name: (tiny.KERAS, cheat) for name, cheat in cheats_keras.CHEATS.items()},
}
TESTS = frozenset(tiny.TESTS)


@pytest.fixture(scope="module", autouse=True)
def warm_single_process(warm_parent):
    """Single processes start warm too: what is compared is the number of processes."""
    made = one_kernel.make_client

    def make_client(*args):
        client = made(*args)
        use_kernel_spec(client.km, KERNEL_SPEC)
        return client

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(one_kernel, "make_client", make_client)
        yield


@pytest.fixture(scope="module")
def graded(request, warm_single_process):
    """The futures of all cheats that were asked for: most of a run is waiting."""
    names = [
        item.callspec.params["name"]
        for item in request.session.items
        if getattr(item, "function", None) is test_cheat
    ]
    with ThreadPoolExecutor(2) as pool:
        yield {name: pool.submit(grade, *CASES[name]) for name in names}


def grade(assignment, cheat):
    notebook = assignment.hand_in(cheat.before, cheat.answers, cheat.after)
    limits = replace(tiny.LIMITS, cell_seconds=cheat.seconds)
    return assignment.grade_both(notebook, limits)


@pytest.mark.parametrize("name", CASES)
def test_cheat(graded, name):
    _, cheat = CASES[name]
    alone, execution, apart = graded[name].result()
    won = {grade_id for grade_id, points in alone.items() if points}
    assert won == set(cheat.wins), "in a single process"
    assert set(apart.values()) == {0}, "across the split"
    assert execution.status == cheat.outcome, execution.reason
    assert len(execution.notebook) < 300_000
    assert failed_outside_tests(execution) == [], "the cheat was not tried"


def failed_outside_tests(execution):
    """Returns the errors of a cheat's own cells: one that fails there proves nothing.

    Args:
        execution: `Execution`; a cell that was not run holds no error of its own.
    """
    document = nbformat.reads(execution.notebook.decode("utf-8"), as_version=4)
    return [
        output.evalue
        for cell in document.cells
        if cell.cell_type == "code"
        and not cell.metadata.get("nbgrader", {}).get("grade")
        for output in cell.outputs
        if output.output_type == "error"
    ]


@pytest.mark.parametrize("assignment", [tiny.TINY, tiny.KERAS], ids=["tiny", "keras"])
def test_honest_work_gets_full_marks_and_stubs_get_none(assignment):
    right = tiny.RIGHT if assignment is tiny.TINY else tiny.KERAS_RIGHT
    alone, execution, apart = assignment.grade_both(assignment.hand_in(answers=right))
    assert alone == apart == assignment.points
    assert (execution.status, execution.reason) == ("graded", "")
    alone, execution, apart = assignment.grade_both(assignment.hand_in())
    assert set(alone.values()) == set(apart.values()) == {0}
    assert execution.status == "graded"


@pytest.mark.parametrize("fault", ["deep_and_large", "hostile_object"])
def test_what_fails_in_one_test_leaves_the_others_alone(fault):
    answers = {**tiny.RIGHT, "letters": TINY_CHEATS[fault].answers["letters"]}
    notebook = tiny.TINY.hand_in(answers=answers)
    _, points = tiny.TINY.grade(notebook, tiny.TINY.answer_names)
    assert points == {**tiny.TINY.points, "test_letters": 0}


def change(notebook):
    for cell in notebook.cells:
        if cell["id"] in TESTS:
            cell.source = "assert True"


def tag(notebook):
    for cell in notebook.cells:
        if cell["id"] in TESTS:
            cell.metadata["tags"] = ["skip-execution"]


def retype(notebook):
    for cell in notebook.cells:
        if cell["id"] in TESTS:
            cell.cell_type = "markdown"
            del cell["outputs"], cell["execution_count"]


def delete(notebook):
    notebook.cells = [cell for cell in notebook.cells if cell["id"] not in TESTS]


def repeat(notebook):
    for cell in [cell for cell in notebook.cells if cell["id"] in TESTS]:
        easy = tiny.code("assert True", cell["id"], tiny.TINY.points[cell["id"]])
        easy["id"] = f"{cell['id']}-again"
        notebook.cells.append(easy)


def unlock(notebook):
    change(notebook)
    for cell in notebook.cells:
        if cell["id"] in TESTS:
            cell.metadata.nbgrader.update(grade=False, solution=True, locked=False)


@pytest.mark.parametrize("alter", [change, tag, retype, delete, repeat, unlock])
def test_altered_test_cells_are_put_back(alter):
    notebook = tiny.TINY.hand_in()
    alter(notebook)
    notes = restore(copy.deepcopy(notebook), tiny.TINY.full, tiny.TINY.full)
    assert notes
    _, points = tiny.TINY.grade(notebook, tiny.TINY.answer_names)
    assert points == dict.fromkeys(TESTS, 0)
