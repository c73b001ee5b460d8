# %% [markdown] answer={"fails": {"test_step_seconds": "one round is counted"}}
# Counts a single round.


# %% nbgrader={"grade_id": "costs"}
def step_seconds(
    devices, images, seconds_per_image, gradient_bytes, latency, bandwidth
):
    message = latency + gradient_bytes / bandwidth if devices > 1 else 0
    return math.ceil(images / devices) * seconds_per_image + message


def devices_for(serial, target):
    if target <= 1:
        return 1
    left = 1 / target - serial
    return math.ceil((1 - serial) / left - 1e-9) if left > 1e-12 else None
