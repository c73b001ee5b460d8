# %% [markdown] answer={"fails": {"test_paint": "", "test_paint_bounds": "", "test_paint_untouched": "the weights of the network changed"}}
# Moves pixels and weights together.


# %% nbgrader={"grade_id": "paint"}
def paint(network, wanted, start, steps=20, learning_rate=0.05):
    picture = keras.Variable(start)
    optimizer = keras.optimizers.Adam(learning_rate)
    variables = [picture, *network.trainable_variables]
    losses = []
    for _ in range(steps):
        loss, slopes = training.gradients(
            lambda: loss_of(network, picture, wanted), variables
        )
        optimizer.apply(slopes, variables)
        picture.assign(ops.clip(picture, 0, 1))
        losses.append(float(loss))
    return ops.convert_to_numpy(picture), losses
