# %% [markdown] answer={"fails": {"test_discriminator": "sizes are halved by pooling (the maximum)"}}
# Pools instead of striding.


# %% nbgrader={"grade_id": "discriminator"}
def discriminator(shape, filters):
    inputs = x = keras.Input(shape)
    for width in (filters, 2 * filters):
        x = layers.Conv2D(width, 4, padding="same")(x)
        x = layers.LeakyReLU(negative_slope=0.2)(layers.MaxPooling2D()(x))
    return keras.Model(inputs, layers.Dense(1)(layers.Flatten()(x)))
