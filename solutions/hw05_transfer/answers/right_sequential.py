# %% [markdown] answer={}
# Sequential models; one-hot labels; a nearest neighbour for the few labels.


# %% nbgrader={"grade_id": "transfer_model"}
def transfer_model(base, num_classes):
    base.trainable = False
    return keras.Sequential([base, layers.Dense(num_classes, use_bias=False)])


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
def fine_tune(base, x, y, x_new, steps=(10, 5), rates=(0.5, 0.02)):
    base.trainable = False
    model = keras.Sequential([base, layers.Dense(3, kernel_initializer="zeros")])
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    hot = keras.utils.to_categorical(y, 3)
    found = []
    for count, rate in zip(steps, rates, strict=True):
        model.compile(keras.optimizers.SGD(rate), loss, run_eagerly=True)
        model.fit(x, hot, batch_size=x.shape[0], epochs=count, verbose=0)
        found.append(tuple(base.get_weights()))
        base.trainable = True
        for layer in base.layers:
            layer.trainable = not isinstance(layer, layers.BatchNormalization)
    return [*found, model(x_new)]


# %% nbgrader={"grade_id": "learn"}
def learn(base, x, y, x_new):
    a, b = (ops.convert_to_numpy(base(images, training=False)) for images in (x, x_new))
    return y[((b[:, None] - a[None]) ** 2).sum(-1).argmin(1)]
