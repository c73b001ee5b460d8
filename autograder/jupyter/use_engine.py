"""One line in `nbgrader_config.py` that puts the engine into nbgrader's own commands.

    from autograder.jupyter.use_engine import use_engine; use_engine(c)

With it `nbgrader autograde`, `nbgrader generate_feedback` and formgrader's buttons run
submissions as `autograder grade` does: kernels that start warm, a sandbox, tests in a
process that student code never enters. Without it `autograder grade` does so alone.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from traitlets.config import Config


def use_engine(c: "Config") -> None:
    """Sets the steps of nbgrader's commands.

    Args:
        c: What `get_config()` returns in `nbgrader_config.py`. What is set before
            stays, but for the lists of steps.
    """
    autograde: Config = c.Autograde
    autograde.pre_convert_hook = "autograder.jupyter.preprocessors.enter_assignment"
    autograde.exporter_class = "autograder.jupyter.lenient.LenientExporter"
    autograde.sanitize_preprocessors = [
        "autograder.jupyter.preprocessors.Restore",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    autograde.autograde_preprocessors = [
        "autograder.jupyter.preprocessors.Execute",
        "nbgrader.preprocessors.IgnorePattern",
        "nbconvert.preprocessors.ClearMetadataPreprocessor",
        "nbgrader.preprocessors.LimitOutput",
        "nbgrader.preprocessors.SaveAutoGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
        "nbgrader.preprocessors.CheckCellMetadata",
        "autograder.jupyter.preprocessors.Record",
    ]
    # Feedback shows a hidden test's message, never its source, and runs nothing.
    c.GenerateFeedback.exporter_class = "autograder.grading.feedback.PageExporter"
    c.GenerateFeedback.preprocessors = [
        "autograder.jupyter.preprocessors.HideTests",
        "nbgrader.preprocessors.GetGrades",
        "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
    ]
    # A name with a comma in it stays in its column.
    c.ExportApp.plugin_class = "autograder.jupyter.export.CsvExportPlugin"
    # Formgrader's pages of submissions run nothing either, where Jupyter's server has
    # not loaded `autograder.jupyter.formgrader`, which does more.
    page: Config = c.HTMLExporter
    page.preprocessors = ["autograder.jupyter.formgrade_page.CleanNotebook"]
    page.filters = {"markdown2html": "autograder.jupyter.formgrade_page.clean_markdown"}
    for exporter in (c.PageExporter, c.CleanExporter):
        exporter.preprocessors = []
        exporter.filters = {}
