# %% [markdown] answer={"fails": {"test_classifier_scale": "is 'mixed_float16'; expected 'float32'"}}
# Sets the global policy, and leaves it so.


# %% nbgrader={"grade_id": "classifier"}
def classifier(input_shape, num_classes, policy):
    keras.config.set_dtype_policy(policy)
    inputs = keras.Input(input_shape)
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(8, 3, activation="relu")(inputs))
    model = keras.Model(inputs, layers.Dense(num_classes, dtype="float32")(x))
    model.compile("adam")
    return model
