# %% [markdown] answer={"fails": {"test_fine_tune_first": "the steps are Adam's", "test_fine_tune_second": "the steps are Adam's", "test_fine_tune": "the steps are Adam's"}}
# Trains with Adam.


# %% nbgrader={"grade_id": "fine_tune"}
def fine_tune(base, x, y, x_new, steps=(10, 5), rates=(0.5, 0.02)):
    inputs = keras.Input(base.input_shape[1:])
    head = layers.Dense(3, kernel_initializer="zeros")
    model = keras.Model(inputs, head(base(inputs)))
    weights = []
    for phase in (0, 1):
        base.trainable = phase == 1
        for layer in base.layers:
            if isinstance(layer, layers.BatchNormalization):
                layer.trainable = False
        model.compile(
            keras.optimizers.Adam(rates[phase]),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            run_eagerly=True,
        )
        for _ in range(steps[phase]):
            model.train_on_batch(x, y)
        weights.append(base.get_weights())
    return *weights, model.predict(x_new, verbose=0)
