# %% [markdown] answer={"fails": {"test_fine_tune": "in the first phase these weights of the base moved"}}
# Trains everything from the start.


# %% nbgrader={"grade_id": "fine_tune"}
def fine_tune(base, x, y, x_new):
    base.get_layer("norm").trainable = False
    model = keras.Model(base.input, layers.Dense(3)(base.output))
    model.compile(
        keras.optimizers.Adam(1e-2),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,
    )
    model.fit(x, y, epochs=8, verbose=0)
    first = base.get_weights()
    model.fit(x, y, epochs=1, verbose=0)
    return first, base.get_weights(), model.predict(x_new, verbose=0)
