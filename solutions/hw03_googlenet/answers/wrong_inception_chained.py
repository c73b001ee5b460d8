# %% [markdown] answer={"fails": {"test_inception_branches": "a branch starts where the one before it ended"}}
# Each branch starts where the one before it ended.


# %% nbgrader={"grade_id": "inception"}
def inception(x, branches):
    outputs = []
    for branch in branches:
        for kind, *sizes in branch:
            if kind == "conv":
                x = layers.Conv2D(*sizes, padding="same", activation="relu")(x)
            elif kind == "max":
                x = layers.MaxPooling2D(sizes[0], 1, padding="same")(x)
            else:
                x = layers.AveragePooling2D(sizes[0], 1, padding="same")(x)
        outputs.append(x)
    return ops.concatenate(outputs, axis=-1)
