# %% [markdown] answer={"fails": {"test_devices_for": "the target is just missed: round up"}}
# Rounds down.


# %% nbgrader={"grade_id": "costs"}
def step_seconds(
    devices, images, seconds_per_image, gradient_bytes, latency, bandwidth
):
    rounds = math.ceil(math.log2(devices))
    compute = math.ceil(images / devices) * seconds_per_image
    return compute + rounds * (latency + gradient_bytes / bandwidth)


def devices_for(serial, target):
    if target <= 1:
        return 1
    left = 1 / target - serial
    return math.floor((1 - serial) / left + 1e-9) if left > 1e-12 else None
