# %% [markdown] answer={"fails": {"test_all_reduce": "all_reduce of 3 devices, no power of two, must raise ValueError; it returned"}}
# Sums any number of devices without a word.


# %% nbgrader={"grade_id": "butterfly"}
def exchange(values, r):
    return [values[i] + values[i ^ 2**r] for i in range(len(values))]


def all_reduce(values):
    return [np.sum(values, 0) for _ in values]
