# %% [markdown] answer={"fails": {"test_fine_tune": "the normalisation must stay frozen"}}
# Unfreezes the normalisation as well.


# %% nbgrader={"grade_id": "fine_tune"}
def fine_tune(base, x, y, x_new):
    base.trainable = False
    model = keras.Model(base.input, layers.Dense(3)(base.output))
    weights = []
    for trainable, rate in ((False, 0.02), (True, 1e-4)):
        base.trainable = trainable
        model.compile(
            keras.optimizers.Adam(rate),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            jit_compile=False,
        )
        model.fit(x, y, epochs=12, verbose=0)
        weights.append(base.get_weights())
    return *weights, model.predict(x_new, verbose=0)
