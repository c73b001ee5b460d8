# %% [markdown] answer={"fails": {"test_discriminator": "all logits are 0: is there a normalisation?"}}
# Batch normalisation.


# %% nbgrader={"grade_id": "discriminator"}
def discriminator(shape, filters):
    inputs = x = keras.Input(shape)
    for width in (filters, 2 * filters):
        x = layers.BatchNormalization()(layers.Conv2D(width, 4, 2, "same")(x))
        x = layers.LeakyReLU(negative_slope=0.2)(x)
    return keras.Model(inputs, layers.Dense(1)(layers.Flatten()(x)))
