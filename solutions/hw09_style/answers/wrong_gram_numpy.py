# %% [markdown] answer={"fails": {"test_gram_places": ""}}
# NumPy: right numbers, no gradient.


# %% nbgrader={"grade_id": "gram"}
def gram(features):
    features = ops.convert_to_numpy(ops.stop_gradient(features))
    _, h, w, c = features.shape
    return ops.convert_to_tensor(
        np.einsum("bhwi,bhwj->bij", features, features) / (h * w * c)
    )
