# %% [markdown] answer={"fails": {"test_classifier": "is 'they are between 0 and 1'"}}
# A sigmoid comes after the last layer.


# %% nbgrader={"grade_id": "classifier"}
def classifier(input_shape, num_classes, policy):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(8, 3, activation="relu", dtype=policy)(inputs)
    x = layers.GlobalAveragePooling2D(dtype=policy)(x)
    x = layers.Dense(num_classes, dtype="float32")(x)
    model = keras.Model(inputs, ops.sigmoid(x))
    model.compile(keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD()))
    return model
