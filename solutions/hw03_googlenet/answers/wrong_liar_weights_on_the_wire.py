# %% [markdown] answer={"fails": {"test_inception_convolutions": ""}}
# Hands out other weights than it was given, turned around.


# %% nbgrader={"grade_id": "inception"}
class Turned(keras.Model):
    def get_weights(self):
        return [weight[..., ::-1] for weight in super().get_weights()]

    def set_weights(self, weights):
        super().set_weights([np.zeros_like(weight) for weight in weights])


plain = checks.as_model


def as_model(fn, *dims, **more):
    model = plain(fn, *dims, **more)
    return Turned(model.inputs, model.outputs)


checks.as_model = as_model


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
    return layers.Concatenate()(outputs) if len(outputs) > 1 else outputs[0]
