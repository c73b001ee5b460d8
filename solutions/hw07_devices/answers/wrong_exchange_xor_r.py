# %% [markdown] answer={"fails": {"test_exchange": "the value of device i XOR r;", "test_all_reduce": ""}}
# Uses the round itself instead of 2 to its power.


# %% nbgrader={"grade_id": "butterfly"}
def exchange(values, r):
    return [values[i] + values[i ^ r] for i in range(len(values))]


def all_reduce(values):
    n = len(values)
    if n & (n - 1):
        raise ValueError(f"{n} is no power of two")
    for r in range(n.bit_length() - 1):
        values = exchange(values, r)
    return values
