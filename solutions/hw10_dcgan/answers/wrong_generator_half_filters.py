# %% [markdown] answer={"fails": {"test_generator": "is ['3×4', '4×4×1×1', '4×4×1×2']"}}
# Half as many filters in all layers.


# %% nbgrader={"grade_id": "generator"}
def generator(latent, shape, filters):
    height, width, channels = shape
    inputs = keras.Input((latent,))
    x = layers.Dense(height // 4 * (width // 4) * 2 * (filters // 2))(inputs)
    x = layers.Reshape((height // 4, width // 4, 2 * (filters // 2)))(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2DTranspose((filters // 2), 4, 2, "same")(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2DTranspose(channels, 4, 2, "same")(x)
    return keras.Model(inputs, layers.Activation("tanh")(x))
