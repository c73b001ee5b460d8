# %% [markdown]
# # A decimal that would fill the memory
# Returns a short number that no memory can hold once somebody makes an integer of it.
#
# - observe: batch, others, points
# - outcome: graded
# - points: 1

# %% nbgrader={"grade_id": "double"}
import decimal


def double(x):
    return decimal.Decimal("1E+999999999999999999")
