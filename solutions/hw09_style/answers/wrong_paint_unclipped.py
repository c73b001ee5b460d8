# %% [markdown] answer={"fails": {"test_paint_bounds": "a pixel is"}}
# Pixels leave their range.


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
        losses.append(float(loss))
    return ops.convert_to_numpy(picture), losses
