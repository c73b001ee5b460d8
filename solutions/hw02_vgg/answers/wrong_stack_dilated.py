# %% [markdown] answer={"fails": {"test_stack_weights": "convolutions: 1; expected 2", "test_stack_field": "there are holes", "test_stack_relu": ""}}
# One 3×3 kernel, spread by dilation: the field is right, and full of holes.


# %% nbgrader={"grade_id": "stack_of_3x3"}
def stack_of_3x3(x, filters, kernel_size):
    return layers.Conv2D(
        filters,
        3,
        padding="same",
        dilation_rate=(kernel_size - 1) // 2,
        activation="relu",
    )(x)
