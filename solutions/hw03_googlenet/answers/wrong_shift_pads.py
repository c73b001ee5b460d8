# %% [markdown] answer={"fails": {"test_shift_change": "is lost; expected it on the other"}}
# Fills with zeros what the shift leaves free.


# %% nbgrader={"grade_id": "shift_change"}
def shift_change(model, x, shift):
    down, right = shift
    moved = np.roll(x, shift, axis=(1, 2))
    if down > 0:
        moved[:, :down] = 0
    if right > 0:
        moved[:, :, :right] = 0
    change = ops.convert_to_numpy(model(moved)) - ops.convert_to_numpy(model(x))
    return float(np.abs(change).max())
