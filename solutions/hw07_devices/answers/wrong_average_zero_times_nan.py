# %% [markdown] answer={"fails": {"test_average_empty": "NaN got into the mean"}}
# Multiplies NaN with a count of 0.


# %% nbgrader={"grade_id": "average"}
def average(gradients, counts):
    return [np.average(np.array(arrays), 0, counts) for arrays in zip(*gradients)]
