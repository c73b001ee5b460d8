# %% [markdown] answer={"fails": {"test_unpool": ""}}
# Divides the index by the height.


# %% nbgrader={"grade_id": "unpool"}
def unpool(values, indices, height, width):
    out = np.zeros((len(values), height, width, values.shape[-1]), values.dtype)
    for (b, i, j, c), v in np.ndenumerate(values):
        out[b, indices[b, i, j, c] // height, indices[b, i, j, c] % height, c] = v
    return out
