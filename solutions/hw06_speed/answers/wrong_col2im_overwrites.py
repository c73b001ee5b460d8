# %% [markdown] answer={"fails": {"test_col2im": "only the last one is left"}}
# Assigns the windows instead of adding them.


# %% nbgrader={"grade_id": "col2im"}
def col2im(columns, input_shape, kernel_size, strides=1, padding=0):
    n, h, w, c = input_shape
    big = np.zeros((n, h + 2 * padding, w + 2 * padding, c))
    rows = iter(columns)
    for image in big:
        for top in range(0, image.shape[0] - kernel_size + 1, strides):
            for left in range(0, image.shape[1] - kernel_size + 1, strides):
                image[top : top + kernel_size, left : left + kernel_size] = next(
                    rows
                ).reshape(kernel_size, kernel_size, c)
    return big[:, padding : padding + h, padding : padding + w]
