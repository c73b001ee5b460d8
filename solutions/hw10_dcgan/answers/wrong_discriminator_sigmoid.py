# %% [markdown] answer={"fails": {"test_discriminator": "these are probabilities, from a sigmoid"}}
# Ends in a sigmoid.


# %% nbgrader={"grade_id": "discriminator"}
def discriminator(shape, filters):
    inputs = x = keras.Input(shape)
    for width in (filters, 2 * filters):
        x = layers.Conv2D(width, 4, 2, "same")(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
    x = layers.Dense(1, activation="sigmoid")(layers.Flatten()(x))
    return keras.Model(inputs, x)
