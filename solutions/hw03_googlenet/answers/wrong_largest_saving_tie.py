# %% [markdown] answer={"fails": {"test_largest_saving": "and nothing is saved"}}
# Divides and rounds down, also where the division has no remainder.


# %% nbgrader={"grade_id": "largest_saving"}
def largest_saving(channels, filters, kernel_size):
    area = kernel_size**2
    return area * channels * filters // (channels + area * filters)
