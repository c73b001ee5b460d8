# %% [markdown] answer={"fails": {"test_fine_tune": "did not move: a change of `trainable` counts from the next compile on"}}
# Compiles once.


# %% nbgrader={"grade_id": "fine_tune"}
def fine_tune(base, x, y, x_new):
    base.trainable = False
    model = keras.Model(base.input, layers.Dense(3)(base.output))
    model.compile(
        keras.optimizers.Adam(0.02),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,
    )
    model.fit(x, y, epochs=15, verbose=0)
    first = base.get_weights()
    model.optimizer.learning_rate = 1e-4
    for layer in base.layers:
        layer.trainable = not isinstance(layer, layers.BatchNormalization)
    model.fit(x, y, epochs=3, verbose=0)
    return first, base.get_weights(), model.predict(x_new, verbose=0)
