# %% [markdown] answer={"fails": {"test_naive_cost": "a kernel's side counts, not its area"}}
# Multiplies by the kernel's side, not by its area.


# %% nbgrader={"grade_id": "naive_cost"}
def naive_cost(height, width, channels, filters):
    f1, f3, f5 = filters
    kernels = channels * (f1 + 3 * f3 + 5 * f5)
    return kernels + f1 + f3 + f5, height * width * kernels
