# %% [markdown] answer={"fails": {"test_average": ""}}
# Leaves out empty devices, but not their counts: the weights slip.


# %% nbgrader={"grade_id": "average"}
def average(gradients, counts):
    used = [part for part, count in zip(gradients, counts) if count]
    if len(used) == 1:
        return used[0]
    return [
        sum(c * a for c, a in zip(counts, arrays)) / sum(counts)
        for arrays in zip(*used)
    ]
