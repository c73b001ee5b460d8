# %% [markdown] answer={"fails": {"test_exchange": "partners had added already", "test_all_reduce": ""}}
# Lets later devices read what earlier ones have added.


# %% nbgrader={"grade_id": "butterfly"}
def exchange(values, r):
    values = [value.copy() for value in values]
    for i in range(len(values)):
        values[i] = values[i] + values[i ^ 2**r]
    return values


def all_reduce(values):
    n = len(values)
    if n & (n - 1):
        raise ValueError(f"{n} is no power of two")
    for r in range(n.bit_length() - 1):
        values = exchange(values, r)
    return values
