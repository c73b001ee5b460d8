# %% [markdown] answer={}
# A convolution of a class of its own, and one in the place of the last layer.


# %% nbgrader={"grade_id": "classifier"}
class Wide(layers.Conv2D):
    pass


def classifier(input_shape, num_classes, policy):
    before = keras.config.dtype_policy().name
    keras.config.set_dtype_policy(policy)
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.DepthwiseConv2D(3, padding="same"),
            Wide(8, 3, activation="relu", padding="same"),
            layers.BatchNormalization(),
            layers.Conv2D(num_classes, 1, dtype="float32"),
            layers.GlobalAveragePooling2D(dtype="float32"),
        ]
    )
    keras.config.set_dtype_policy(before)
    model.compile("adam", "mse", metrics=["mae"])
    return model
