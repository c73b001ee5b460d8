# %% [markdown] answer={}
# Closed forms; a butterfly by reshaping; training by hand without the optimizer.


# %% nbgrader={"grade_id": "average"}
def average(gradients, counts):
    counts = np.array(counts)
    used = np.flatnonzero(counts)
    weights = counts[used] / counts.sum()
    return [
        np.tensordot(weights, np.stack([gradients[d][k] for d in used]), 1)
        for k in range(len(gradients[0]))
    ]


# %% nbgrader={"grade_id": "butterfly"}
def exchange(values, r):
    stacked = np.stack(values)
    partners = np.arange(len(values)) ^ (1 << r)
    return list(stacked + stacked[partners])


def all_reduce(values):
    rounds = math.log2(len(values))
    if rounds != int(rounds):
        raise ValueError("not a power of two")
    for r in range(int(rounds)):
        values = exchange(values, r)
    return [np.array(value) for value in values]


# %% nbgrader={"grade_id": "replica_loss"}
def replica_loss(losses, global_batch_size, penalty, replicas):
    return sum(float(loss) / global_batch_size for loss in losses) + penalty / replicas


# %% nbgrader={"grade_id": "costs"}
def step_seconds(
    devices, images, seconds_per_image, gradient_bytes, latency, bandwidth
):
    most = -(-images // devices)
    rounds = 0
    while 2**rounds < devices:
        rounds += 1
    return (
        most * seconds_per_image
        + rounds * latency
        + rounds * gradient_bytes / bandwidth
    )


def devices_for(serial, target):
    if serial > 0 and target >= 1 / serial and target > 1:
        return None
    n = 1
    while 1 / (serial + (1 - serial) / n) < target * (1 - 1e-12):
        n += 1
    return n


# %% nbgrader={"grade_id": "learning_rate"}
def learning_rate(step, rate, devices, warmup_steps):
    if warmup_steps == 0:
        return devices * rate
    return float(np.interp(step, [0, warmup_steps], [rate, rate * devices]))


# %% nbgrader={"grade_id": "train"}
def train(x, y, batch_size, replicas, rate):
    strategy = make_strategy(replicas)
    with strategy.scope():
        model = make_model()

    def on_replica(x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(example_losses(y, model(x))) / batch_size
        gradients = tape.gradient(loss, model.trainable_variables)
        context = tf.distribute.get_replica_context()
        summed = context.all_reduce(tf.distribute.ReduceOp.SUM, gradients)
        for variable, gradient in zip(model.trainable_variables, summed):
            variable.value.assign_sub(rate * gradient)
        return loss

    @tf.function
    def step(batch):
        return strategy.reduce(
            tf.distribute.ReduceOp.SUM, strategy.run(on_replica, batch), None
        )

    data = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size, True)
    losses = []
    for batch in strategy.experimental_distribute_dataset(data):
        losses.append(step(batch).numpy())
    return np.array(losses), [w.numpy() for w in model.trainable_variables]
