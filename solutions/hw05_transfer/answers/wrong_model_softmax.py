# %% [markdown] answer={"fails": {"test_transfer_shape": "expected logits, without softmax"}}
# Ends in probabilities.


# %% nbgrader={"grade_id": "transfer_model"}
def transfer_model(base, num_classes):
    base.trainable = False
    return keras.Model(base.input, layers.Dense(num_classes, "softmax")(base.output))
