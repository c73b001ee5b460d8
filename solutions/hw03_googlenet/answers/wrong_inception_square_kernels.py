# %% [markdown] answer={"fails": {"test_inception_shape": "the kernels hold 994 numbers; expected 202", "test_inception_values": "with the branches [[('conv', 3, (3, 1))"}}
# Reads only the height of a kernel's pair.


# %% nbgrader={"grade_id": "inception"}
def inception(x, branches):
    outputs = []
    for branch in branches:
        y = x
        for kind, *sizes in branch:
            if kind == "conv":
                filters, size = sizes
                size = size if isinstance(size, int) else size[0]
                y = layers.Conv2D(filters, size, padding="same", activation="relu")(y)
            elif kind == "max":
                y = layers.MaxPooling2D(sizes[0], 1, padding="same")(y)
            else:
                y = layers.AveragePooling2D(sizes[0], 1, padding="same")(y)
        outputs.append(y)
    return ops.concatenate(outputs, axis=-1)
