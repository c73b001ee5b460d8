# %% [markdown] answer={"fails": {"test_network_values": "not finite", "test_network_softmax": "holds numbers that are not finite"}}
# The network's weights are NaN whenever it is asked for them, and what it puts out.


# %% nbgrader={"grade_id": "network"}
class Liar(keras.Model):
    def get_weights(self):
        return [np.full_like(w, np.nan) for w in super().get_weights()]

    def call(self, x, training=None, mask=None):
        return super().call(x) * np.nan


def network(column, input_shape):
    entries = read_column(column)
    last = max(i for i, (kind, _, _) in enumerate(entries) if kind == "FC")
    inputs = x = keras.Input(input_shape)
    for index, (kind, size, width) in enumerate(entries):
        if kind == "conv":
            x = layers.Conv2D(width, size, padding="same", activation="relu")(x)
        elif kind == "maxpool":
            x = layers.MaxPooling2D(2)(x)
        elif kind == "FC":
            activation = "relu" if index < last else None
            x = layers.Dense(width, activation)(layers.Flatten()(x))
        else:
            x = layers.Softmax()(x)
    return Liar(inputs, x)
