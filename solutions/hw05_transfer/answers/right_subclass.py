# %% [markdown] answer={}
# A model with its own `call`; steps by hand; labels as a tensor.


# %% nbgrader={"grade_id": "transfer_model"}
class Transfer(keras.Model):
    def __init__(self, base, num_classes):
        super().__init__()
        self.base = base
        self.base.trainable = False
        self.head = layers.Dense(num_classes)

    def call(self, x):
        return self.head(self.base(x, training=False))


def transfer_model(base, num_classes):
    return Transfer(base, num_classes)


# %% nbgrader={"grade_id": "fine_tune"}
def fine_tune(base, x, y, x_new, steps=(10, 5), rates=(0.5, 0.02)):
    head = layers.Dense(3, kernel_initializer="zeros")
    head.build(base.output_shape)
    hot = keras.ops.one_hot(y, 3)

    def loss():
        rows = ops.log_softmax(head(base(x, training=False)))
        return -ops.mean(ops.sum(hot * rows, axis=-1))

    def step(variables, rate):
        _, slopes = training.gradients(loss, variables)
        for variable, slope in zip(variables, slopes, strict=True):
            variable.assign(variable - rate * slope)

    for _ in range(steps[0]):
        step(head.trainable_weights, rates[0])
    first = base.get_weights()
    norms = [x for x in base.layers if isinstance(x, layers.BatchNormalization)]
    for norm in norms:
        norm.trainable = False
    for _ in range(steps[1]):
        step(base.trainable_weights + head.trainable_weights, rates[1])
    return first, base.get_weights(), head(base(x_new, training=False))


# %% nbgrader={"grade_id": "learn"}
def learn(base, x, y, x_new):
    features, new = base(x), base(x_new)
    gaps = ops.sum(ops.square(new[:, None] - features[None]), axis=-1)
    return ops.take(ops.convert_to_tensor(y), ops.argmin(gaps, axis=1))
