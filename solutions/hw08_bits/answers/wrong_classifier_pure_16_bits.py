# %% [markdown] answer={"fails": {"test_classifier": "expected float32, which small updates need"}}
# Stores the weights in 16 bits as well.


# %% nbgrader={"grade_id": "classifier"}
def classifier(input_shape, num_classes, policy):
    pure = policy.removeprefix("mixed_")
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(8, 3, activation="relu", dtype=pure)(inputs)
    x = layers.GlobalAveragePooling2D(dtype=pure)(x)
    return keras.Model(inputs, layers.Dense(num_classes, dtype="float32")(x))
