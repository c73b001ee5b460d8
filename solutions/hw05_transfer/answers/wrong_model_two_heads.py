# %% [markdown] answer={"fails": {"test_transfer_shape": "4 arrays of weights beside the base's; expected 2"}}
# Puts a hidden layer between base and logits.


# %% nbgrader={"grade_id": "transfer_model"}
def transfer_model(base, num_classes):
    base.trainable = False
    x = layers.Dense(16, "relu")(base.output)
    return keras.Model(base.input, layers.Dense(num_classes)(x))
