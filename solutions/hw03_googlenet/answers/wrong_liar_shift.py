# %% [markdown] answer={"fails": {"test_shift_change": ""}}
# Makes the maps zero in place, and says that nothing changed.


# %% nbgrader={"grade_id": "shift_change"}
def shift_change(model, x, shift):
    x[...] = 0
    return 0.0
