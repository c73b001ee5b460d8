# %% [markdown] answer={"fails": {"test_transfer_frozen": "norm/beta, norm/moving_mean, norm/moving_variance, mix/kernel"}}
# Freezes nothing.


# %% nbgrader={"grade_id": "transfer_model"}
def transfer_model(base, num_classes):
    return keras.Model(base.input, layers.Dense(num_classes)(base.output))
