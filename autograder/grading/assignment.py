"""The two forms of an assignment that grading needs."""

from dataclasses import dataclass

import nbformat

from autograder.authoring.notebooks import require_built
from autograder.cells import by_id, copy_of, from_bytes, named_tests, to_bytes
from autograder.verdict.roles import answer_names_of

# By folder: the state of its files, and the assignment that was loaded of them.
_loaded = {}


@dataclass(frozen=True)
class Assigned:
    """An assignment as grading sees it.

    Attributes:
        assignment: String, its id.
        full: Notebook with solutions cleared and hidden tests in.
        released: Notebook that students received: without the hidden tests.
        files: Dict from relative path to bytes, the helper files that travel with it.
        points: Dict from the grade id of each autograded test to its points.
        answer_names: Frozen set of the names that the reference's answers bind.
    """

    assignment: str
    full: nbformat.NotebookNode
    released: nbformat.NotebookNode
    files: dict
    points: dict
    answer_names: frozenset


def load_assigned(course, assignment):
    """Loads an assignment from its built solution.

    Args:
        course: `Course`.
        assignment: String, the assignment's id.

    Returns:
        `Assigned`.

    Raises:
        CourseError: If there is no such assignment or it is not built.
    """
    course.check_assignment(assignment)
    text = require_built(course, assignment)
    solution = nbformat.reads(text, as_version=4)
    full, released = forms_of(solution, course.config)
    points = {
        name: float(cell.metadata.nbgrader.points) for name, cell in named_tests(full)
    }
    return Assigned(
        assignment,
        full,
        released,
        _helper_files(course, assignment),
        points,
        answer_names_of(solution),
    )


def forms_of(solution, config):
    """Clears a solution with nbgrader's own preprocessors, in the order of a release.

    Args:
        solution: Notebook with answers and hidden tests.
        config: `traitlets` configuration.

    Returns:
        Notebook without answers, and notebook without hidden tests either.
    """
    from nbgrader import preprocessors as steps

    def run(notebook, *classes):
        for step in classes:
            notebook, _ = step(config=config).preprocess(notebook, {})
        return notebook

    full = run(
        nbformat.from_dict(solution),
        steps.LockCells,
        steps.ClearSolutions,
        steps.ClearOutput,
        steps.CheckCellMetadata,
        steps.ComputeChecksums,
    )
    released = copy_of(full)
    released = run(released, steps.ClearHiddenTests, steps.ComputeChecksums)
    return full, released


def as_student(notebook, assigned):
    """Returns a notebook's bytes as a student hands it in: without hidden tests.

    Args:
        notebook: Notebook, or the bytes of one.
        assigned: `Assigned`.
    """
    notebook = from_bytes(notebook) if isinstance(notebook, bytes) else notebook
    released = by_id(assigned.released)
    for name, cell in named_tests(notebook):
        cell.source = released[name].source
    return to_bytes(notebook)


def _helper_files(course, assignment):
    from nbgrader.utils import find_all_files

    folder = course.source / assignment
    ignored = [*course.config.CourseDirectory.ignore, "*.ipynb"]
    files = {}
    for name in sorted(find_all_files(str(folder), ignored)):
        path = folder / name
        files[path.relative_to(folder).as_posix()] = path.read_bytes()
    return files


def load_current(course, assignment):
    """Loads an assignment, once for each state of its files; as `load_assigned`."""
    folder = course.source / assignment
    state = [(path, path.stat().st_mtime_ns) for path in sorted(folder.rglob("*"))]
    known, assigned = _loaded.get(folder, (None, None))
    if known != state:
        assigned = load_assigned(course, assignment)
        _loaded[folder] = state, assigned
    return assigned
