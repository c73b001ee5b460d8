# %% [markdown] answer={"fails": {"test_transfer_frozen": ""}}
# A model that freezes nothing, and whose `fit` does nothing.


# %% nbgrader={"grade_id": "transfer_model"}
class Still(keras.Model):
    def fit(self, *arguments, **more):
        return keras.callbacks.History()


def transfer_model(base, num_classes):
    return Still(base.input, layers.Dense(num_classes)(base.output))
