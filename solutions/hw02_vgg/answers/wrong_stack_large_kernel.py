# %% [markdown] answer={"fails": {"test_stack_weights": "it is one large kernel", "test_stack_relu": ""}}
# Hands in the large kernel itself.


# %% nbgrader={"grade_id": "stack_of_3x3"}
def stack_of_3x3(x, filters, kernel_size):
    return layers.Conv2D(filters, kernel_size, padding="same", activation="relu")(x)
