# %% [markdown] answer={"fails": {"test_inception_branches": "`branches` has changed"}}
# Takes the steps out of the list that it is given.


# %% nbgrader={"grade_id": "inception"}
def inception(x, branches):
    outputs = []
    for branch in branches:
        y = x
        while branch:
            kind, *sizes = branch.pop(0)
            if kind == "conv":
                y = layers.Conv2D(*sizes, padding="same", activation="relu")(y)
            elif kind == "max":
                y = layers.MaxPooling2D(sizes[0], 1, padding="same")(y)
            else:
                y = layers.AveragePooling2D(sizes[0], 1, padding="same")(y)
        outputs.append(y)
    return layers.Concatenate()(outputs)
