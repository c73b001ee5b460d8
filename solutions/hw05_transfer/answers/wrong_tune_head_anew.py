# %% [markdown] answer={"fails": {"test_fine_tune": "the head begins anew in the second phase, or"}}
# Builds another model for the second phase, with a new head.


# %% nbgrader={"grade_id": "fine_tune"}
def fine_tune(base, x, y, x_new, steps=(10, 5), rates=(0.5, 0.02)):
    weights = []
    for phase in (0, 1):
        base.trainable = phase == 1
        for layer in base.layers:
            if isinstance(layer, layers.BatchNormalization):
                layer.trainable = False
        head = layers.Dense(3, kernel_initializer="zeros")
        model = keras.Model(base.input, head(base.output))
        model.compile(
            keras.optimizers.SGD(rates[phase]),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            run_eagerly=True,
        )
        if phase == 0 or steps[1]:
            for _ in range(steps[phase]):
                model.train_on_batch(x, y)
            logits = model.predict(x_new, verbose=0)
        weights.append(base.get_weights())
    return *weights, logits
