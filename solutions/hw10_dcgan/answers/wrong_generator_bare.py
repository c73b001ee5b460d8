# %% [markdown] answer={"fails": {"test_generator": "there is no normalisation"}}
# No normalisation.


# %% nbgrader={"grade_id": "generator"}
def generator(latent, shape, filters):
    height, width, channels = shape
    inputs = keras.Input((latent,))
    x = layers.Dense(height // 4 * (width // 4) * 2 * filters, "relu")(inputs)
    x = layers.Reshape((height // 4, width // 4, 2 * filters))(x)
    x = layers.Conv2DTranspose(filters, 4, 2, "same", activation="relu")(x)
    x = layers.Conv2DTranspose(channels, 4, 2, "same", activation="tanh")(x)
    return keras.Model(inputs, x)
