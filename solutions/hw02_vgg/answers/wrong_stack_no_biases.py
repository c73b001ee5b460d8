# %% [markdown] answer={"fails": {"test_stack_weights": "there are no biases"}}
# No biases.


# %% nbgrader={"grade_id": "stack_of_3x3"}
def stack_of_3x3(x, filters, kernel_size):
    for _ in range((kernel_size - 1) // 2):
        x = layers.Conv2D(
            filters, 3, padding="same", activation="relu", use_bias=False
        )(x)
    return x
