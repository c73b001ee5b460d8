# %% [markdown] answer={"fails": {"test_learning_rate": "it keeps rising after the warm-up"}}
# Never stops rising.


# %% nbgrader={"grade_id": "learning_rate"}
def learning_rate(step, rate, devices, warmup_steps):
    if warmup_steps == 0:
        return rate * devices
    return rate * (1 + (devices - 1) * step / warmup_steps)
