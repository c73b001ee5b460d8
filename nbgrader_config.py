"""The course, as nbgrader's own commands and formgrader see it from here.

`autograder` reads the same file, so that both mean the same folders and database.
"""

import os
from pathlib import Path

from autograder.jupyter.use_engine import use_engine
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
use_engine(c)
