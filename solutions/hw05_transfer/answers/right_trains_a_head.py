# %% [markdown] answer={}
# Trains a head on features for the few labels, and hands over the base otherwise.


# %% nbgrader={"grade_id": "transfer_model"}
def transfer_model(base, num_classes):
    base.trainable = False
    x = layers.Dropout(0.0)(base.output)
    return keras.Model(
        inputs=base.inputs[0], outputs=layers.Dense(num_classes, None)(x)
    )


# %% nbgrader={"grade_id": "learn"}
def learn(base, x, y, x_new):
    features = np.array(base(x))
    head = keras.Sequential(
        [
            keras.Input((8,)),
            layers.BatchNormalization(momentum=0.5),
            layers.Dense(int(y.max()) + 1),
        ]
    )
    head.compile(
        keras.optimizers.SGD(0.3),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,
    )
    # Forty times all examples in one epoch: epochs cost more than steps.
    many, labels = np.tile(features, (40, 1)), np.tile(y, 40)
    head.fit(many, labels, batch_size=len(x), shuffle=False, verbose=0)
    return np.argmax(head(np.array(base(x_new))), axis=1)
