# %% [markdown] answer={"fails": {"test_devices_for": "cannot convert float infinity to integer"}}
# Counts from the target on, and does not think of an infinite one.


# %% nbgrader={"grade_id": "costs"}
def step_seconds(
    devices, images, seconds_per_image, gradient_bytes, latency, bandwidth
):
    rounds = math.ceil(math.log2(devices))
    compute = math.ceil(images / devices) * seconds_per_image
    return compute + rounds * (latency + gradient_bytes / bandwidth)


def devices_for(serial, target):
    n = math.ceil(target)
    if serial and n > 1 and target >= 1 / serial:
        return None
    while 1 / (serial + (1 - serial) / n) < target * (1 - 1e-12):
        n += 1
    return n
