# %% [markdown] answer={"fails": {"test_transfer_frozen": "after a fit weights of the base have moved"}}
# Freezes nothing.


# %% nbgrader={"grade_id": "transfer_model"}
def transfer_model(base, num_classes):
    return keras.Model(base.input, layers.Dense(num_classes)(base.output))
