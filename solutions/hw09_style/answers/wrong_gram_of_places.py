# %% [markdown] answer={"fails": {"test_gram_shape": "has shape", "test_gram_values": "", "test_gram_places": "moved about"}}
# The matrix of positions with positions: the axes are swapped.


# %% nbgrader={"grade_id": "gram"}
def gram(features):
    _, h, w, c = features.shape
    flat = ops.reshape(features, (-1, h * w, c))
    return ops.matmul(flat, ops.transpose(flat, (0, 2, 1))) / (h * w * c)
