# %% [markdown] answer={"fails": {"test_discriminator": "the slope is Keras's default of 0.3"}}
# Keras's default slope of 0.3.


# %% nbgrader={"grade_id": "discriminator"}
def discriminator(shape, filters):
    inputs = x = keras.Input(shape)
    for width in (filters, 2 * filters):
        x = layers.LeakyReLU()(layers.Conv2D(width, 4, 2, "same")(x))
    return keras.Model(inputs, layers.Dense(1)(layers.Flatten()(x)))
