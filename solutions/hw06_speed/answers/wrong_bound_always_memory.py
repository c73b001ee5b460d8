# %% [markdown] answer={"fails": {"test_bound": "first layer on Xeon: this is the faster of the two"}}
# Knows the layers of one image only: all are bound by memory.


# %% nbgrader={"grade_id": "roofline"}
def bound(layer, chip):
    return "memory", layer["bytes"] / chip["bandwidth"]


def smallest_batch(inputs, units, chip, itemsize=4):
    ridge = chip["operations"] / chip["bandwidth"]
    room = 2 * inputs * units / ridge - itemsize * (inputs + units)
    return math.ceil(itemsize * inputs * units / room) if room > 0 else None
