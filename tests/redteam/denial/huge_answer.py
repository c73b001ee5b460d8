# %% [markdown]
# # One huge answer
# Answers its test with 900 MB of zeros.
#
# - observe: outcome, batch
# - outcome: graded or crashed or out_of_memory
# - points: 1

# %% nbgrader={"grade_id": "double"}
def double(x):
    return bytes(900_000_000)
