"""Lets `nbgrader autograde` go on where it cannot open what a student handed in.

nbgrader reads a submission before its first step, strictly, and gives up on what it
cannot read: the student has no grade then. `Restore` reads the file itself, more
leniently, and says what is wrong with one that holds no notebook.
"""

from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode

from autograder.grading.advice import is_plain_file


class LenientExporter(NotebookExporter):
    """Exports as `NotebookExporter` does; what cannot be read is an empty notebook."""

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Reads a file and exports it; a link, a pipe or a folder is not opened."""
        if is_plain_file(Path(filename)):
            return super().from_filename(filename, resources=resources, **kw)
        empty = nbformat.v4.new_notebook()
        return self.from_notebook_node(empty, resources=resources, **kw)

    def from_file(
        self, file_stream: Any, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Reads a notebook and exports it."""
        try:
            document = nbformat.read(file_stream, as_version=4)
            nbformat.validate(document, relax_add_props=True)
        except Exception:
            document = nbformat.v4.new_notebook()
        return self.from_notebook_node(document, resources=resources, **kw)
