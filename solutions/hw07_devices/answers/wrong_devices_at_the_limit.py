# %% [markdown] answer={"fails": {"test_devices_for": "division by zero"}}
# Divides by 0 where the target is the limit itself.


# %% nbgrader={"grade_id": "costs"}
def step_seconds(
    devices, images, seconds_per_image, gradient_bytes, latency, bandwidth
):
    rounds = math.ceil(math.log2(devices))
    compute = math.ceil(images / devices) * seconds_per_image
    return compute + rounds * (latency + gradient_bytes / bandwidth)


def devices_for(serial, target):
    if target > 1 / max(serial, 1e-30):
        return None
    return math.ceil((1 - serial) / (1 / target - serial))
