# %% [markdown] answer={}
# Trains with a loop of its own on a gradient tape, and measures all gradients with one
# tape (TensorFlow).


# %%
import tensorflow as tf


# %% nbgrader={"grade_id": "gradient_norms"}
def gradient_norms(blocks, x):
    inputs = []
    with tf.GradientTape() as tape:
        h = tf.convert_to_tensor(x)
        tape.watch(h)
        for block in blocks:
            inputs.append(h)
            h = block(h)
        total = tf.reduce_sum(h)
    return [tf.norm(grad) for grad in tape.gradient(total, inputs)]


# %% nbgrader={"grade_id": "train_and_score"}
def train_and_score(model, x_train, y_train, x_test, y_test, epochs=4):
    optimizer = keras.optimizers.Adam(learning_rate=0.01)
    rng = np.random.default_rng(0)

    def step(x, y):
        with tf.GradientTape() as tape:
            logits = model(x, training=True)
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits)
            )
        grads = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(grads, model.trainable_variables))

    optimizer.build(model.trainable_variables)
    for _ in range(epochs):
        order = rng.permutation(len(x_train))
        for start in range(0, len(order), 32):
            chosen = order[start : start + 32]
            step(tf.constant(x_train[chosen]), tf.constant(y_train[chosen]))
    predicted = tf.argmax(model(x_test, training=False), axis=-1)
    return np.mean(predicted.numpy() == y_test)
