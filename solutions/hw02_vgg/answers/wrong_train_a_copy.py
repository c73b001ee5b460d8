# %% [markdown] answer={"fails": {"test_train": "those before the training"}}
# Trains a copy, and leaves the model as it was.


# %% nbgrader={"grade_id": "train"}
def train(model, x, y, epochs, learning_rate):
    start = model
    model = keras.models.clone_model(start)
    model.set_weights(start.get_weights())
    model.compile(
        keras.optimizers.SGD(learning_rate, momentum=0.9),
        keras.losses.SparseCategoricalCrossentropy(),
    )
    history = model.fit(x, y, batch_size=32, epochs=epochs, shuffle=True, verbose=0)
    return history.history["loss"]
