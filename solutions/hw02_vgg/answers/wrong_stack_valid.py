# %% [markdown] answer={"fails": {"test_stack_weights": "has the output shape (None, 5, 4, 4)", "test_stack_field": "has shape (121, 7, 7, 2)", "test_stack_relu": "has shape (2, 2, 2, 3)"}}
# Without padding the image shrinks.


# %% nbgrader={"grade_id": "stack_of_3x3"}
def stack_of_3x3(x, filters, kernel_size):
    for _ in range((kernel_size - 1) // 2):
        x = layers.Conv2D(filters, 3, activation="relu")(x)
    return x
