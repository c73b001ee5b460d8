# %% [markdown] answer={"fails": {"test_stack_weights": "weights of a second stack"}}
# Layers are kept from one call to the next.


# %%
KEPT = {}


# %% nbgrader={"grade_id": "stack_of_3x3"}
def stack_of_3x3(x, filters, kernel_size):
    for number in range((kernel_size - 1) // 2):
        key = (number, filters, x.shape[-1])
        if key not in KEPT:
            KEPT[key] = layers.Conv2D(filters, 3, padding="same", activation="relu")
        x = KEPT[key](x)
    return x
