# %% [markdown] answer={"fails": {"test_fine_tune": "the logits are right for"}}
# Gives the first phase the small rate too.


# %% nbgrader={"grade_id": "fine_tune"}
def fine_tune(base, x, y, x_new):
    base.trainable = False
    model = keras.Model(base.input, layers.Dense(3)(base.output))
    weights = []
    for trainable in (False, True):
        base.trainable = trainable
        base.get_layer("norm").trainable = False
        model.compile(
            keras.optimizers.Adam(1e-5),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            jit_compile=False,
        )
        model.fit(x, y, epochs=2, verbose=0)
        weights.append(base.get_weights())
    return *weights, model.predict(x_new, verbose=0)
