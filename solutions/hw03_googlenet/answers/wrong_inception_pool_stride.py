# %% [markdown] answer={"fails": {"test_inception_branches": "must have the same shape except on the `axis` dim"}}
# Leaves the pooling's stride at its default, its size.


# %% nbgrader={"grade_id": "inception"}
def inception(x, branches):
    outputs = []
    for branch in branches:
        y = x
        for kind, *sizes in branch:
            if kind == "conv":
                y = layers.Conv2D(*sizes, padding="same", activation="relu")(y)
            elif kind == "max":
                y = layers.MaxPooling2D(sizes[0], padding="same")(y)
            else:
                y = layers.AveragePooling2D(sizes[0], padding="same")(y)
        outputs.append(y)
    return ops.concatenate(outputs, axis=-1)
