# %% [markdown] answer={"fails": {"test_train": "compile()", "test_train_steps": "compile()", "test_score": "compile()"}}
# Calls `fit` without `compile`.


# %% nbgrader={"grade_id": "train_and_score"}
def train_and_score(model, x_train, y_train, x_test, y_test, epochs=4):
    model.fit(x_train, y_train, batch_size=32, epochs=epochs, verbose=0)
    logits = model.predict(x_test, verbose=0)
    return float(np.mean(np.argmax(logits, axis=-1) == y_test))
