"""What a student's nbgrader knows on TLJH, over `hub/config/student`: its own name."""

import os
import pwd

c = get_config()  # noqa: F821  (nbgrader defines it when it reads this file)

# `jupyter-ana`, the system user of the hub's ana: the owner of what ana hands in, which
# `autograder serve --check-owner` holds against the name.
c.CourseDirectory.student_id = pwd.getpwuid(os.getuid()).pw_name
