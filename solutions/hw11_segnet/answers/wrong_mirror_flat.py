# %% [markdown] answer={"fails": {"test_mirror_shape": "the smallest picture inside is", "test_mirror_learns": ""}}
# Never pools: it sees too little.


# %% nbgrader={"grade_id": "mirror"}
def mirror(input_shape, num_classes, filters):
    inputs = x = keras.Input(input_shape)
    x = layers.Conv2D(filters[0], 1, activation="relu")(x)
    return keras.Model(inputs, layers.Conv2D(num_classes, 1)(x))
