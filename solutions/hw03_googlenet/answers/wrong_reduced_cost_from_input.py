# %% [markdown] answer={"fails": {"test_reduced_cost": "read the block's input"}}
# Lets the 3×3 and the 5×5 read the block's input, as if the reductions stood beside
# them.


# %% nbgrader={"grade_id": "reduced_cost"}
def reduced_cost(height, width, channels, filters):
    f1, (r3, f3), (r5, f5), fp = filters
    kernels = channels * (f1 + r3 + r5 + fp + 9 * f3 + 25 * f5)
    biases = f1 + r3 + f3 + r5 + f5 + fp
    return kernels + biases, height * width * kernels
