# %% [markdown] answer={}
# Makes zeros of NaN; shares the penalty by examples; solves Amdahl's law in another form; adds halves; rounds from the last to the first.


# %% nbgrader={"grade_id": "average"}
def average(gradients, counts):
    return tuple(
        sum(c * np.nan_to_num(a) for c, a in zip(counts, arrays)) / sum(counts)
        for arrays in zip(*gradients)
    )


# %% nbgrader={"grade_id": "replica_loss"}
def replica_loss(losses, global_batch_size, penalty, replicas):
    share = len(losses) / global_batch_size
    return (np.mean(losses) + penalty) * share if share else 0.0


# %% nbgrader={"grade_id": "butterfly"}
def exchange(values, r):
    after = [None] * len(values)
    for i, value in enumerate(values):
        after[i ^ 2**r] = values[i ^ 2**r] + value
    return tuple(after)


def all_reduce(values):
    n = len(values)
    if n & (n - 1):
        raise ValueError("not a power of two")
    for r in reversed(range(n.bit_length() - 1)):
        values = exchange(values, r)
    return values


# %% nbgrader={"grade_id": "costs"}
def step_seconds(
    devices, images, seconds_per_image, gradient_bytes, latency, bandwidth
):
    most = images // devices + (images % devices > 0)
    message = latency + gradient_bytes / bandwidth
    return np.float32(most * seconds_per_image + np.ceil(np.log2(devices)) * message)


def devices_for(serial, target):
    if target == 1:
        return 1
    if serial == 0:
        return math.ceil(target)
    if target >= 1 / serial:
        return None
    return math.ceil(target * (1 - serial) / (1 - serial * target))
