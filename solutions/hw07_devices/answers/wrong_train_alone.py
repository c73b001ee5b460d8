# %% [markdown] answer={"fails": {"test_train_losses": "", "test_train_weights": ""}}
# Hands the work to the given function, which uses one device.


# %% nbgrader={"grade_id": "train"}
def train(x, y, batch_size, replicas, rate):
    return train_alone(x, y, batch_size, rate)
