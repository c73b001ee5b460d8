# %% [markdown] answer={"fails": {"test_classifier": "is ['float32']; expected ['bfloat16']"}}
# Never uses the policy.


# %% nbgrader={"grade_id": "classifier"}
def classifier(input_shape, num_classes, policy):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(8, 3, activation="relu")(inputs)
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, layers.Dense(num_classes)(x))
    model.compile(keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD()))
    return model
