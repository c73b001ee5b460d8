"""The two forms of an assignment that grading needs."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from nbformat import NotebookNode
from traitlets import import_item

from autograder.authoring.notebooks import require_built
from autograder.cells import by_id, copy_of, from_bytes, named_tests, to_bytes
from autograder.compat_nbgrader import step_name
from autograder.course import Course, CourseError
from autograder.grading.trial import failed_apart
from autograder.verdict.apart import why_together
from autograder.verdict.roles import answer_names_of

if TYPE_CHECKING:
    from traitlets.config import Config


@dataclass(frozen=True)
class Assigned:
    """A notebook of an assignment as grading sees it.

    Attributes:
        assignment: The assignment's id.
        full: The notebook with solutions cleared and hidden tests in.
        released: The notebook that students received: without the hidden tests.
        files: The helper files that travel with it, by relative path.
        points: The points of each autograded test, by grade id.
        answer_names: The names that the reference's answers bind.
        name: The notebook's name, where it is not the assignment's.
        together: The tests that run in the student's own process, by grade id, and why.
        imports: What the verdict process imports before the first cell.
        is_built: Whether the course's builder has seen to it that tests run apart.
    """

    assignment: str
    full: NotebookNode
    released: NotebookNode
    files: Mapping[str, bytes]
    points: Mapping[str, float]
    answer_names: frozenset[str]
    name: str = ""
    together: Mapping[str, str] = field(default_factory=dict)
    imports: str = ""
    is_built: bool = True

    @property
    def notebook_name(self) -> str:
        return self.name or self.assignment


# By notebook: the state of the folder's files, and what was loaded from them.
_loaded: dict[Path, tuple[list[tuple[Path, int]], Assigned]] = {}


def load_assigned(
    course: Course, assignment: str, notebook: str | None = None
) -> Assigned:
    """Loads a notebook of an assignment from its solution.

    Args:
        course: The course.
        assignment: The assignment's id.
        notebook: The notebook's name. Without it, the only one that there is.

    Raises:
        CourseError: If there is no such assignment or notebook, there are several and
            none is named, it is not built, or nbgrader refuses it.
    """
    course.check_assignment(assignment)
    there = course.notebooks_of(assignment)
    if notebook is None and len(there) == 1:
        notebook = there[0]
    if notebook not in there:
        told = "has several notebooks" if notebook is None else f"has no {notebook!r}"
        raise CourseError(f"{assignment} {told}. Its notebooks: {', '.join(there)}")
    files = _helper_files(course, assignment)
    together: dict[str, str] = {}
    imports = ""
    solution = load_solution(course, assignment, notebook)
    names = answer_names_of(solution)
    if course.py_source(assignment) is not None:
        full, released = forms_of(solution, course.config)
    else:
        path = course.source / assignment / f"{notebook}.ipynb"
        full, released = _forms(course, path, solution)
        together, imports = why_together(full, solution)
        together |= failed_apart(
            course.classroom, full, solution, files, names, together, imports
        )
    points = {
        name: float(cell.metadata.nbgrader.points) for name, cell in named_tests(full)
    }
    return Assigned(
        assignment,
        full,
        released,
        files,
        points,
        names,
        notebook,
        together,
        imports,
        course.py_source(assignment) is not None,
    )


def load_parts(course: Course, assignment: str) -> list[Assigned]:
    """Loads all notebooks of an assignment, in the order of their names."""
    course.check_assignment(assignment)
    return [
        load_current(course, assignment, name)
        for name in course.notebooks_of(assignment)
    ]


def load_solution(course: Course, assignment: str, notebook: str) -> NotebookNode:
    """Loads a notebook of an assignment with the reference's answers.

    Raises:
        CourseError: If it cannot be read, or is not built.
    """
    if course.py_source(assignment) is not None:
        return nbformat.reads(require_built(course, assignment), as_version=4)
    from nbgrader.nbgraderformat import MetadataValidator

    path = course.source / assignment / f"{notebook}.ipynb"
    try:
        found = nbformat.read(path, as_version=4)
        found = MetadataValidator().upgrade_notebook_metadata(found)
    except Exception as error:
        raise CourseError(
            f"{path} cannot be read: {type(error).__name__}: {error}"
        ) from error
    _expect_python(found, path)
    return found


def _expect_python(notebook: NotebookNode, path: Path) -> None:
    """Raises `CourseError` unless a notebook is for a Python kernel.

    What the kernel is called says nothing: a conda environment's has its name.
    """
    spec = notebook.metadata.get("kernelspec", {})
    language = spec.get("language") or notebook.metadata.get("language_info", {}).get(
        "name"
    )
    name = spec.get("name", "python3")
    if not language and not name.startswith("python"):
        try:
            language = KernelSpecManager().get_kernel_spec(name).language
        except NoSuchKernel as error:
            raise CourseError(
                f"{path} names the kernel {name!r}, which is not installed here, and "
                "no language. Choose a kernel in JupyterLab and save it."
            ) from error
    if language and not language.lower().startswith("python"):
        raise CourseError(
            f"{path} is for {language}: submissions are run in Python only. Grade it "
            "with `nbgrader autograde`, without the engine."
        )


def _forms(
    course: Course, path: Path, solution: NotebookNode
) -> tuple[NotebookNode, NotebookNode]:
    """Does what `forms_of` does for a source that nobody has built.

    Raises:
        CourseError: With nbgrader's words, if it refuses the notebook.
    """
    try:
        # Headers and `autotests.yml` are named from the course's folder.
        with contextlib.chdir(course.root):
            return forms_of(solution, course.config, path)
    except Exception as error:
        # nbgrader logs what is wrong, and raises that something is.
        cause = str(error.__context__ or error).splitlines() or [type(error).__name__]
        raise CourseError(f"nbgrader refuses {path}: {cause[0]}") from error


def forms_of(
    solution: NotebookNode, config: "Config", path: Path | None = None
) -> tuple[NotebookNode, NotebookNode]:
    """Clears a solution with the steps by which nbgrader makes a release.

    Args:
        solution: The notebook with answers and hidden tests.
        config: The course's.
        path: Where it lies; `None` where no step asks for that.

    Returns:
        The notebook without answers, and the one without hidden tests either.
    """
    from nbgrader.converters import GenerateAssignment

    steps = GenerateAssignment(config=config).preprocessors
    # The cells that count are those that nbgrader enters into its gradebook.
    entered = next(
        (place for place, step in enumerate(steps) if step_name(step) == "SaveCells"),
        len(steps),
    )
    resources = {"metadata": {"path": str(path.parent)}} if path else {}

    def run(notebook: NotebookNode, chosen: Sequence[Any]) -> NotebookNode:
        for step in chosen:
            if isinstance(step, str):
                step = import_item(step)
            notebook, _ = step(config=config).preprocess(notebook, resources)
        return notebook

    full = run(nbformat.from_dict(solution), steps[:entered])
    released = run(copy_of(full), steps[entered + 1 :])
    return full, released


def as_student(notebook: NotebookNode | bytes, assigned: Assigned) -> bytes:
    """Returns a notebook as a student hands it in: without hidden tests."""
    notebook = from_bytes(notebook) if isinstance(notebook, bytes) else notebook
    released = by_id(assigned.released)
    for name, cell in named_tests(notebook):
        cell.source = released[name].source
    return to_bytes(notebook)


def _helper_files(course: Course, assignment: str) -> dict[str, bytes]:
    from nbgrader.utils import find_all_files

    folder = course.source / assignment
    ignored = [*course.ignored, "*.ipynb"]
    files = {}
    for name in sorted(find_all_files(str(folder), ignored)):
        path = folder / name
        files[path.relative_to(folder).as_posix()] = path.read_bytes()
    return files


def load_current(
    course: Course, assignment: str, notebook: str | None = None
) -> Assigned:
    """Does what `load_assigned` does, once for each state of the assignment's files."""
    folder = course.source / assignment
    state = [(path, path.stat().st_mtime_ns) for path in sorted(folder.rglob("*"))]
    key = folder / f"{notebook or assignment}.ipynb"
    if key not in _loaded or _loaded[key][0] != state:
        _loaded[key] = state, load_assigned(course, assignment, notebook)
    return _loaded[key][1]
