# %% [markdown] answer={"fails": {"test_train": ""}}
# The number of epochs is written into the code.


# %% nbgrader={"grade_id": "train"}
def train(model, x, y, epochs, learning_rate):
    model.compile(
        keras.optimizers.SGD(learning_rate, momentum=0.9),
        keras.losses.SparseCategoricalCrossentropy(),
    )
    history = model.fit(x, y, batch_size=32, epochs=3, shuffle=True, verbose=0)
    return history.history["loss"]
