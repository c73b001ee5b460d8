# %% [markdown] answer={"fails": {"test_discriminator": "a ReLU lets nothing negative through"}}
# ReLU.


# %% nbgrader={"grade_id": "discriminator"}
def discriminator(shape, filters):
    inputs = x = keras.Input(shape)
    for width in (filters, 2 * filters):
        x = layers.Conv2D(width, 4, 2, "same", activation="relu")(x)
    return keras.Model(inputs, layers.Dense(1)(layers.Flatten()(x)))
