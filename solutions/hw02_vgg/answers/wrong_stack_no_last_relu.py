# %% [markdown] answer={"fails": {"test_stack_relu": "no ReLU follows the last convolution"}}
# No ReLU after the last convolution.


# %% nbgrader={"grade_id": "stack_of_3x3"}
def stack_of_3x3(x, filters, kernel_size):
    for _ in range((kernel_size - 3) // 2):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return layers.Conv2D(filters, 3, padding="same")(x)
