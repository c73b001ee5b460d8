# %% [markdown] answer={"fails": {"test_stack_weights": ""}}
# All convolutions but the first are one layer.


# %% nbgrader={"grade_id": "stack_of_3x3"}
def stack_of_3x3(x, filters, kernel_size):
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    again = layers.Conv2D(filters, 3, padding="same", activation="relu")
    for _ in range((kernel_size - 3) // 2):
        x = again(x)
    return x
