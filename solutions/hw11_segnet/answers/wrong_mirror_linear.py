# %% [markdown] answer={"fails": {"test_mirror_learns": "% of the pixels of new scenes are right"}}
# A linear map: no activations, and means for maxima.


# %% nbgrader={"grade_id": "mirror"}
def mirror(input_shape, num_classes, filters):
    inputs = x = keras.Input(input_shape)
    for f in filters:
        x = layers.Conv2D(f, 3, padding="same")(x)
        x = layers.AveragePooling2D(2)(x)
    for f in filters[::-1]:
        x = layers.UpSampling2D()(x)
        x = layers.Conv2D(f, 3, padding="same")(x)
    return keras.Model(inputs, layers.Conv2D(num_classes, 1)(x))
