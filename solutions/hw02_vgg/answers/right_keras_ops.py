# %% [markdown] answer={}
# Layers with `keras.ops` and separate ReLU layers; a dense layer in place of the 1×1
# convolution, and a convolution as wide as its input in place of the first dense layer.


# %% nbgrader={"grade_id": "stack_of_3x3"}
def stack_of_3x3(x, filters, kernel_size):
    seen = 1
    while seen < kernel_size:
        x = layers.ZeroPadding2D(1)(x)
        x = layers.Conv2D(filters, (3, 3), kernel_initializer="he_uniform")(x)
        x = ops.relu(x)
        seen += 2
    return x


# %% nbgrader={"grade_id": "network"}
def network(column, input_shape):
    todo = list(reversed(read_column(column)))
    inputs = keras.Input(shape=input_shape)
    x = inputs
    flat = False
    while todo:
        kind, size, width = todo.pop()
        if kind == "conv" and size == 1:
            x = layers.Dense(width)(x)
        elif kind == "conv":
            x = layers.Conv2D(width, size, padding="same")(x)
        elif kind == "maxpool":
            x = ops.max_pool(x, 2, 2, padding="valid")
        elif kind == "FC":
            if flat:
                x = layers.Dense(width)(x)
            else:
                x = layers.Flatten()(layers.Conv2D(width, x.shape[1:3])(x))
            flat = True
        else:
            x = ops.softmax(x)
        more = any(entry[0] == "FC" for entry in todo)
        if kind == "conv" or (kind == "FC" and more):
            x = layers.ReLU()(x)
    return keras.Model(inputs, x)


# %% nbgrader={"grade_id": "train"}
def train(model, x, y, epochs, learning_rate):
    order = np.random.permutation(len(x))
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate, 0.9),
        loss="categorical_crossentropy",
    )
    found = model.fit(
        x[order], keras.utils.to_categorical(y[order]), 32, epochs, verbose=0
    )
    return np.array(found.history["loss"])
