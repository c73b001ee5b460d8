# %% [markdown] answer={"fails": {"test_largest_saving": "all but one of the channels"}}
# Compares the k×k convolutions only: any r below the channels seems to save.


# %% nbgrader={"grade_id": "largest_saving"}
def largest_saving(channels, filters, kernel_size):
    return channels - 1
