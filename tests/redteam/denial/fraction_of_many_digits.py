# %% [markdown]
# # A fraction of many digits
# Returns a fraction whose numbers take tens of megabytes.
#
# - observe: batch, others, points
# - outcome: graded or timeout
# - points: 1

# %% nbgrader={"grade_id": "double"}
import fractions


def double(x):
    return fractions.Fraction(1 << 200_000_000, (1 << 199_999_999) + 1)
