# %% [markdown] answer={"fails": {"test_transfer_shape": "a ReLU follows the dense layer"}}
# The last layer has the activation of the others.


# %% nbgrader={"grade_id": "transfer_model"}
def transfer_model(base, num_classes):
    base.trainable = False
    return keras.Model(base.input, layers.Dense(num_classes, "relu")(base.output))
