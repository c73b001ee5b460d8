# %% [markdown] answer={}
# One flip of axes after a stacked slice for each place of the kernel.


# %% nbgrader={"grade_id": "im2col"}
def im2col(x, kernel_size, strides=1, padding=0):
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    oh = 1 + (x.shape[1] - kernel_size) // strides
    ow = 1 + (x.shape[2] - kernel_size) // strides
    slices = [
        x[:, i : i + strides * oh : strides, j : j + strides * ow : strides][
            :, :oh, :ow
        ]
        for i in range(kernel_size)
        for j in range(kernel_size)
    ]
    return np.concatenate(slices, axis=-1).reshape(len(x) * oh * ow, -1)


# %% nbgrader={"grade_id": "roofline"}
def bound(layer, chip):
    times = {
        "memory": layer["bytes"] / chip["bandwidth"],
        "arithmetic": layer["multiply_adds"] / chip["operations"] * 2,
    }
    name = max(reversed(times), key=times.get)
    return [name, times[name]]


def smallest_batch(inputs, units, chip, itemsize=4):
    ridge = chip["operations"] / chip["bandwidth"]
    if 2 * inputs * units / (itemsize * (inputs + units)) <= ridge:
        return None
    return next(
        batch
        for batch in range(1, 10**6)
        if 2 * batch * inputs * units
        >= ridge * itemsize * (inputs * units + batch * (inputs + units))
    )
