# %% [markdown]
# # os._exit in an answer
# Leaves while it is asked for an answer.
#
# - observe: outcome, batch
# - outcome: crashed
# - points: 1

# %% nbgrader={"grade_id": "double"}
import os


def double(x):
    os._exit(0)
