# %% [markdown] answer={"fails": {"test_transfer_shape": "has 0 of the base's 8 arrays"}}
# Clones the base, weights and all: what is frozen is a copy.


# %% nbgrader={"grade_id": "transfer_model"}
def transfer_model(base, num_classes):
    copy = keras.models.clone_model(base)
    copy.set_weights(base.get_weights())
    copy.trainable = False
    return keras.Model(copy.input, layers.Dense(num_classes)(copy.output))
