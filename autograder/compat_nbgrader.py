"""What of nbgrader, nbconvert, nbclient and jupyter_client any release may change.

Parts that no documentation promises are looked up here and nowhere else, but for the
methods that classes of ours override: those are listed in `OVERRIDDEN`.
`tests/autograder/test_compat_nbgrader.py` holds each of them, and its messages say what
an upgrade broke.
"""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.provisioning import LocalProvisioner
from nbformat import NotebookNode

if TYPE_CHECKING:
    # They take long to import: functions import what they need.
    from nbclient import NotebookClient
    from nbconvert.exporters.html import HTMLExporter
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.preprocessors import NbGraderPreprocessor
    from traitlets.config import Config

# By class of ours: what it overrides. Once its base has renamed such a method, ours is
# never called, and no error says so.
OVERRIDDEN = {
    "autograder.engine.bounded_channel.BoundedChannel": ("get_msg",),
    "autograder.engine.kernel_client.BoundedClient": ("output", "process_message"),
    "autograder.engine.kernel_client.PromptClient": (
        "wait_for_ready",
        "start_channels",
    ),
    "autograder.grading.check.Marks": ("preprocess",),
    "autograder.grading.feedback.PageExporter": ("from_notebook_node",),
    "autograder.grading.page_exporter.CleanExporter": (
        "from_notebook_node",
        "markdown2html",
    ),
    "autograder.jupyter.exchange.ClosedSubmit": ("do_copy", "set_perms", "copy_files"),
    "autograder.jupyter.exchange.OwnedCollect": (
        "_path_to_record",
        "init_src",
        "copy_files",
        "do_copy",
    ),
    "autograder.jupyter.lenient.LenientExporter": ("from_filename", "from_file"),
    "autograder.jupyter.formgrade_page.CleanNotebook": ("preprocess",),
    "autograder.jupyter.formgrader.ForgivingAPI": ("get_submitted_timestamp",),
    "autograder.jupyter.formgrader.HandedInFile": (
        "set_default_headers",
        "set_extra_headers",
        "get_content_type",
    ),
    "autograder.jupyter.preprocessors.Restore": ("preprocess",),
    "autograder.jupyter.preprocessors.Execute": ("preprocess",),
    "autograder.jupyter.preprocessors.Record": ("preprocess",),
    "autograder.jupyter.preprocessors.HideTests": ("preprocess",),
}
# What nbgrader's package imports from its server extensions.
SERVER_EXTENSIONS = tuple(
    f"nbgrader.server_extensions.{name}"
    for name in ("assignment_list", "course_list", "validate_assignment", "formgrader")
)
# Where formgrader's script keeps addresses without the server's prefix.
FORMGRADER_SCRIPT = "js/utils.js"
FORMGRADER_PAGES = ("notebooks", "edit", "tree")


def import_without_server_extensions() -> None:
    """Imports nbgrader without its server extensions.

    The package imports all four at once, and with them Jupyter's server and
    nbgrader's exchange: a second of CPU time, for a program that serves nothing. They
    can still be imported afterwards; only nbgrader's own function that a Jupyter
    server calls to load them is of no use in this process.
    """
    if "nbgrader" in sys.modules:
        return
    for name in SERVER_EXTENSIONS:
        stand_in = ModuleType(name)
        stand_in.__dict__["load_jupyter_server_extension"] = None
        sys.modules[name] = stand_in
    try:
        importlib.import_module("nbgrader")
    finally:
        for name in SERVER_EXTENSIONS:
            del sys.modules[name]


def provisioner_of(client: "NotebookClient") -> LocalProvisioner:
    """Returns what started a kernel: it has its `process` and kills it."""
    assert client.km is not None
    assert isinstance(client.km.provisioner, LocalProvisioner)
    return client.km.provisioner


def kernel_pid(client: "NotebookClient") -> int:
    """Returns the process id of a running kernel."""
    pid = provisioner_of(client).pid
    assert pid is not None
    return pid


def forget_displays(client: "NotebookClient") -> None:
    """Has no later cell change what the cells so far have displayed.

    By then the student's code may know what hidden tests ask.
    """
    client._display_id_map.clear()


def use_kernel_spec(manager: KernelManager, spec: KernelSpec) -> None:
    """Has a manager start a kernel that is not installed on this machine.

    `KernelManager.kernel_spec` is looked up by name and cannot be set.
    """
    manager._kernel_spec = spec


def save_auto_grades(
    config: "Config",
    gradebook: "Gradebook",
    notebook: NotebookNode,
    resources: dict[str, Any],
) -> None:
    """Does what nbgrader's `SaveAutoGrades` does, on a connection that is there.

    nbgrader's own opens a connection for each notebook, which compiles every statement
    again.
    """
    from nbgrader.preprocessors import SaveAutoGrades

    step = SaveAutoGrades(config=config)
    _run_on(step, gradebook, notebook, resources)


def grades_from(gradebook: "Gradebook") -> type:
    """Returns nbgrader's `GetGrades` step as a class that uses a connection."""
    from nbgrader.preprocessors import GetGrades

    class GradesHere(GetGrades):
        """Gives a feedback page points and comments."""

        def preprocess(
            self, nb: NotebookNode, resources: dict[str, Any]
        ) -> tuple[NotebookNode, dict[str, Any]]:
            _run_on(self, gradebook, nb, resources)
            saved = gradebook.find_submission_notebook(
                self.notebook_id, self.assignment_id, self.student_id
            )
            penalty = saved.late_submission_penalty or 0
            resources["nbgrader"].update(
                score=max(0.0, saved.score - penalty),
                max_score=saved.max_score,
                late_penalty=penalty,
            )
            return nb, resources

    return GradesHere


def _run_on(
    step: "NbGraderPreprocessor",
    gradebook: "Gradebook",
    notebook: NotebookNode,
    resources: dict[str, Any],
) -> None:
    """Runs a step over the cells as its `preprocess` does, less the connection."""
    given = resources["nbgrader"]
    step.gradebook, step.student_id = gradebook, given["student"]
    step.assignment_id, step.notebook_id = given["assignment"], given["notebook"]
    for index, cell in enumerate(notebook.cells):
        step.preprocess_cell(cell, resources, index)


def step_name(step: object) -> str:
    """Returns the class name of an entry of a converter's `preprocessors`.

    It is a class, or the name of one where the configuration names it.
    """
    name = step if isinstance(step, str) else getattr(step, "__name__", "")
    return name.rpartition(".")[2]


def is_get_grades(step: object) -> bool:
    """Returns whether an entry of `GenerateFeedback.preprocessors` is `GetGrades`."""
    return step_name(step) == "GetGrades"


def coursedir_of(step: "NbGraderPreprocessor") -> "CourseDirectory":
    """Returns the course as the nbgrader command that runs a step sees it.

    A step's parent is its exporter, and that one's the converter.
    """
    return step.parent.parent.coursedir


def render_page(
    exporter: "HTMLExporter",
    notebook: NotebookNode,
    resources: dict[str, Any] | None,
    highlight: Callable[..., str],
    **options: Any,
) -> tuple[str, dict[str, Any]]:
    """Does what `HTMLExporter.from_notebook_node` does, less its search for images.

    nbconvert parses every page again to find images without a text, which takes half a
    second, most of its time.

    Args:
        exporter: What makes the page.
        notebook: It is not changed.
        resources: nbconvert's.
        highlight: Colours a cell, in place of nbconvert's own.
        **options: As for `from_notebook_node`.
    """
    from nbconvert.exporters.html import HTMLExporter, WidgetsDataTypeFilter

    resources = exporter._init_resources(resources)
    exporter.register_filter("highlight_code", highlight)
    exporter.register_filter(
        "filter_data_type",
        WidgetsDataTypeFilter(
            notebook_metadata=exporter._nb_metadata,
            parent=exporter,
            resources=resources,
        ),
    )
    return super(HTMLExporter, exporter).from_notebook_node(
        notebook, resources, **options
    )


def formgrader_script() -> str:
    """Returns formgrader's own script, in which its links are made."""
    from nbgrader.server_extensions.formgrader import handlers

    return Path(handlers.static_path, FORMGRADER_SCRIPT).read_text(encoding="utf-8")
