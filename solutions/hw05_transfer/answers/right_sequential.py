# %% [markdown] answer={}
# Sequential models; one-hot labels; a nearest neighbour for the few labels.


# %% nbgrader={"grade_id": "transfer_model"}
def transfer_model(base, num_classes):
    base.trainable = False
    model = keras.Sequential(
        [keras.Input((12, 12, 1)), base, layers.Dense(num_classes)]
    )
    return model


# %% nbgrader={"grade_id": "parameter_report"}
def parameter_report(model):
    sizes = lambda weights: sum(int(np.prod(w.shape)) for w in weights)
    statistics = sizes(w for w in model.weights if "moving_" in w.name)
    trainable = sizes(model.trainable_weights)
    return {
        "statistics": statistics,
        "trainable": np.int64(trainable),
        "frozen": sizes(model.weights) - trainable - statistics,
    }


# %% nbgrader={"grade_id": "unfreeze_last"}
def unfreeze_last(model, count):
    model.trainable = True
    found = 0
    for layer in model.layers[::-1]:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False
        elif layer.get_weights():
            found += 1
            layer.trainable = found <= count
    return model


# %% nbgrader={"grade_id": "fine_tune"}
def fine_tune(base, x, y, x_new):
    base.trainable = False
    model = keras.Sequential([base, layers.Dense(3, "softmax")])
    hot = keras.utils.to_categorical(y, 3)
    model.compile(
        keras.optimizers.Adam(0.03), "categorical_crossentropy", jit_compile=False
    )
    model.fit(x, hot, epochs=12, verbose=0)
    first = base.get_weights()
    for layer in base.layers:
        layer.trainable = not isinstance(layer, layers.BatchNormalization)
    base._trainable = True
    model.compile(
        keras.optimizers.Adam(3e-5), "categorical_crossentropy", jit_compile=False
    )
    model.fit(x, hot, epochs=4, verbose=0)
    return first, base.get_weights(), np.log(model.predict(x_new, verbose=0) + 1e-9)


# %% nbgrader={"grade_id": "learn"}
def learn(base, x, y, x_new):
    a, b = (ops.convert_to_numpy(base(images, training=False)) for images in (x, x_new))
    return y[((b[:, None] - a[None]) ** 2).sum(-1).argmin(1)]
