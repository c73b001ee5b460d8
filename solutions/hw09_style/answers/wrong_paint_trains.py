# %% [markdown] answer={"fails": {"test_paint": "", "test_paint_bounds": "", "test_paint_untouched": "the weights of the network changed"}}
# Trains the network, and leaves the picture.


# %% nbgrader={"grade_id": "paint"}
def paint(network, wanted, start, steps=20, learning_rate=0.05):
    optimizer = keras.optimizers.Adam(learning_rate)
    losses = []
    for _ in range(steps):
        loss, slopes = training.gradients(
            lambda: loss_of(network, start, wanted), network.trainable_variables
        )
        optimizer.apply(slopes, network.trainable_variables)
        losses.append(float(loss))
    return start, losses
