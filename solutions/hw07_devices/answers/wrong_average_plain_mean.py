# %% [markdown] answer={"fails": {"test_average": "all devices count the same", "test_average_empty": ""}}
# Takes the mean over devices.


# %% nbgrader={"grade_id": "average"}
def average(gradients, counts):
    return [np.mean(arrays, axis=0) for arrays in zip(*gradients)]
