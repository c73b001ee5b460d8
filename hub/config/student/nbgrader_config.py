"""What a student's nbgrader knows: who it is, and where assignments are exchanged."""

import os

from autograder.jupyter.validate import QUIET, use_short_report

c = get_config()  # noqa: F821  (nbgrader defines it when it reads this file)

c.CourseDirectory.course_id = "layerwise"
# nbgrader would take the system's user, who is the same for all of the demo.
c.CourseDirectory.student_id = os.environ["JUPYTERHUB_USER"]
c.Exchange.root = os.environ["LAYERWISE_EXCHANGE"]
c.ExchangeFactory.submit = "autograder.jupyter.exchange.ClosedSubmit"
# nbgrader would take a folder without its notebook, and say nothing.
c.ExchangeSubmit.strict = True
# Validate: a test that logs has not failed, and a kernel that starts cold takes time.
c.ExecutePreprocessor.extra_arguments = QUIET
c.ExecutePreprocessor.timeout = 120
# One line for each exercise.
use_short_report()
