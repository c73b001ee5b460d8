# %% [markdown] answer={"fails": {"test_transfer_frozen": "norm/gamma, norm/beta, mix/kernel, mix/bias"}}
# Takes `training=False` for freezing: it keeps the statistics, and no weights.


# %% nbgrader={"grade_id": "transfer_model"}
class Transfer(keras.Model):
    def __init__(self, base, num_classes):
        super().__init__()
        self.base = base
        self.head = layers.Dense(num_classes)

    def call(self, x):
        return self.head(self.base(x, training=False))


def transfer_model(base, num_classes):
    return Transfer(base, num_classes)
