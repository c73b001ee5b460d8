# %% [markdown] answer={"fails": {"test_discriminator": "kernels of discriminator((8, 12, 1), 2) is ['12×1'"}}
# The second convolution has no more filters than the first.


# %% nbgrader={"grade_id": "discriminator"}
def discriminator(shape, filters):
    inputs = x = keras.Input(shape)
    for _ in range(2):
        x = layers.LeakyReLU(negative_slope=0.2)(
            layers.Conv2D(filters, 4, 2, "same")(x)
        )
    return keras.Model(inputs, layers.Dense(1)(layers.Flatten()(x)))
