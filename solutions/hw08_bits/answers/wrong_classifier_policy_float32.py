# %% [markdown] answer={"fails": {"test_classifier_scale": "which was mixed_bfloat16 before, is 'float32'"}}
# Puts back float32, whatever the global policy was.


# %% nbgrader={"grade_id": "classifier"}
def classifier(input_shape, num_classes, policy):
    keras.config.set_dtype_policy(policy)
    inputs = keras.Input(input_shape)
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(8, 3, activation="relu")(inputs))
    model = keras.Model(inputs, layers.Dense(num_classes, dtype="float32")(x))
    keras.config.set_dtype_policy("float32")
    model.compile("adam")
    return model
