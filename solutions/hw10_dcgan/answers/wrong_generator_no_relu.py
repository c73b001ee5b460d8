# %% [markdown] answer={"fails": {"test_generator": "there is no ReLU"}}
# Normalisations without ReLU.


# %% nbgrader={"grade_id": "generator"}
def generator(latent, shape, filters):
    height, width, channels = shape
    inputs = keras.Input((latent,))
    x = layers.Dense(height // 4 * (width // 4) * 2 * filters)(inputs)
    x = layers.Reshape((height // 4, width // 4, 2 * filters))(x)
    x = layers.BatchNormalization()(x)
    x = layers.Conv2DTranspose(filters, 4, 2, "same")(x)
    x = layers.BatchNormalization()(x)
    x = layers.Conv2DTranspose(channels, 4, 2, "same")(x)
    return keras.Model(inputs, layers.Activation("tanh")(x))
