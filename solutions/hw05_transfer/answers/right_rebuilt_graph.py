# %% [markdown] answer={}
# Hangs the head on the base's output; freezes layer by layer; counts through layers.


# %% nbgrader={"grade_id": "transfer_model"}
def transfer_model(base, num_classes):
    for layer in base.layers:
        layer.trainable = False
    return keras.Model(
        base.input, layers.Dense(num_classes, name="logits")(base.output)
    )


# %% nbgrader={"grade_id": "parameter_report"}
def parameter_report(model):
    def every(layer, thawed):
        thawed = thawed and layer.trainable
        inner = getattr(layer, "layers", None)
        if not inner:
            return [(layer, thawed)]
        return [x for child in inner for x in every(child, thawed)]

    report = dict.fromkeys(("trainable", "frozen", "statistics"), 0)
    for layer, thawed in every(model, True):
        for weight in layer.weights:
            if weight.name.startswith("moving"):
                report["statistics"] += weight.numpy().size
            elif thawed and weight.trainable:
                report["trainable"] += weight.numpy().size
            else:
                report["frozen"] += weight.numpy().size
    return report


# %% nbgrader={"grade_id": "unfreeze_last"}
def unfreeze_last(model, count):
    model.trainable = True
    for layer in model.layers:
        layer.trainable = False
    ready = [
        layer
        for layer in model.layers
        if layer.count_params() and type(layer).__name__ != "BatchNormalization"
    ]
    for layer in ready[max(len(ready) - count, 0) :]:
        layer.trainable = True


# %% nbgrader={"grade_id": "fine_tune"}
def fine_tune(base, x, y, x_new, steps=(10, 5), rates=(0.5, 0.02)):
    base.trainable = False
    zeros = keras.initializers.Zeros()
    outputs = layers.Dense(3, kernel_initializer=zeros)(base.output)
    model = keras.Model(base.input, outputs)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(rates[0]), loss, jit_compile=False)
    model.fit(x, y, len(x), steps[0], verbose=0)
    first = [w.copy() for w in base.get_weights()]
    base.trainable = True
    for layer in base.layers:
        if type(layer).__name__ == "BatchNormalization":
            layer.trainable = False
    model.compile(keras.optimizers.SGD(rates[1]), loss, jit_compile=False)
    model.fit(x, y, len(x), steps[1], verbose=0)
    return first, base.get_weights(), model.predict(x_new, verbose=0)


# %% nbgrader={"grade_id": "learn"}
def learn(base, x, y, x_new):
    from sklearn.linear_model import LogisticRegression

    features = base.predict(x, verbose=0)
    return (
        LogisticRegression(C=10)
        .fit(features, y)
        .predict(base.predict(x_new, verbose=0))
    )
