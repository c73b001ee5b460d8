# %% [markdown] answer={"fails": {"test_transfer_frozen": "is everything frozen?"}}
# Freezes the whole model, the new layer too.


# %% nbgrader={"grade_id": "transfer_model"}
def transfer_model(base, num_classes):
    model = keras.Model(base.input, layers.Dense(num_classes)(base.output))
    model.trainable = False
    return model
