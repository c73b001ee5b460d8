# %% [markdown] answer={"fails": {"test_classifier": "is a softmax left at its end?"}}
# Ends in probabilities.


# %% nbgrader={"grade_id": "classifier"}
def classifier(input_shape, num_classes, policy):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(8, 3, activation="relu", dtype=policy)(inputs)
    x = layers.GlobalAveragePooling2D(dtype=policy)(x)
    return keras.Model(inputs, layers.Dense(num_classes, "softmax", dtype="float32")(x))
