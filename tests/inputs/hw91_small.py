# %% [markdown]
# # Assignment 91: small
#
# Write your code where it says `YOUR CODE HERE`.

# %% nbgrader={"grade_id": "setup"}
import numpy as np

from layerwise import checks

# %% nbgrader={"grade_id": "given"}
TABLE = [3, 1, 2]


def helper(x):
    """Doubles."""
    return 2 * x


# %% [markdown]
# ## Exercise 1


# %% nbgrader={"grade_id": "mean"}
def mean(x):
    """The mean of an array."""
    ### BEGIN SOLUTION
    return float(np.mean(x))
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_mean", "points": 2}
assert mean([1.0, 2.0, 3.0]) == 2.0, "mean([1, 2, 3]) must be 2"
### BEGIN HIDDEN TESTS
assert mean([4.0]) == 4.0, "mean([4]) must be 4"
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 2


# %% nbgrader={"grade_id": "spread"}
def spread(x):
    """The range of an array."""
    ### BEGIN SOLUTION
    return float(np.max(x) - np.min(x))
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_spread", "points": 2}
assert spread([1.0, 2.0, 3.0]) == 2.0, "spread([1, 2, 3]) must be 2"

# %% [markdown] nbgrader={"grade_id": "essay", "points": 3}
# Why is the mean not the median? Answer in two sentences.
