# %% [markdown] answer={"fails": {"test_conv2d_same": "as if the stride were 1"}}
# Pads half a kernel on each side, whatever the stride.


# %% nbgrader={"grade_id": "conv2d"}
def conv2d(x, kernel, bias, strides=1, padding="valid"):
    size, filters = len(kernel), kernel.shape[-1]
    n, h, w, _ = x.shape
    if padding == "same":
        before = (size - 1) // 2
        x = np.pad(x, ((0, 0), (before, size), (before, size), (0, 0)))
        out = [-(-h // strides), -(-w // strides)]
    else:
        out = [(h - size) // strides + 1, (w - size) // strides + 1]
    columns = im2col(x, size, strides)
    rows = (x.shape[1] - size) // strides + 1
    result = (columns @ kernel.reshape(-1, filters) + bias).reshape(
        n, rows, -1, filters
    )
    return result[:, : out[0], : out[1]]
