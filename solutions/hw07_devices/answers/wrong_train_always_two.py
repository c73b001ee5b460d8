# %% [markdown] answer={"fails": {"test_train_losses": "how many replicas ran, and how many examples each, is [2, 6]; expected [4, 3]", "test_train_weights": ""}}
# Always two devices.


# %% nbgrader={"grade_id": "train"}
def train(x, y, batch_size, replicas, rate):
    strategy = make_strategy(2)
    with strategy.scope():
        model = make_model()
        optimizer = keras.optimizers.SGD(rate)
        optimizer.build(model.trainable_variables)

    def replica_step(x, y):
        with tf.GradientTape() as tape:
            loss = (
                tf.reduce_sum(example_losses(y, model(x, training=True))) / batch_size
            )
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        return loss

    @tf.function
    def step(x, y):
        return strategy.reduce("SUM", strategy.run(replica_step, (x, y)), axis=None)

    dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    batches = strategy.experimental_distribute_dataset(dataset)
    return [float(step(*batch)) for batch in batches], model.get_weights()
