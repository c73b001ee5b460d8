# %% [markdown] answer={"fails": {"test_gram_values": "is wrong in", "test_gram_places": "moving the positions about"}}
# Reshapes to (channels, positions) without a transpose: numbers land anywhere.


# %% nbgrader={"grade_id": "gram"}
def gram(features):
    b, h, w, c = features.shape
    flat = ops.reshape(features, (b, c, h * w))
    return ops.matmul(flat, ops.transpose(flat, (0, 2, 1))) / (h * w * c)
