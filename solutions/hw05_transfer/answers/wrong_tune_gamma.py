# %% [markdown] answer={"fails": {"test_fine_tune_second": "γ and β of the normalisation are trained", "test_fine_tune": "γ and β of the normalisation are trained"}}
# Keeps the statistics by `training=False`, and trains γ and β.


# %% nbgrader={"grade_id": "fine_tune"}
def fine_tune(base, x, y, x_new, steps=(10, 5), rates=(0.5, 0.02)):
    head = layers.Dense(3, kernel_initializer="zeros")
    head.build(base.output_shape)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    weights = []
    for phase in (0, 1):
        optimizer = keras.optimizers.SGD(rates[phase])
        variables = head.trainable_variables
        variables = variables + (base.trainable_variables if phase else [])
        for _ in range(steps[phase]):
            _, slopes = training.gradients(
                lambda: loss(y, head(base(x, training=False))), variables
            )
            optimizer.apply(slopes, variables)
        weights.append(base.get_weights())
    return *weights, head(base(x_new))
