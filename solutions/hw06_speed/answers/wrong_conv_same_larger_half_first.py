# %% [markdown] answer={"fails": {"test_conv2d_same": "the larger half of the zeros stands before"}}
# Puts the odd zero before the image.


# %% nbgrader={"grade_id": "conv2d"}
def conv2d(x, kernel, bias, strides=1, padding="valid"):
    size, filters = len(kernel), kernel.shape[-1]
    if padding == "same":
        missing = [
            max((-(-n // strides) - 1) * strides + size - n, 0) for n in x.shape[1:3]
        ]
        x = np.pad(x, ((0, 0), *((m - m // 2, m // 2) for m in missing), (0, 0)))
    out = [(n - size) // strides + 1 for n in x.shape[1:3]]
    product = im2col(x, size, strides) @ kernel.reshape(-1, filters) + bias
    return product.reshape(len(x), *out, filters)
