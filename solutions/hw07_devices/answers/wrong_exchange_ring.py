# %% [markdown] answer={"fails": {"test_exchange": "the value of its neighbour i + 2**r"}}
# Takes the value of device i + 2**r, around the end.


# %% nbgrader={"grade_id": "butterfly"}
def exchange(values, r):
    n = len(values)
    return [values[i] + values[(i + 2**r) % n] for i in range(n)]


def all_reduce(values):
    n = len(values)
    if n & (n - 1):
        raise ValueError(f"{n} is no power of two")
    for r in range(n.bit_length() - 1):
        values = exchange(values, r)
    return values
