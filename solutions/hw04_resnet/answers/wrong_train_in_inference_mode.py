# %% [markdown] answer={"fails": {"test_train": "the network was not trained in training mode"}}
# A loop of its own that calls the model as ever: normalisations do not see that it
# trains (TensorFlow).


# %%
import tensorflow as tf


# %% nbgrader={"grade_id": "train_and_score"}
def train_and_score(model, x_train, y_train, x_test, y_test, epochs=4):
    optimizer = keras.optimizers.Adam(0.01)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer.build(model.trainable_variables)

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = loss_fn(y, model(x))
        grads = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(grads, model.trainable_variables)

    for _ in range(epochs):
        order = np.random.permutation(len(x_train))
        for start in range(0, len(order), 32):
            chosen = order[start : start + 32]
            step(tf.constant(x_train[chosen]), tf.constant(y_train[chosen]))
    logits = ops.convert_to_numpy(model(x_test))
    return float(np.mean(logits.argmax(-1) == y_test))
