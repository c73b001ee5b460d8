# %% [markdown] answer={"fails": {"test_scaled_step_overflow": "the weights whose own gradients are finite move"}}
# Skips only the weight whose gradient overflowed.


# %% nbgrader={"grade_id": "scaled_step"}
def scaled_step(weights, gradients, scale, good_steps, learning_rate=0.1, interval=3):
    new, fine = [], True
    for w, g in zip(weights, gradients):
        if np.isfinite(g).all():
            w = w - np.float32(learning_rate) * (g.astype("float32") / scale)
        else:
            fine = False
        new.append(w)
    if not fine:
        return new, scale / 2, 0
    good_steps += 1
    return (new, scale * 2, 0) if good_steps == interval else (new, scale, good_steps)
