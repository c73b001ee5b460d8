# %% [markdown] answer={"fails": {"test_paint": "must be 2 values", "test_paint_bounds": "", "test_paint_untouched": ""}}
# Returns the picture alone.


# %% nbgrader={"grade_id": "paint"}
def paint(network, wanted, start, steps=20, learning_rate=0.05):
    picture = keras.Variable(start)
    optimizer = keras.optimizers.Adam(learning_rate)
    for _ in range(steps):
        _, slopes = training.gradients(
            lambda: loss_of(network, picture, wanted), [picture]
        )
        optimizer.apply(slopes, [picture])
        picture.assign(ops.clip(picture, 0, 1))
    return ops.convert_to_numpy(picture)
