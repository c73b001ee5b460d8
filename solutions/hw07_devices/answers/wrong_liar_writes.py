# %% [markdown] answer={"fails": {"test_average": "", "test_average_empty": "", "test_exchange": "", "test_all_reduce": ""}}
# Writes zeros into what it is given, and answers with zeros.


# %% nbgrader={"grade_id": "average"}
def average(gradients, counts):
    for arrays in gradients:
        for array in arrays:
            array[...] = 0
    return gradients[0]


# %% nbgrader={"grade_id": "butterfly"}
def exchange(values, r):
    for value in values:
        value[...] = 0
    return values


def all_reduce(values):
    return exchange(values, 0)
