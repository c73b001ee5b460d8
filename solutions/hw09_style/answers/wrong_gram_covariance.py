# %% [markdown] answer={"fails": {"test_gram_values": "makes it a covariance"}}
# Takes the mean off first.


# %% nbgrader={"grade_id": "gram"}
def gram(features):
    _, h, w, c = features.shape
    features = features - ops.mean(features, axis=(1, 2), keepdims=True)
    return ops.einsum("bhwi,bhwj->bij", features, features) / (h * w * c)
