# %% [markdown] answer={}
# SegNet's block as it is, with BatchNormalization at its defaults; ReLU as a layer.


# %% nbgrader={"grade_id": "mirror"}
def mirror(input_shape, num_classes, filters):
    x = inputs = keras.Input(input_shape)
    for f in filters:
        x = layers.Conv2D(f, 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.MaxPooling2D()(layers.ReLU()(x))
    for f in [*filters[-2::-1], filters[0]]:
        x = layers.UpSampling2D()(x)
        x = layers.Conv2D(f, 3, padding="same", activation=layers.ReLU())(x)
        x = layers.BatchNormalization()(x)
    return keras.Model(inputs, layers.Conv2D(num_classes, 1, use_bias=False)(x))
