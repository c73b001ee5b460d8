# %% [markdown] answer={"fails": {"test_classifier": "the last of them computes in'] is 'bfloat16'"}}
# Gives every layer the policy, the last one too.


# %% nbgrader={"grade_id": "classifier"}
def classifier(input_shape, num_classes, policy):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(8, 3, activation="relu", dtype=policy)(inputs)
    x = layers.GlobalAveragePooling2D(dtype=policy)(x)
    model = keras.Model(inputs, layers.Dense(num_classes, dtype=policy)(x))
    model.compile(keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD()))
    return model
