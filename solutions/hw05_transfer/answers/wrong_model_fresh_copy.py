# %% [markdown] answer={"fails": {"test_transfer_shape": "of the base's 8 weights are not in it", "test_transfer_frozen": "the base's weights are not in the model"}}
# Clones the base, and with it draws new weights.


# %% nbgrader={"grade_id": "transfer_model"}
def transfer_model(base, num_classes):
    copy = keras.models.clone_model(base)
    copy.trainable = False
    return keras.Model(copy.input, layers.Dense(num_classes)(copy.output))
