# %% [markdown]
# # Tests that ask nothing
# Hands in its test cells with other sources.
#
# - observe: points
# - outcome: graded
# - points: 1

# %% nbgrader={"grade_id": "test_double"}
pass

# %% nbgrader={"grade_id": "test_hidden"}
pass
