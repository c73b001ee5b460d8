# %% [markdown] answer={"fails": {"test_paint": "[0] is"}}
# Begins with grey, not with `start`.


# %% nbgrader={"grade_id": "paint"}
def paint(network, wanted, start, steps=20, learning_rate=0.05):
    picture = keras.Variable(np.full_like(start, 0.9))
    optimizer = keras.optimizers.Adam(learning_rate)
    losses = []
    for _ in range(steps):
        loss, slopes = training.gradients(
            lambda: loss_of(network, picture, wanted), [picture]
        )
        optimizer.apply(slopes, [picture])
        picture.assign(ops.clip(picture, 0, 1))
        losses.append(float(loss))
    return ops.convert_to_numpy(picture), losses
