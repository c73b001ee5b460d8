"""What everybody's nbgrader knows on Kubernetes: the exchange is a service, ngshare."""

import os

from ngshare_exchange import configureExchange

c = get_config()  # noqa: F821  (nbgrader defines it when it reads this file)

configureExchange(c, os.environ["LAYERWISE_NGSHARE"])
c.CourseDirectory.course_id = "layerwise"
# ngshare asks the hub who hands in, and refuses to be told: no id of a student here.
c.CourseDirectory.student_id = "*"
