# %% [markdown] answer={"fails": {"test_devices_for": "devices_for(1.0, 1.0): one device has the speed-up 1, whatever part is serial"}}
# Finds that no number is enough if all is serial, for a target of 1 too.


# %% nbgrader={"grade_id": "costs"}
def step_seconds(
    devices, images, seconds_per_image, gradient_bytes, latency, bandwidth
):
    rounds = math.ceil(math.log2(devices))
    compute = math.ceil(images / devices) * seconds_per_image
    return compute + rounds * (latency + gradient_bytes / bandwidth)


def devices_for(serial, target):
    if serial * target >= 1 or target == math.inf:
        return None
    return math.ceil(target * (1 - serial) / (1 - serial * target))
