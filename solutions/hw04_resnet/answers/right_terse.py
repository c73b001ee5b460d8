# %% [markdown] answer={}
# As short as it gets: loops over lists, a dense layer for a 1×1 convolution, slices for
# the projection's stride, NumPy scalars for results.


# %% nbgrader={"grade_id": "needs_projection"}
def needs_projection(channels, filters, strides=1):
    return np.bool_((channels, strides) != (4 * filters, 1))


# %% nbgrader={"grade_id": "bottleneck"}
def bottleneck(x, filters, strides=1):
    f = filters
    norm, y = layers.BatchNormalization, x
    for n, k, s in (f, 1, 1), (f, 3, strides), (4 * f, 1, 1):
        y = norm()(layers.Conv2D(n, k, s, "same", use_bias=False)(y))
        y = y if n == 4 * f else ops.relu(y)
    if y.shape[1:] != x.shape[1:]:
        x = norm()(layers.Dense(4 * f, use_bias=False)(x[:, ::strides, ::strides]))
    return ops.relu(x + y)


# %% nbgrader={"grade_id": "preact_block"}
def preact_block(x, filters, strides=1):
    y = x
    for s in (strides, 1):
        y = ops.relu(layers.BatchNormalization()(y))
        y = layers.Conv2D(filters, 3, s, "same", use_bias=False)(y)
    if y.shape != x.shape:
        x = layers.Dense(filters, use_bias=False)(x[:, ::strides, ::strides])
    return x + y


# %% nbgrader={"grade_id": "stage"}
def stage(x, block, widths, strides=1):
    for filters in widths:
        x, strides = block(x, filters, strides), 1
    return x


# %% nbgrader={"grade_id": "network"}
def network(config, block, input_shape=(28, 28, 1), num_classes=10):
    model = [keras.Input(input_shape)]
    x = layers.Conv2D(config[0][0][0], 3, 1, "same", use_bias=False)(model[0])
    for stage_config in config:
        x = stage(x, block, *stage_config)
    x = layers.BatchNormalization()(x)
    x = layers.GlobalAvgPool2D()(layers.ReLU()(x))
    return keras.Model(model, layers.Dense(num_classes)(x))


# %% nbgrader={"grade_id": "gradient_norms"}
def gradient_norms(blocks, x):
    if not blocks:
        return ()
    rest = gradient_norms(blocks[1:], ops.convert_to_numpy(blocks[0](x)))
    whole = checks.gradient(keras.Sequential(blocks), x)
    return (np.linalg.norm(whole), *rest)


# %% nbgrader={"grade_id": "train_and_score"}
def train_and_score(model, x_train, y_train, x_test, y_test, epochs=4):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"])
    model.fit(x_train, y_train, 32, epochs, verbose=0)
    return model.evaluate(x_test, y_test, verbose=0)[1]
