# %% [markdown] answer={"fails": {"test_exchange": "the arrays given to exchange changed", "test_all_reduce": "the arrays given to all_reduce changed"}}
# Adds in place.


# %% nbgrader={"grade_id": "butterfly"}
def exchange(values, r):
    for i in range(len(values)):
        j = i ^ 2**r
        if i < j:
            values[i] += values[j]
            values[j][:] = values[i]
    return values


def all_reduce(values):
    n = len(values)
    if n & (n - 1):
        raise ValueError(f"{n} is no power of two")
    for r in range(n.bit_length() - 1):
        values = exchange(values, r)
    return values
