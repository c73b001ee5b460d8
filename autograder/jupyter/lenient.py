"""Lets `nbgrader autograde` go on where it cannot open what a student handed in.

nbgrader reads a submission before its first step, strictly, and gives up on what it
cannot read: the student has no grade then. `Restore` reads the file itself, more
leniently, and says what is wrong with one that holds no notebook.
"""

from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode


class LenientExporter(NotebookExporter):
    """Exports as `NotebookExporter` does; what cannot be read is an empty notebook."""

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
