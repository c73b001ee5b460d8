# %% [markdown] answer={"fails": {"test_score": "it is the accuracy on the training images"}}
# Measures the accuracy on what it was trained on.


# %% nbgrader={"grade_id": "train_and_score"}
def train_and_score(model, x_train, y_train, x_test, y_test, epochs=4):
    model.compile(
        optimizer=keras.optimizers.Adam(0.01),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    model.fit(x_train, y_train, batch_size=32, epochs=epochs, verbose=0)
    logits = model.predict(x_train, verbose=0)
    return float(np.mean(np.argmax(logits, axis=-1) == y_train))
