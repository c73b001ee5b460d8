# %% [markdown] answer={"fails": {"test_classifier": "what the weights are kept in"}}
# Stores the weights in 16 bits as well.


# %% nbgrader={"grade_id": "classifier"}
def classifier(input_shape, num_classes, policy):
    pure = policy.removeprefix("mixed_")
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(8, 3, activation="relu", dtype=pure)(inputs)
    x = layers.GlobalAveragePooling2D(dtype=pure)(x)
    model = keras.Model(inputs, layers.Dense(num_classes, dtype="float32")(x))
    model.compile(keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD()))
    return model
