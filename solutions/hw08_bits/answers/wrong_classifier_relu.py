# %% [markdown] answer={"fails": {"test_classifier": "is 'they are never below 0'"}}
# A ReLU comes after the last layer.


# %% nbgrader={"grade_id": "classifier"}
def classifier(input_shape, num_classes, policy):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(8, 3, activation="relu", dtype=policy)(inputs)
    x = layers.GlobalAveragePooling2D(dtype=policy)(x)
    x = layers.Dense(num_classes, dtype="float32")(x)
    model = keras.Model(inputs, layers.ReLU()(x))
    model.compile(keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD()))
    return model
