# %% [markdown] answer={"fails": {"test_all_reduce": "the values are added one after the other; expected in rounds"}}
# Adds up all values at once, without any round.


# %% nbgrader={"grade_id": "butterfly"}
def exchange(values, r):
    return [values[i] + values[i ^ 2**r] for i in range(len(values))]


def all_reduce(values):
    n = len(values)
    if n & (n - 1):
        raise ValueError(f"{n} is no power of two")
    return [np.sum(values, 0) for _ in values]
