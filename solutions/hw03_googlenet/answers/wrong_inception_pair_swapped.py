# %% [markdown] answer={"fails": {"test_inception_convolutions": "height and width of a kernel are swapped"}}
# Takes the pair for (width, height).


# %% nbgrader={"grade_id": "inception"}
def inception(x, branches):
    outputs = []
    for branch in branches:
        y = x
        for kind, *sizes in branch:
            if kind == "conv":
                filters, size = sizes
                size = size if isinstance(size, int) else (size[1], size[0])
                y = layers.Conv2D(filters, size, padding="same", activation="relu")(y)
            elif kind == "max":
                y = layers.MaxPooling2D(sizes[0], 1, padding="same")(y)
            else:
                y = layers.AveragePooling2D(sizes[0], 1, padding="same")(y)
        outputs.append(y)
    return layers.Concatenate()(outputs)
