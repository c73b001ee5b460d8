# %% [markdown] answer={"fails": {"test_train": "they are sums over images"}}
# The loss is summed over the images in what is returned.


# %% nbgrader={"grade_id": "train"}
def train(model, x, y, epochs, learning_rate):
    model.compile(
        keras.optimizers.SGD(learning_rate, momentum=0.9),
        keras.losses.SparseCategoricalCrossentropy(),
    )
    history = model.fit(x, y, batch_size=32, epochs=epochs, shuffle=True, verbose=0)
    return [loss * len(x) for loss in history.history["loss"]]
