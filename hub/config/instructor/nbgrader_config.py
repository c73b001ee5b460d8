"""What an instructor's nbgrader knows: the course's own configuration."""

import os
from pathlib import Path

c = get_config()  # noqa: F821  (nbgrader defines it when it reads this file)

# Reads the file as nbgrader would, had the server been started in the course.
load_subconfig(  # noqa: F821
    "nbgrader_config.py", path=str(Path(os.environ["LAYERWISE_COURSE"]))
)
c.ExchangeFactory.collect = "autograder.jupyter.exchange.OwnedCollect"
# Where all have one system user, whose a submission is cannot be asked.
c.ExchangeCollect.check_owner = "LAYERWISE_CHECK_OWNER" in os.environ
# Formgrader would show the whole configuration, a database's password with it.
c.FormgradeExtension.debug = False
