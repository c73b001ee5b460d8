# %% [markdown] answer={"fails": {"test_gram_shape": "of the first picture alone", "test_gram_values": ""}}
# Sums over the batch too, and repeats the result.


# %% nbgrader={"grade_id": "gram"}
def gram(features):
    b, h, w, c = features.shape
    one = ops.einsum("bhwi,bhwj->ij", features, features) / (b * h * w * c)
    return ops.repeat(one[None], b, axis=0)
