"""The course, as nbgrader's own commands and formgrader see it from here.

`autograder` reads the same file, so that both mean the same folders and database.
"""

import os
from pathlib import Path

from autograder.jupyter.validate import QUIET, use_short_report

root = Path(__file__).resolve().parent

c = get_config()  # noqa: F821  (nbgrader defines it when it reads this file)

c.CourseDirectory.course_id = "layerwise"
c.CourseDirectory.root = str(root)

# What the instructor writes, and what a student receives.
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments/en"

# Private: what the class handed in, grades and feedback.
c.CourseDirectory.submitted_directory = "classroom/submitted"
c.CourseDirectory.autograded_directory = "classroom/autograded"
c.CourseDirectory.feedback_directory = "classroom/feedback"
c.CourseDirectory.db_url = f"sqlite:///{root / 'classroom' / 'gradebook.db'}"

# Shared with students; a hub says where.
c.Exchange.root = os.environ.get("LAYERWISE_EXCHANGE", str(root / "exchange"))

# nbgrader copies every other file of a source folder to the students: helper files
# shall travel, the source with its answers and the answers bank must not.
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints",
    "*.pyc",
    "__pycache__",
    "feedback",
    "hw[0-9]*.py",
    "answers",
]

# Importing TensorFlow in a cold kernel takes 10 s and more; nbgrader allows a cell 30.
c.ExecutePreprocessor.timeout = 60
# `nbgrader validate`: a test that writes to stderr has not failed for that.
c.ExecutePreprocessor.extra_arguments = QUIET
use_short_report()

# `nbgrader autograde` and formgrader's button run submissions as `autograder grade`
# does: kernels that start warm, tests in a process that student code never enters.
c.Autograde.pre_convert_hook = "autograder.jupyter.preprocessors.enter_assignment"
c.Autograde.exporter_class = "autograder.jupyter.lenient.LenientExporter"
c.Autograde.sanitize_preprocessors = [
    "autograder.jupyter.preprocessors.Restore",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
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
# Formgrader's pages of submissions run nothing either, where Jupyter's server has not
# loaded `autograder.jupyter.formgrader`, which does more.
c.HTMLExporter.preprocessors = ["autograder.jupyter.formgrade_page.CleanNotebook"]
c.HTMLExporter.filters = {
    "markdown2html": "autograder.jupyter.formgrade_page.clean_markdown"
}
for exporter in (c.PageExporter, c.CleanExporter):
    exporter.preprocessors = []
    exporter.filters = {}
