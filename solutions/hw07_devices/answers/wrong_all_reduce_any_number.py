# %% [markdown] answer={"fails": {"test_all_reduce": "all_reduce of 3 devices, no power of two, must raise ValueError; it returned"}}
# Makes rounds for any number of devices without a word.


# %% nbgrader={"grade_id": "butterfly"}
def exchange(values, r):
    n = len(values)
    return [values[i] + values[(i ^ 2**r) % n] for i in range(n)]


def all_reduce(values):
    for r in range((len(values) - 1).bit_length()):
        values = exchange(values, r)
    return values
