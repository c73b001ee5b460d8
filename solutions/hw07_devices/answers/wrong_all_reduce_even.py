# %% [markdown] answer={"fails": {"test_all_reduce": "all_reduce of 6 devices, no power of two, must raise ValueError; it"}}
# Takes every even number for a power of two.


# %% nbgrader={"grade_id": "butterfly"}
def exchange(values, r):
    n = len(values)
    return [values[i] + values[(i ^ 2**r) % n] for i in range(n)]


def all_reduce(values):
    n = len(values)
    if n > 1 and n % 2:
        raise ValueError(f"{n} is no power of two")
    for r in range((n - 1).bit_length()):
        values = exchange(values, r)
    return values
