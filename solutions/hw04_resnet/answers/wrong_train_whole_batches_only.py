# %% [markdown] answer={"fails": {"test_train_steps": "as far as 6 steps of Adam do; expected 9 steps"}}
# Leaves out the last batch of an epoch, which is smaller.


# %% nbgrader={"grade_id": "train_and_score"}
def train_and_score(model, x_train, y_train, x_test, y_test, epochs=4):
    model.compile(
        optimizer=keras.optimizers.Adam(0.01),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    whole = len(x_train) // 32 * 32 or len(x_train)
    x_train, y_train = x_train[:whole], y_train[:whole]
    model.fit(x_train, y_train, batch_size=32, epochs=epochs, verbose=0)
    logits = model.predict(x_test, verbose=0)
    return float(np.mean(np.argmax(logits, axis=-1) == y_test))
