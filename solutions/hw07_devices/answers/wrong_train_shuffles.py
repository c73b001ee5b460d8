# %% [markdown] answer={"fails": {"test_train_losses": "", "test_train_weights": ""}}
# Shuffles the examples first.


# %% nbgrader={"grade_id": "train"}
def train(x, y, batch_size, replicas, rate):
    order = np.random.default_rng(1).permutation(len(x))
    losses, weights = train_alone(x[order], y[order], batch_size, rate)
    return losses, weights
