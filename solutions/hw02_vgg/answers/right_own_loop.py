# %% [markdown] answer={}
# Trains with a gradient tape and momentum by hand (TensorFlow); rates by a running
# best.


# %%
import tensorflow as tf


# %% nbgrader={"grade_id": "learning_rates"}
def learning_rates(accuracies, start=0.01):
    rates, rate, best = [], start, None
    for accuracy in accuracies:
        rates.append(rate)
        if best is not None and accuracy <= best:
            rate = rate * 0.1
        else:
            best = accuracy
    return (*rates, rate)


# %% nbgrader={"grade_id": "train"}
def train(model, x, y, epochs, learning_rate):
    speed = [tf.Variable(tf.zeros_like(v.value)) for v in model.trainable_variables]
    rng = np.random.default_rng(5)

    @tf.function
    def step(images, labels):
        with tf.GradientTape() as tape:
            p = model(images, training=True)
            right = tf.gather(p, labels, axis=1, batch_dims=1)
            losses = -tf.math.log(right + 1e-7)
            loss = tf.reduce_mean(losses)
        variables = [v.value for v in model.trainable_variables]
        for v, s, g in zip(variables, speed, tape.gradient(loss, variables)):
            s.assign(0.9 * s - learning_rate * g)
            v.assign_add(s)
        return tf.reduce_sum(losses)

    history = []
    for _ in range(epochs):
        order = rng.permutation(len(x))
        total = 0.0
        for start in range(0, len(x), 32):
            chosen = order[start : start + 32]
            total += float(step(tf.constant(x[chosen]), tf.constant(y[chosen])))
        history.append(total / len(x))
    return history
