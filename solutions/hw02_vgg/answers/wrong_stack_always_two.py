# %% [markdown] answer={"fails": {"test_stack_weights": "in 3 convolutions", "test_stack_field": "has a receptive field of 5x5; expected 7x7", "test_stack_relu": "kernel_size=9) is wrong in"}}
# Two convolutions whatever the kernel.


# %% nbgrader={"grade_id": "stack_of_3x3"}
def stack_of_3x3(x, filters, kernel_size):
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
