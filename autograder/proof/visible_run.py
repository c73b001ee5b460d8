"""Runs an assignment's reference with the tests as students receive them."""

import ast
import contextlib
import functools
import inspect
import io
import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

import nbformat

from autograder.authoring.metadata import visible_part
from autograder.cells import grade_id, is_test
from autograder.course import Course
from autograder.verdict import no_shell
from autograder.verdict.names import plain_python
from autograder.verdict.roles import answer_names_of


@dataclass(frozen=True)
class Call:
    """A call of one of the reference's functions.

    Attributes:
        function: Its name.
        arguments: From the name of a parameter to what it was given.
        result: What it returned.
    """

    function: str
    arguments: dict[str, Any]
    result: Any


def run_visible(
    course: Course,
    assignment: str,
    change: Callable[[ast.Module, Collection[str]], ast.Module] = lambda tree, _: tree,
    names: dict[str, Any] | None = None,
) -> Iterator[tuple[str, list[Call]]]:
    """Runs the notebook in this process, test by test.

    Args:
        course: `Course`.
        assignment: The assignment's id; it is built.
        change: Makes of a test's code, and of the names of answers, what is run.
        names: What the tests find beside their own names.

    Yields:
        A test's grade id, and the calls that it made.
    """
    folder = course.source / assignment
    notebook = nbformat.read(folder / f"{assignment}.ipynb", as_version=4)
    theirs = answer_names_of(notebook)
    namespace = no_shell.namespace()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    here = os.getcwd()
    os.chdir(folder)
    try:
        for cell in notebook.cells:
            if cell.cell_type != "code":
                continue
            with contextlib.redirect_stdout(io.StringIO()):
                if not is_test(cell):
                    exec(plain_python(cell.source), namespace)
                    continue
                calls: list[Call] = []
                own = {
                    name: _recorded(namespace[name], name, calls)
                    for name in theirs
                    if inspect.isfunction(namespace.get(name))
                }
                source = plain_python(visible_part(cell.source))
                code = compile(change(ast.parse(source), theirs), "<test>", "exec")
                exec(code, {**namespace, **(names or {}), **own})
            yield str(grade_id(cell)), calls
    finally:
        os.chdir(here)


def _recorded(
    fn: Callable[..., Any], name: str, calls: list[Call]
) -> Callable[..., Any]:
    """Returns a function that notes its calls."""

    @functools.wraps(fn)
    def call(*args: Any, **named: Any) -> Any:
        result = fn(*args, **named)
        with contextlib.suppress(TypeError):
            given = inspect.signature(fn).bind(*args, **named)
            given.apply_defaults()
            calls.append(Call(name, dict(given.arguments), result))
        return result

    return call
