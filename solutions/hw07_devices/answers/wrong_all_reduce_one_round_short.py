# %% [markdown] answer={"fails": {"test_all_reduce": "all_reduce of 2 devices[0] is wrong in 5 of 5 numbers, most at [0]: 0.246488"}}
# Stops one round early.


# %% nbgrader={"grade_id": "butterfly"}
def exchange(values, r):
    return [values[i] + values[i ^ 2**r] for i in range(len(values))]


def all_reduce(values):
    n = len(values)
    if n & (n - 1):
        raise ValueError(f"{n} is no power of two")
    values = list(values)
    for r in range(n.bit_length() - 2):
        values = exchange(values, r)
    return values
