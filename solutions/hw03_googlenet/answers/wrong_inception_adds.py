# %% [markdown] answer={"fails": {"test_inception_shape": "puts out 4 channels; expected 8", "test_inception_values": "Inputs have incompatible shapes"}}
# Adds the branches, as a residual block would.


# %% nbgrader={"grade_id": "inception"}
def inception(x, branches):
    outputs = []
    for branch in branches:
        y = x
        for kind, *sizes in branch:
            if kind == "conv":
                y = layers.Conv2D(*sizes, padding="same", activation="relu")(y)
            elif kind == "max":
                y = layers.MaxPooling2D(sizes[0], 1, padding="same")(y)
            else:
                y = layers.AveragePooling2D(sizes[0], 1, padding="same")(y)
        outputs.append(y)
    return layers.Add()(outputs)
