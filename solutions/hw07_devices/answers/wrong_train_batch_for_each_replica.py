# %% [markdown] answer={"fails": {"test_train_losses": "has 2 entries; expected 3", "test_train_weights": ""}}
# Takes batch_size for that of each replica.


# %% nbgrader={"grade_id": "train"}
def train(x, y, batch_size, replicas, rate):
    strategy = make_strategy(replicas)
    with strategy.scope():
        model = make_model()
        optimizer = keras.optimizers.SGD(rate)
        optimizer.build(model.trainable_variables)
    whole = batch_size * replicas

    def replica_step(x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(example_losses(y, model(x, training=True))) / whole
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        return loss

    @tf.function
    def step(x, y):
        return strategy.reduce("SUM", strategy.run(replica_step, (x, y)), axis=None)

    dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(whole)
    batches = strategy.experimental_distribute_dataset(dataset)
    return [float(step(*batch)) for batch in batches], model.get_weights()
