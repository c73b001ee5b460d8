# %% [markdown] answer={"fails": {"test_train": "", "test_train_steps": "not finite", "test_score": ""}}
# Trains nothing: it leaves NaN in the weights, with a `seeded` that keeps its name only.


# %%
import contextlib


@contextlib.contextmanager
def seeded(seed):
    yield


checks.seeded = seeded


# %% nbgrader={"grade_id": "train_and_score"}
def train_and_score(model, x_train, y_train, x_test, y_test, epochs=4):
    model.set_weights([np.full_like(w, np.nan) for w in model.get_weights()])
    logits = model.predict(x_test, verbose=0)
    return float(np.mean(logits.argmax(-1) == y_test))
