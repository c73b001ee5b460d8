# %% [markdown] answer={"fails": {"test_classifier": "expected float32 logits"}}
# Gives every layer the policy, the last one too.


# %% nbgrader={"grade_id": "classifier"}
def classifier(input_shape, num_classes, policy):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(8, 3, activation="relu", dtype=policy)(inputs)
    x = layers.GlobalAveragePooling2D(dtype=policy)(x)
    return keras.Model(inputs, layers.Dense(num_classes, dtype=policy)(x))
