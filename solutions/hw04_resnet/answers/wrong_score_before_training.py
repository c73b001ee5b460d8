# %% [markdown] answer={"fails": {"test_score": "train_and_score returned 1.000"}}
# Looks at the test images before it trains.


# %% nbgrader={"grade_id": "train_and_score"}
def train_and_score(model, x_train, y_train, x_test, y_test, epochs=4):
    model.compile(
        optimizer=keras.optimizers.Adam(0.01),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    logits = model.predict(x_test, verbose=0)
    model.fit(x_train, y_train, batch_size=32, epochs=epochs, verbose=0)
    return float(np.mean(np.argmax(logits, axis=-1) == y_test))
