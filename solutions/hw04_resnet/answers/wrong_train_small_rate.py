# %% [markdown] answer={"fails": {"test_train": "", "test_train_steps": "most at [0, 0]: "}}
# Names the optimizer by a string, which has a rate of 0.001.


# %% nbgrader={"grade_id": "train_and_score"}
def train_and_score(model, x_train, y_train, x_test, y_test, epochs=4):
    model.compile(
        optimizer="adam",
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    model.fit(x_train, y_train, batch_size=32, epochs=epochs, verbose=0)
    logits = model.predict(x_test, verbose=0)
    return float(np.mean(np.argmax(logits, axis=-1) == y_test))
