# %% [markdown] answer={"fails": {"test_largest_saving": "is 191; expected 154"}}
# Compares the k×k convolutions only: any r below the channels seems to save.


# %% nbgrader={"grade_id": "largest_saving"}
def largest_saving(channels, filters, kernel_size):
    return channels - 1
