# %% [markdown] answer={"fails": {"test_unpool": "the channels are mixed"}}
# Each value goes into every channel, one over the other.


# %% nbgrader={"grade_id": "unpool"}
def unpool(values, indices, height, width):
    out = np.zeros((len(values), height, width, values.shape[-1]), values.dtype)
    for (b, i, j, c), v in np.ndenumerate(values):
        out[b, indices[b, i, j, c] // width, indices[b, i, j, c] % width] += v
    return out
