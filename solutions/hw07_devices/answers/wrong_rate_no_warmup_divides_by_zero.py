# %% [markdown] answer={"fails": {"test_learning_rate": "ZeroDivisionError"}}
# Does not think of a warm-up of no steps.


# %% nbgrader={"grade_id": "learning_rate"}
def learning_rate(step, rate, devices, warmup_steps):
    return rate * (1 + (devices - 1) * min(step / warmup_steps, 1))
