# %% [markdown] answer={"fails": {"test_stack_relu": "there is no ReLU between the convolutions"}}
# A ReLU at the end only: three linear layers are one.


# %% nbgrader={"grade_id": "stack_of_3x3"}
def stack_of_3x3(x, filters, kernel_size):
    for _ in range((kernel_size - 1) // 2):
        x = layers.Conv2D(filters, 3, padding="same")(x)
    return layers.ReLU()(x)
