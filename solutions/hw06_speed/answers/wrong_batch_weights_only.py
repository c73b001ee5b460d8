# %% [markdown] answer={"fails": {"test_smallest_batch": "the images are moved, too"}}
# Half the ridge times the bytes of a number: the images count for nothing.


# %% nbgrader={"grade_id": "roofline"}
def bound(layer, chip):
    computing = 2 * layer["multiply_adds"] / chip["operations"]
    moving = layer["bytes"] / chip["bandwidth"]
    return "memory" if moving > computing else "arithmetic", max(computing, moving)


def smallest_batch(inputs, units, chip, itemsize=4):
    return math.ceil(itemsize * chip["operations"] / chip["bandwidth"] / 2)
