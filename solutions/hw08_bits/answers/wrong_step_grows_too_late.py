# %% [markdown] answer={"fails": {"test_scaled_step_grows": "this step does not count"}}
# Compares before it counts this step.


# %% nbgrader={"grade_id": "scaled_step"}
def scaled_step(weights, gradients, scale, good_steps, learning_rate=0.1, interval=3):
    if not all(np.isfinite(gradient).all() for gradient in gradients):
        return [weight.copy() for weight in weights], scale / 2, 0
    new = [
        w - np.float32(learning_rate) * (g.astype("float32") / scale)
        for w, g in zip(weights, gradients)
    ]
    if good_steps == interval:
        return new, scale * 2, 0
    return new, scale, good_steps + 1
