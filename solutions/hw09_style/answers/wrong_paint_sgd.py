# %% [markdown] answer={"fails": {"test_paint": "SGD's, not Adam's"}}
# Plain gradient descent with Adam's learning rate.


# %% nbgrader={"grade_id": "paint"}
def paint(network, wanted, start, steps=20, learning_rate=0.05):
    picture = keras.Variable(start)
    optimizer = keras.optimizers.SGD(learning_rate)
    losses = []
    for _ in range(steps):
        loss, slopes = training.gradients(
            lambda: loss_of(network, picture, wanted), [picture]
        )
        optimizer.apply(slopes, [picture])
        picture.assign(ops.clip(picture, 0, 1))
        losses.append(float(loss))
    return ops.convert_to_numpy(picture), losses
