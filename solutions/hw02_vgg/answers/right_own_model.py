# %% [markdown] answer={}
# A model with its own `call`, layers made first and called in another order; a loop
# that takes the mean over batches.


# %%
class VGG(keras.Model):
    def __init__(self, column):
        super().__init__()
        self.steps = []
        entries = read_column(column)
        dense = [i for i, (kind, _, _) in enumerate(entries) if kind == "FC"]
        for i in reversed(range(len(entries))):
            kind, size, width = entries[i]
            if kind == "conv":
                made = [layers.Conv2D(width, size, padding="same"), layers.ReLU()]
            elif kind == "maxpool":
                made = [layers.MaxPooling2D()]
            elif kind == "FC":
                made = [layers.Dense(width)] + [layers.ReLU()] * (i != dense[-1])
                made = [layers.Flatten()] * (i == dense[0]) + made
            else:
                made = [layers.Softmax()]
            self.steps = made + self.steps

    def call(self, x):
        for step in self.steps:
            x = step(x)
        return x


# %% nbgrader={"grade_id": "network"}
def network(column, input_shape):
    return VGG(column)


# %% nbgrader={"grade_id": "stack_of_3x3"}
def stack_of_3x3(x, filters, kernel_size):
    count = (kernel_size - 1) // 2
    stack = [layers.Conv2D(filters, 3, padding="same") for _ in range(count)]
    for conv in stack[::-1]:
        x = layers.Activation(keras.activations.relu)(conv(x))
    return x


# %% nbgrader={"grade_id": "field_and_stride"}
def field_and_stride(stack):
    # Floats, and a namesake of a pair.
    field = 1.0 + sum(
        (size - 1) * np.prod([step for _, step in stack[:place]])
        for place, (size, _) in enumerate(stack)
    )
    return [field, np.prod([step for _, step in stack])]


# %% nbgrader={"grade_id": "saving"}
def saving(kernel_size, channels, filters):
    rest = (kernel_size - 1) / 2 - 1
    return float(
        (kernel_size**2 - 9) * channels * filters - rest * (9 * filters + 1) * filters
    )


# %%
from layerwise import training


# %% nbgrader={"grade_id": "train"}
def train(model, x, y, epochs, learning_rate):
    optimizer = keras.optimizers.SGD(learning_rate, momentum=0.9)
    rng, losses = np.random.default_rng(), []
    for _ in range(epochs):
        order, found = rng.permutation(len(x)), []
        for start in range(0, len(x), 32):
            chosen = order[start : start + 32]

            def loss_of_batch():
                entropy = ops.sparse_categorical_crossentropy(
                    y[chosen], model(x[chosen], training=True)
                )
                return ops.mean(entropy)

            loss, slopes = training.gradients(loss_of_batch, model.trainable_variables)
            optimizer.apply(slopes, model.trainable_variables)
            found.append(float(loss))
        losses.append(np.mean(found))
    return losses
