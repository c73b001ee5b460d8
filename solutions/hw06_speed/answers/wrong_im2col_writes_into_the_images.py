# %% [markdown] answer={"fails": {"test_im2col_strides": "the images given to im2col changed"}}
# Blanks what no window needs, in the caller's array.


# %% nbgrader={"grade_id": "im2col"}
def im2col(x, kernel_size, strides=1, padding=0):
    for axis in (1, 2):
        rest = (x.shape[axis] + 2 * padding - kernel_size) % strides
        if rest > padding:
            np.moveaxis(x, axis, 0)[padding - rest :] = 0
    sides = (padding, padding)
    x = np.pad(x, ((0, 0), sides, sides, (0, 0)))
    view = np.lib.stride_tricks.sliding_window_view(x, (kernel_size,) * 2, axis=(1, 2))
    view = view[:, ::strides, ::strides].transpose(0, 1, 2, 4, 5, 3)
    return view.reshape(-1, kernel_size**2 * x.shape[-1])
