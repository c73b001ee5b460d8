# %% [markdown] answer={"fails": {"test_preact_identity": "nothing is added to them", "test_preact_order": "is []; expected"}}
# Has no block either: whatever is asked, its input comes back.


# %% nbgrader={"grade_id": "preact_block"}
def preact_block(x, filters, strides=1):
    return layers.Identity()(x)
