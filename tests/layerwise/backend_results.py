"""What each switch of `layerwise.backends` gives on the backend of this process."""

import keras
import numpy as np
from keras import layers, ops

from layerwise import backends

X = np.array([[1.0, 2.0], [3.0, -4.0], [0.0, 1.0]], "float32")


def measure():
    """Uses each switch whose result is a number; returns named arrays."""
    found = {}

    def keep(name, tensors):
        for index, tensor in enumerate(tensors):
            found[f"{name} {index}"] = ops.convert_to_numpy(tensor)

    x = ops.convert_to_tensor(X)
    table, unused = keras.Variable(X), keras.Variable([5.0, 6.0])

    def fn(x, y):
        # A gather, and something that is not differentiated beside the scalar.
        return ops.sum(x**2 * ops.take(table, [0, 0, 0], axis=0)), ops.max(x)

    value, slopes = backends.differentiate(fn, [x, ops.ones(3)], [table, unused])
    keep("value", value)
    keep("slope", slopes)

    norm = layers.BatchNormalization(momentum=0.5)
    norm.build(X.shape)
    count = keras.Variable(0.0)

    def step(x):
        count.assign_add(1)
        value, slopes = backends.differentiate(
            lambda: ops.sum(norm(x, training=True) ** 3), variables=[norm.gamma]
        )
        norm.gamma.assign_sub(0.1 * slopes[0])
        return value

    compiled = backends.compiled(step, [*norm.variables, count, count])
    keep("steps", [compiled(X) for _ in range(2)])
    norm.gamma.assign([1.0, 1.0])  # seen by the next call
    keep("another step", [compiled(X[:1])])
    keep("norm", norm.get_weights())
    keep("count", [count])
    keep("forward", [backends.forward(norm)(x)])
    keep("forward of a list", [backends.forward(layers.Add())([x, x])])
    return found
