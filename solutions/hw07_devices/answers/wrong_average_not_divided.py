# %% [markdown] answer={"fails": {"test_average": "weighed, but not divided"}}
# Weighs and forgets to divide.


# %% nbgrader={"grade_id": "average"}
def average(gradients, counts):
    return [
        sum(c * array for c, array in zip(counts, arrays) if c)
        for arrays in zip(*gradients)
    ]
