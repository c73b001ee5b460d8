# %% [markdown] answer={"fails": {"test_col2im": "the mean is taken"}}
# Divides by the number of windows that overlap.


# %% nbgrader={"grade_id": "col2im"}
def col2im(columns, input_shape, kernel_size, strides=1, padding=0):
    n, h, w, c = input_shape
    big = np.zeros((n, h + 2 * padding, w + 2 * padding, c))
    times = np.zeros_like(big)
    rows = iter(columns)
    for index in range(n):
        for top in range(0, big.shape[1] - kernel_size + 1, strides):
            for left in range(0, big.shape[2] - kernel_size + 1, strides):
                place = np.s_[index, top : top + kernel_size, left : left + kernel_size]
                big[place] += next(rows).reshape(kernel_size, kernel_size, c)
                times[place] += 1
    big = big / np.maximum(times, 1)
    return big[:, padding : padding + h, padding : padding + w]
