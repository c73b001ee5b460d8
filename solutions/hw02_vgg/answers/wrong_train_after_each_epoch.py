# %% [markdown] answer={"fails": {"test_train": "they are those after each epoch"}}
# Measures the loss after each epoch.


# %% nbgrader={"grade_id": "train"}
def train(model, x, y, epochs, learning_rate):
    model.compile(
        keras.optimizers.SGD(learning_rate, momentum=0.9),
        keras.losses.SparseCategoricalCrossentropy(),
    )
    losses = []
    for _ in range(epochs):
        model.fit(x, y, batch_size=32, shuffle=True, verbose=0)
        losses.append(model.evaluate(x, y, verbose=0))
    return losses
