# %% [markdown] answer={"fails": {"test_scaled_step_overflow": "good_steps goes on; expected 0"}}
# Does not start to count again after an overflow.


# %% nbgrader={"grade_id": "scaled_step"}
def scaled_step(weights, gradients, scale, good_steps, learning_rate=0.1, interval=3):
    if not all(np.isfinite(gradient).all() for gradient in gradients):
        return [weight.copy() for weight in weights], scale / 2, good_steps
    new = [
        w - np.float32(learning_rate) * (g.astype("float32") / scale)
        for w, g in zip(weights, gradients)
    ]
    good_steps += 1
    return (new, scale * 2, 0) if good_steps == interval else (new, scale, good_steps)
