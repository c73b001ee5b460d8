# %% [markdown] answer={"fails": {"test_learning_rate": "it starts at 0"}}
# Starts at 0.


# %% nbgrader={"grade_id": "learning_rate"}
def learning_rate(step, rate, devices, warmup_steps):
    part = min(step / warmup_steps, 1) if warmup_steps else 1
    return rate * devices * part
