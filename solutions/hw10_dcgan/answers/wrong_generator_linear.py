# %% [markdown] answer={"fails": {"test_generator": "there is no tanh at the end"}}
# No activation at the end.


# %% nbgrader={"grade_id": "generator"}
def generator(latent, shape, filters):
    height, width, channels = shape
    inputs = keras.Input((latent,))
    x = layers.Dense(height // 4 * (width // 4) * 2 * filters)(inputs)
    x = layers.Reshape((height // 4, width // 4, 2 * filters))(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2DTranspose(filters, 4, 2, "same")(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2DTranspose(
        channels, 4, 2, "same", kernel_initializer=keras.initializers.RandomNormal(0, 1)
    )(x)
    return keras.Model(inputs, x)
