# %% [markdown] answer={"fails": {"test_network_weights": "is [0, 0]", "test_network_values": "", "test_network_softmax": ""}}
# The network says that it has no weights.


# %% nbgrader={"grade_id": "network"}
class Empty(keras.Model):
    def __init__(self, width):
        super().__init__()
        self.width = width

    def get_weights(self):
        return []

    def set_weights(self, weights):
        pass

    def call(self, x, training=None):
        return ops.ones((len(x), self.width)) / self.width


def network(column, input_shape):
    return Empty([width for kind, _, width in read_column(column) if kind == "FC"][-1])
