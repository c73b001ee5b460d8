# %% [markdown] answer={"fails": {"test_gram_values": "the sums are not divided"}}
# No division: large pictures have larger styles.


# %% nbgrader={"grade_id": "gram"}
def gram(features):
    return ops.einsum("bhwi,bhwj->bij", features, features)
