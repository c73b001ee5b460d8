# %% [markdown] answer={"fails": {"test_smallest_batch": "itemsize is ignored"}}
# Numbers have 4 bytes, whatever the caller says.


# %% nbgrader={"grade_id": "roofline"}
def bound(layer, chip):
    computing = 2 * layer["multiply_adds"] / chip["operations"]
    moving = layer["bytes"] / chip["bandwidth"]
    return "memory" if moving > computing else "arithmetic", max(computing, moving)


def smallest_batch(inputs, units, chip, itemsize=4):
    itemsize = 4
    ridge = chip["operations"] / chip["bandwidth"]
    room = 2 * inputs * units / ridge - itemsize * (inputs + units)
    return math.ceil(itemsize * inputs * units / room) if room > 0 else None
