# %% [markdown] answer={}
# Rearranged formulas: one matrix product, the zero point corrected afterwards.


# %% nbgrader={"grade_id": "decode"}
def decode(pattern, exponent_bits):
    width = 15 - exponent_bits
    e, f = divmod(pattern % 2**15, 2**width)
    bias = 2 ** (exponent_bits - 1) - 1
    if e + 1 == 2**exponent_bits:
        size = np.nan if f else np.inf
    else:
        size = np.ldexp(f + (2**width if e else 0), max(e, 1) - bias - width)
    return -size if pattern >= 2**15 else size


# %% nbgrader={"grade_id": "integer_conv"}
def integer_conv(x, zero_point, kernel, strides=1):
    size, filters = len(kernel), kernel.shape[-1]
    view = np.lib.stride_tricks.sliding_window_view(
        x, (size, size, x.shape[-1]), (1, 2, 3)
    )
    view = view[:, ::strides, ::strides, 0].astype(np.int64)
    rows = view.reshape(*view.shape[:3], -1)
    flat = kernel.reshape(-1, filters).astype(np.int64)
    return (rows @ flat - zero_point * flat.sum(0)).astype(np.int32)
