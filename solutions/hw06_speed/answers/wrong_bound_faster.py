# %% [markdown] answer={"fails": {"test_bound": "bound of the example: this is the faster of the two"}}
# Takes the limit that is reached last.


# %% nbgrader={"grade_id": "roofline"}
def bound(layer, chip):
    computing = 2 * layer["multiply_adds"] / chip["operations"]
    moving = layer["bytes"] / chip["bandwidth"]
    return "memory" if moving <= computing else "arithmetic", min(computing, moving)


def smallest_batch(inputs, units, chip, itemsize=4):
    ridge = chip["operations"] / chip["bandwidth"]
    room = 2 * inputs * units / ridge - itemsize * (inputs + units)
    return math.ceil(itemsize * inputs * units / room) if room > 0 else None
