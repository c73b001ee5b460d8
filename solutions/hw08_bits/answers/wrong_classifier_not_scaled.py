# %% [markdown] answer={"fails": {"test_classifier_scale": "the optimizer multiplies the loss with 1"}}
# Has layers with the policy, and leaves it to `compile` to scale the loss, which looks at
# the policy of the model.


# %% nbgrader={"grade_id": "classifier"}
def classifier(input_shape, num_classes, policy):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(8, 3, activation="relu", dtype=policy)(inputs)
    x = layers.GlobalAveragePooling2D(dtype=policy)(x)
    x = layers.Dense(num_classes, dtype="float32")(x)
    model = keras.Model(inputs, x)
    model.compile("adam", "mse")
    return model
