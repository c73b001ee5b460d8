# %% [markdown] answer={"fails": {"test_classifier": "is 'they sum to 1'"}}
# Ends in probabilities.


# %% nbgrader={"grade_id": "classifier"}
def classifier(input_shape, num_classes, policy):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(8, 3, activation="relu", dtype=policy)(inputs)
    x = layers.GlobalAveragePooling2D(dtype=policy)(x)
    x = layers.Dense(num_classes, "softmax", dtype="float32")(x)
    model = keras.Model(inputs, x)
    model.compile(keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD()))
    return model
