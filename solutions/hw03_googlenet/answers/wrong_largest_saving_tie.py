# %% [markdown] answer={"fails": {"test_largest_saving": "both ways need the same, which saves nothing"}}
# Divides and rounds down, also where the division has no remainder.


# %% nbgrader={"grade_id": "largest_saving"}
def largest_saving(channels, filters, kernel_size):
    area = kernel_size**2
    return area * channels * filters // (channels + area * filters)
