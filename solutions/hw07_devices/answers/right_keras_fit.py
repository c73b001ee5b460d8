# %% [markdown] answer={}
# Lets Keras train: `train_on_batch` of a compiled model under the strategy.


# %% nbgrader={"grade_id": "train"}
def train(x, y, batch_size, replicas, rate):
    strategy = make_strategy(replicas)
    with strategy.scope():
        model = make_model()
        model.compile(
            keras.optimizers.SGD(rate),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            jit_compile=False,
        )
    losses = []

    class Note(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            rows = slice(batch * batch_size, (batch + 1) * batch_size)
            logits = self.model(x[rows])
            losses.append(float(tf.reduce_mean(example_losses(y[rows], logits))))

    data = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    model.fit(data, epochs=1, shuffle=False, verbose=0, callbacks=[Note()])
    return losses, model.get_weights()


# %% nbgrader={"grade_id": "learning_rate"}
def learning_rate(step, rate, devices, warmup_steps):
    share = 1.0 if step >= warmup_steps else step / warmup_steps
    return (1 - share) * rate + share * rate * devices
