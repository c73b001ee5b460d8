# %% [markdown] answer={"fails": {"test_stack_weights": "has shape (1, 5, 4, 4)"}}
# Without padding the image shrinks.


# %% nbgrader={"grade_id": "stack_of_3x3"}
def stack_of_3x3(x, filters, kernel_size):
    for _ in range((kernel_size - 1) // 2):
        x = layers.Conv2D(filters, 3, activation="relu")(x)
    return x
