# %% [markdown] answer={"fails": {"test_transfer_shape": "expected logits, without sigmoid"}}
# Ends in a sigmoid: the numbers sum to something else than 1.


# %% nbgrader={"grade_id": "transfer_model"}
def transfer_model(base, num_classes):
    base.trainable = False
    x = layers.Dense(num_classes)(base.output)
    return keras.Model(base.input, layers.Activation("sigmoid")(x))
