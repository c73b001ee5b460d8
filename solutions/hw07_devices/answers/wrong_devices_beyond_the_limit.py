# %% [markdown] answer={"fails": {"test_devices_for": "devices_for(0.25, 4.0) is 750000000; expected None"}}
# Does not see that a target is out of reach.


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
    left = abs(1 / target - serial) or 1e-9
    return math.ceil((1 - serial) / left - 1e-9)
