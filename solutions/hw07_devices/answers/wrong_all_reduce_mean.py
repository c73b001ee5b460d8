# %% [markdown] answer={"fails": {"test_all_reduce": "has the mean; expected the sum"}}
# Returns the mean.


# %% nbgrader={"grade_id": "butterfly"}
def exchange(values, r):
    return [values[i] + values[i ^ 2**r] for i in range(len(values))]


def all_reduce(values):
    n = len(values)
    if n & (n - 1):
        raise ValueError(f"{n} is no power of two")
    return [np.mean(values, 0) for _ in values]
