# %% [markdown] answer={"fails": {"test_transfer_shape": "expected those of one dense layer"}}
# Puts a hidden layer between base and logits.


# %% nbgrader={"grade_id": "transfer_model"}
def transfer_model(base, num_classes):
    base.trainable = False
    x = layers.Dense(16, "relu")(base.output)
    return keras.Model(base.input, layers.Dense(num_classes)(x))
