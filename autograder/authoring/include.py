"""Puts the library's own code into a chapter, where a cell tagged `include` imports it.

The cell's import statement names functions or classes of `layerwise`. In the notebook
their source stands instead, so that a reader sees, runs and edits the code that later
chapters import; docstrings are cut to their first line and what follows `Source:`.
"""

import ast
import re
import textwrap
from collections.abc import Sequence
from pathlib import Path

from nbformat import NotebookNode

from autograder.authoring.source import SourceError
from autograder.verdict.names import names_of, plain_python

TAG = "include"
WIDTH = 88
SOURCE = re.compile(r"\bSource:\s.+?(?=\n\s*\n|\Z)", re.DOTALL)


def resolve_includes(
    notebook: NotebookNode, lines: Sequence[int], path: Path, library: Path
) -> None:
    """Replaces the source of cells tagged `include`.

    Args:
        notebook: Its cells are changed.
        lines: Each cell's line in the source.
        path: The source, for errors.
        library: The folder that holds the package `layerwise`.

    Raises:
        SourceError: If a cell is not Python, or if one tagged `include` is more than
            one import from `layerwise`, names what is not there, or includes code that
            reads a name that no earlier cell has.
    """
    known: set[str] = set()
    for cell, line in zip(notebook.cells, lines, strict=True):
        if cell.cell_type != "code":
            continue
        try:
            ast.parse(plain_python(cell.source))
        except SyntaxError as error:
            raise SourceError(
                path, line + (error.lineno or 1) - 1, f"not Python: {error.msg}"
            ) from error
        if TAG in cell.metadata.get("tags", []):
            cell.source = _included(cell.source, path, line, library)
            missing = names_of(cell.source).read - known
            if missing:
                raise SourceError(
                    path,
                    line,
                    "the included code reads names that no earlier cell binds: "
                    + ", ".join(sorted(missing)),
                )
        known |= names_of(cell.source).bound


def _included(source: str, path: Path, line: int, library: Path) -> str:
    statements = ast.parse(source).body
    statement = statements[0] if len(statements) == 1 else None
    if (
        not isinstance(statement, ast.ImportFrom)
        or not (module := statement.module or "").startswith("layerwise.")
        or any(alias.asname for alias in statement.names)
    ):
        raise SourceError(
            path,
            line,
            "a cell tagged include holds one statement such as "
            "`from layerwise.models.resnet import conv_bn`",
        )
    file = library.joinpath(*module.split(".")).with_suffix(".py")
    if not file.is_file():
        raise SourceError(path, line, f"there is no module {module} ({file})")
    text = file.read_text(encoding="utf-8")
    defined = {
        node.name: node
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    pieces = []
    for alias in statement.names:
        if alias.name not in defined:
            raise SourceError(
                path,
                line,
                f"{module} has no function or class {alias.name!r}. It has: "
                + ", ".join(defined),
            )
        pieces.append(_with_short_docstrings(defined[alias.name], text))
    return "\n\n\n".join(pieces)


def _with_short_docstrings(node: ast.FunctionDef | ast.ClassDef, text: str) -> str:
    """Returns a definition's text, each docstring in it cut: first line and source."""
    lines = text.splitlines()
    first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
    last = node.end_lineno or first
    for inner in sorted(ast.walk(node), key=lambda n: -getattr(n, "lineno", 0)):
        if not isinstance(inner, ast.FunctionDef | ast.ClassDef):
            continue
        docstring = ast.get_docstring(inner)
        if docstring and "\n" in docstring:
            place = inner.body[0]
            short = _short_docstring(docstring, " " * place.col_offset)
            lines[place.lineno - 1 : place.end_lineno] = short
            last += len(short) - 1 - ((place.end_lineno or place.lineno) - place.lineno)
    return "\n".join(lines[first - 1 : last])


def _short_docstring(docstring: str, indent: str) -> list[str]:
    """Returns the lines of a docstring's first line and of its paper, if it names one.

    The source runs from the word `Source:` to the end of its paragraph.
    """
    summary = docstring.splitlines()[0]
    source = SOURCE.search(docstring)
    if source is None:
        return [f'{indent}"""{summary}"""']
    words = " ".join(source[0].split())
    quoted = textwrap.wrap(
        words, WIDTH, initial_indent=indent, subsequent_indent=indent
    )
    return [f'{indent}"""{summary}', "", *quoted, f'{indent}"""']
