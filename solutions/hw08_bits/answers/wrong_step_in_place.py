# %% [markdown] answer={"fails": {"test_scaled_step": "what scaled_step was given changed"}}
# Changes the arrays that it was given.


# %% nbgrader={"grade_id": "scaled_step"}
def scaled_step(weights, gradients, scale, good_steps, learning_rate=0.1, interval=3):
    if not all(np.isfinite(gradient).all() for gradient in gradients):
        return weights, scale / 2, 0
    for weight, gradient in zip(weights, gradients):
        weight -= np.float32(learning_rate) * (gradient.astype("float32") / scale)
    good_steps += 1
    if good_steps == interval:
        return weights, scale * 2, 0
    return weights, scale, good_steps
