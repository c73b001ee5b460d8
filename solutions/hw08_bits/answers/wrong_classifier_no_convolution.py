# %% [markdown] answer={"fails": {"test_classifier": "has no convolution"}}
# Dense layers only.


# %% nbgrader={"grade_id": "classifier"}
def classifier(input_shape, num_classes, policy):
    inputs = keras.Input(input_shape)
    x = layers.Flatten()(inputs)
    x = layers.Dense(16, "relu", dtype=policy)(x)
    return keras.Model(inputs, layers.Dense(num_classes, dtype="float32")(x))
