# %% [markdown] answer={"fails": {"test_inception_values": ""}}
# Hands out other weights than it was given, turned around.


# %%
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
