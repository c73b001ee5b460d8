# %% [markdown] answer={"fails": {"test_gram_places": "positions were moved about", "test_gram_values": ""}}
# Reshapes to (channels, positions) without a transpose: numbers land anywhere.


# %% nbgrader={"grade_id": "gram"}
def gram(features):
    b, h, w, c = features.shape
    flat = ops.reshape(features, (b, c, h * w))
    return ops.matmul(flat, ops.transpose(flat, (0, 2, 1))) / (h * w * c)
