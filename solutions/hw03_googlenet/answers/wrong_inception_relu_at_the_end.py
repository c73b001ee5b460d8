# %% [markdown] answer={"fails": {"test_inception_branches": "there is a ReLU after a pooling, or after the concatenation"}}
# ReLU after each convolution and once more after the concatenation, which cuts what the
# pooling and the empty branch hand on.


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
    return ops.relu(ops.concatenate(outputs, axis=-1))
