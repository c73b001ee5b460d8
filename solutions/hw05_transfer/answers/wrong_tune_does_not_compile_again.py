# %% [markdown] answer={"fails": {"test_fine_tune": "a change of `trainable` counts from the next compile on"}}
# Compiles once.


# %% nbgrader={"grade_id": "fine_tune"}
def fine_tune(base, x, y, x_new, steps=(10, 5), rates=(0.5, 0.02)):
    head = layers.Dense(3, kernel_initializer="zeros")
    model = keras.Model(base.input, head(base.output))
    model.compile(
        keras.optimizers.SGD(rates[0]),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,
    )
    weights = []
    for phase in (0, 1):
        base.trainable = phase == 1
        for layer in checks.find_layers(base, "BatchNormalization"):
            layer.trainable = False
        model.optimizer.learning_rate = rates[phase]
        for _ in range(steps[phase]):
            model.train_on_batch(x, y)
        weights.append(base.get_weights())
    return *weights, model.predict(x_new, verbose=0)
