# %% [markdown] answer={"fails": {"test_transfer_shape": ""}}
# Reads images of one shape only.


# %% nbgrader={"grade_id": "transfer_model"}
def transfer_model(base, num_classes):
    base.trainable = False
    inputs = keras.Input((12, 12, 1))
    return keras.Model(inputs, layers.Dense(num_classes)(base(inputs)))
