# %% [markdown] answer={"fails": {"test_train_steps": "most at [0, 2]"}}
# Trains on the test images too.


# %% nbgrader={"grade_id": "train_and_score"}
def train_and_score(model, x_train, y_train, x_test, y_test, epochs=4):
    model.compile(
        optimizer=keras.optimizers.Adam(0.01),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    x = np.concatenate([x_train, x_test])
    y = np.concatenate([y_train, y_test])
    model.fit(x, y, batch_size=32, epochs=epochs, verbose=0)
    logits = model.predict(x_test, verbose=0)
    return float(np.mean(np.argmax(logits, axis=-1) == y_test))
