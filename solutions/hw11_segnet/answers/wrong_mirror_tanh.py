# %% [markdown] answer={"fails": {"test_mirror_shape": "with large weights too: no logits", "test_mirror_learns": ""}}
# The outputs are between -1 and 1.


# %% nbgrader={"grade_id": "mirror"}
def mirror(input_shape, num_classes, filters):
    inputs = x = keras.Input(input_shape)
    for f in filters:
        x = layers.Conv2D(f, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D()(x)
    for f in filters[::-1]:
        x = layers.UpSampling2D()(x)
        x = layers.Conv2D(f, 3, padding="same", activation="relu")(x)
    return keras.Model(inputs, layers.Conv2D(num_classes, 1, activation="tanh")(x))
