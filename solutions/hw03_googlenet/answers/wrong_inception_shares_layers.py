# %% [markdown] answer={"fails": {"test_inception_convolutions": "the two share their weights"}}
# Makes one layer for each kind of step, and uses it again where the step comes again.


# %% nbgrader={"grade_id": "inception"}
def inception(x, branches):
    made, outputs = {}, []
    for branch in branches:
        y = x
        for step in branch:
            key = (step, y.shape[-1])
            if key not in made:
                kind, *sizes = step
                if kind == "conv":
                    made[key] = layers.Conv2D(*sizes, padding="same", activation="relu")
                elif kind == "max":
                    made[key] = layers.MaxPooling2D(sizes[0], 1, padding="same")
                else:
                    made[key] = layers.AveragePooling2D(sizes[0], 1, padding="same")
            y = made[key](y)
        outputs.append(y)
    return layers.Concatenate()(outputs)
