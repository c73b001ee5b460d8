# %% [markdown] answer={"fails": {"test_generator": "is ['3×3×2×1', '3×3×4×2', '3×8']"}}
# Upsampling and convolutions.


# %% nbgrader={"grade_id": "generator"}
def generator(latent, shape, filters):
    height, width, channels = shape
    inputs = keras.Input((latent,))
    x = layers.Dense(height // 4 * (width // 4) * 2 * filters)(inputs)
    x = layers.Reshape((height // 4, width // 4, 2 * filters))(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2D(filters, 3, padding="same")(layers.UpSampling2D()(x))
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2D(channels, 3, padding="same", activation="tanh")(
        layers.UpSampling2D()(x)
    )
    return keras.Model(inputs, x)
