# %% [markdown] answer={"fails": {"test_stack_weights": "convolutions: 2; expected 3"}}
# Two convolutions whatever the kernel.


# %% nbgrader={"grade_id": "stack_of_3x3"}
def stack_of_3x3(x, filters, kernel_size):
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
