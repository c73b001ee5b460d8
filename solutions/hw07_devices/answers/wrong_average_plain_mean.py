# %% [markdown] answer={"fails": {"test_average": "all devices count the same"}}
# Takes the mean over the devices that have examples.


# %% nbgrader={"grade_id": "average"}
def average(gradients, counts):
    used = [part for part, count in zip(gradients, counts) if count]
    return [np.mean(arrays, axis=0) for arrays in zip(*used)]
