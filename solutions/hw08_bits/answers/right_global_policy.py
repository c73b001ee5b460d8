# %% [markdown] answer={}
# The global policy while the model is made, so that `compile` scales the loss by itself;
# a class of one's own, whose last layer is made first.


# %% nbgrader={"grade_id": "classifier"}
class Classifier(keras.Model):
    def __init__(self, num_classes):
        super().__init__()
        self.last = layers.Dense(num_classes, dtype="float32")
        self.flat = layers.Flatten()
        self.first = layers.Dense(16, activation=layers.LeakyReLU(0.1))

    def call(self, x):
        return self.last(self.first(self.flat(x)))


def classifier(input_shape, num_classes, policy):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        model = Classifier(num_classes)
        model.compile("sgd")
    finally:
        keras.config.set_dtype_policy(before)
    return model
