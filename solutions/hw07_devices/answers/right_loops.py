# %% [markdown] answer={}
# Plain loops; `train` without `tf.function`, with Keras's own loss class.


# %% nbgrader={"grade_id": "average"}
def average(gradients, counts):
    result = None
    for part, count in zip(gradients, counts):
        if count == 0:
            continue
        part = [count * array for array in part]
        result = part if result is None else [a + b for a, b in zip(result, part)]
    return [array / sum(counts) for array in result]


# %% nbgrader={"grade_id": "butterfly"}
def exchange(values, r):
    after = [value.copy() for value in values]
    for i in range(len(values)):
        for j in range(len(values)):
            if i ^ j == 2**r:
                after[i] += values[j]
    return after


def all_reduce(values):
    n = len(values)
    if n == 1:
        return [values[0].copy()]
    if n % 2:
        raise ValueError(f"{n} devices")
    # Each half for itself, then the two with each other.
    low, high = all_reduce(values[: n // 2]), all_reduce(values[n // 2 :])
    return [a + b for a, b in zip(low + high, high + low)]


# %% nbgrader={"grade_id": "costs"}
def step_seconds(
    devices, images, seconds_per_image, gradient_bytes, latency, bandwidth
):
    full = max(len(part) for part in np.array_split(np.arange(images), devices))
    rounds = int(np.ceil(np.log2(devices)))
    return full * seconds_per_image + rounds * (latency + gradient_bytes / bandwidth)


def devices_for(serial, target):
    if target == 1:
        return 1
    if serial * target >= 1:
        return None
    exact = target * (1 - serial) / (1 - serial * target)
    return round(exact) if abs(exact - round(exact)) < 1e-6 else math.ceil(exact)


# %% nbgrader={"grade_id": "train"}
def train(x, y, batch_size, replicas, rate):
    strategy = make_strategy(replicas)
    with strategy.scope():
        model = make_model()
        optimizer = keras.optimizers.SGD(learning_rate=rate)
        loss_fn = keras.losses.SparseCategoricalCrossentropy(
            from_logits=True, reduction="none"
        )

    @tf.function
    def step(x, y):
        def inside(x, y):
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum(loss_fn(y, model(x, training=True))) / batch_size
            optimizer.apply_gradients(
                zip(
                    tape.gradient(loss, model.trainable_weights),
                    model.trainable_weights,
                )
            )
            return loss

        return strategy.run(inside, args=(x, y))

    losses = []
    data = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    for x, y in strategy.experimental_distribute_dataset(data):
        parts = strategy.experimental_local_results(step(x, y))
        losses.append(float(sum(parts)))
    return losses, model.get_weights()
