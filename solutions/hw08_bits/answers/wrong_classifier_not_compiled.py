# %% [markdown] answer={"fails": {"test_classifier_scale": "is not compiled"}}
# Does not compile the model.


# %% nbgrader={"grade_id": "classifier"}
def classifier(input_shape, num_classes, policy):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(8, 3, activation="relu", dtype=policy)(inputs)
    x = layers.GlobalAveragePooling2D(dtype=policy)(x)
    x = layers.Dense(num_classes, dtype="float32")(x)
    return keras.Model(inputs, x)
