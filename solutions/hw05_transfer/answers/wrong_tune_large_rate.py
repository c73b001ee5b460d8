# %% [markdown] answer={"fails": {"test_fine_tune": "the learning rate is too large for features that are good already"}}
# Keeps the rate of the first phase.


# %% nbgrader={"grade_id": "fine_tune"}
def fine_tune(base, x, y, x_new):
    base.trainable = False
    model = keras.Model(base.input, layers.Dense(3)(base.output))
    weights = []
    for trainable in (False, True):
        base.trainable = trainable
        base.get_layer("norm").trainable = False
        model.compile(
            keras.optimizers.Adam(0.05),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            jit_compile=False,
        )
        model.fit(x, y, epochs=15, verbose=0)
        weights.append(base.get_weights())
    return *weights, model.predict(x_new, verbose=0)
