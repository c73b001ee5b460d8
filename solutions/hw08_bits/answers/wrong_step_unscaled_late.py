# %% [markdown] answer={"fails": {"test_scaled_step": "the gradient is divided while it is float16"}}
# Divides while the gradients are float16.


# %% nbgrader={"grade_id": "scaled_step"}
def scaled_step(weights, gradients, scale, good_steps, learning_rate=0.1, interval=3):
    gradients = [gradient / np.float16(scale) for gradient in gradients]
    if not all(np.isfinite(gradient).all() for gradient in gradients):
        return [weight.copy() for weight in weights], scale / 2, 0
    new = [w - np.float32(learning_rate) * g for w, g in zip(weights, gradients)]
    good_steps += 1
    return (new, scale * 2, 0) if good_steps == interval else (new, scale, good_steps)
