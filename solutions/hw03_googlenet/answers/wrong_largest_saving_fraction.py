# %% [markdown] answer={"fails": {"test_largest_saving": "it is no whole number"}}
# Returns where the two cost the same, not a whole number.


# %% nbgrader={"grade_id": "largest_saving"}
def largest_saving(channels, filters, kernel_size):
    area = kernel_size**2
    return area * channels * filters / (channels + area * filters)
