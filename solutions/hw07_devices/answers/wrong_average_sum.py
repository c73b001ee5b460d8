# %% [markdown] answer={"fails": {"test_average": "this is the sum; expected the mean", "test_average_empty": ""}}
# Adds up what the devices send.


# %% nbgrader={"grade_id": "average"}
def average(gradients, counts):
    return [np.nansum(arrays, axis=0) for arrays in zip(*gradients)]
