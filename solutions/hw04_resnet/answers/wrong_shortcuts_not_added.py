# %% [markdown] answer={"fails": {"test_with_shortcuts": "the input is not added"}}
# Builds a model around each block, and forgets the sum.


# %% nbgrader={"grade_id": "with_shortcuts"}
def with_shortcuts(blocks):
    found = []
    for block in blocks:
        x = keras.Input(block.input_shape[1:])
        found.append(keras.Model(x, block(x)))
    return found
