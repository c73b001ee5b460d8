# %% [markdown] answer={"fails": {"test_preact_identity": "gives back its input too", "test_preact_order": "gives the shape (None, 9, 9, 4)"}}
# Has no block either: whatever is asked, its input comes back.


# %% nbgrader={"grade_id": "preact_block"}
def preact_block(x, filters, strides=1):
    return layers.Identity()(x)
