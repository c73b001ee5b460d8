# %% [markdown] answer={"fails": {"test_inception_branches": "maxima and means are mixed up"}}
# Takes means for maxima.


# %% nbgrader={"grade_id": "inception"}
def inception(x, branches):
    outputs = []
    for branch in branches:
        y = x
        for kind, *sizes in branch:
            if kind == "conv":
                y = layers.Conv2D(*sizes, padding="same", activation="relu")(y)
            elif kind == "max":
                y = layers.AveragePooling2D(sizes[0], 1, padding="same")(y)
            else:
                y = layers.MaxPooling2D(sizes[0], 1, padding="same")(y)
        outputs.append(y)
    return ops.concatenate(outputs, axis=-1)
