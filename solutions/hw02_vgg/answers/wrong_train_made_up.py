# %% [markdown] answer={"fails": {"test_train": ""}}
# Trains, and returns a list that falls.


# %% nbgrader={"grade_id": "train"}
def train(model, x, y, epochs, learning_rate):
    model.compile(
        keras.optimizers.SGD(learning_rate, momentum=0.9),
        keras.losses.SparseCategoricalCrossentropy(),
    )
    model.fit(x, y, batch_size=32, epochs=epochs, shuffle=True, verbose=0)
    return [1.1 * 0.8**epoch for epoch in range(epochs)]
