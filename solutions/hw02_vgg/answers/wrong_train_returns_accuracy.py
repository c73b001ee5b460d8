# %% [markdown] answer={"fails": {"test_train": "24 images[0] is 0.25; expected 1.10128"}}
# Returns the accuracy of each epoch for its loss.


# %% nbgrader={"grade_id": "train"}
def train(model, x, y, epochs, learning_rate):
    model.compile(
        keras.optimizers.SGD(learning_rate, momentum=0.9),
        keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
    )
    history = model.fit(x, y, batch_size=32, epochs=epochs, shuffle=True, verbose=0)
    return history.history["accuracy"]
