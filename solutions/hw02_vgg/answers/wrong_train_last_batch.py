# %% [markdown] answer={"fails": {"test_train": "each epoch's last batch"}}
# Each epoch's loss is that of its last batch.


# %%
from layerwise import training


# %% nbgrader={"grade_id": "train"}
def train(model, x, y, epochs, learning_rate):
    optimizer = keras.optimizers.SGD(learning_rate, momentum=0.9)
    rng, losses = np.random.default_rng(), []
    for _ in range(epochs):
        order, found = rng.permutation(len(x)), []
        for start in range(0, len(x), 32):
            chosen = order[start : start + 32]

            def loss_of_batch():
                entropy = ops.sparse_categorical_crossentropy(
                    y[chosen], model(x[chosen], training=True)
                )
                return ops.mean(entropy)

            loss, slopes = training.gradients(loss_of_batch, model.trainable_variables)
            optimizer.apply(slopes, model.trainable_variables)
            found.append(float(loss))
        losses.append(found[-1])
    return losses
