# %% [markdown] answer={"fails": {"test_with_shortcuts": "each holds all blocks before it, too"}}
# One shortcut goes around all blocks so far, from the input of the first.


# %% nbgrader={"grade_id": "with_shortcuts"}
def with_shortcuts(blocks):
    x = y = keras.Input(blocks[0].input_shape[1:])
    found = []
    for block in blocks:
        y = block(y)
        found.append(keras.Model(x, layers.Add()([x, y])))
    return found
