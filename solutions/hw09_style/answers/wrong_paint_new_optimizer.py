# %% [markdown] answer={"fails": {"test_paint": "all those of the start", "test_paint_bounds": "from the picture after 3 steps"}}
# A new optimizer, and a new picture, in each step: it never gets far.


# %% nbgrader={"grade_id": "paint"}
def paint(network, wanted, start, steps=20, learning_rate=0.05):
    losses = []
    for _ in range(steps):
        picture = keras.Variable(start)
        optimizer = keras.optimizers.Adam(learning_rate)
        loss, slopes = training.gradients(
            lambda: loss_of(network, picture, wanted), [picture]
        )
        optimizer.apply(slopes, [picture])
        picture.assign(ops.clip(picture, 0, 1))
        losses.append(float(loss))
    return ops.convert_to_numpy(picture), losses
