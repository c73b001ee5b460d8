# %% [markdown] answer={"fails": {"test_score": "the score of 50 test images is"}}
# Returns what `evaluate` gives without metrics: the loss.


# %% nbgrader={"grade_id": "train_and_score"}
def train_and_score(model, x_train, y_train, x_test, y_test, epochs=4):
    model.compile(
        optimizer=keras.optimizers.Adam(0.01),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    model.fit(x_train, y_train, batch_size=32, epochs=epochs, verbose=0)
    return model.evaluate(x_test, y_test, verbose=0)
