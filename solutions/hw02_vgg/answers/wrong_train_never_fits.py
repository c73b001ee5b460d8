# %% [markdown] answer={"fails": {"test_train": "nothing was trained"}}
# Compiles, evaluates, and never fits.


# %% nbgrader={"grade_id": "train"}
def train(model, x, y, epochs, learning_rate):
    model.compile(
        keras.optimizers.SGD(learning_rate, momentum=0.9),
        "sparse_categorical_crossentropy",
    )
    return [model.evaluate(x, y, verbose=0) for _ in range(epochs)]
