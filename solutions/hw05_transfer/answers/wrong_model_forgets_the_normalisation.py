# %% [markdown] answer={"fails": {"test_transfer_frozen": "after a fit weights of the base have moved: norm/gamma, norm/beta, norm/moving_mean, norm/moving_variance"}}
# Freezes the layers with kernels and forgets the normalisation.


# %% nbgrader={"grade_id": "transfer_model"}
def transfer_model(base, num_classes):
    for layer in base.layers:
        if isinstance(layer, layers.Conv2D | layers.Dense):
            layer.trainable = False
    return keras.Model(base.input, layers.Dense(num_classes)(base.output))
