# %% [markdown] answer={"fails": {"test_train": "with Nesterov's momentum"}}
# Nesterov's momentum.


# %% nbgrader={"grade_id": "train"}
def train(model, x, y, epochs, learning_rate):
    model.compile(
        keras.optimizers.SGD(learning_rate, momentum=0.9, nesterov=True),
        keras.losses.SparseCategoricalCrossentropy(),
    )
    history = model.fit(x, y, batch_size=32, epochs=epochs, shuffle=True, verbose=0)
    return history.history["loss"]
