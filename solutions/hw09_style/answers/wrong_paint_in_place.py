# %% [markdown] answer={"fails": {"test_paint_untouched": "changed in 1 of 2"}}
# Works on the array that it was given.


# %% nbgrader={"grade_id": "paint"}
def paint(network, wanted, start, steps=20, learning_rate=0.05):
    picture = keras.Variable(start)
    optimizer = keras.optimizers.Adam(learning_rate)
    losses = []
    for _ in range(steps):
        loss, slopes = training.gradients(
            lambda: loss_of(network, picture, wanted), [picture]
        )
        optimizer.apply(slopes, [picture])
        picture.assign(ops.clip(picture, 0, 1))
        losses.append(float(loss))
    start[:] = ops.convert_to_numpy(picture)
    return start, losses
