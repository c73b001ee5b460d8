# %% [markdown] answer={"fails": {"test_col2im": "rows are read channel by channel"}}
# Reads a row as channels, rows, columns.


# %% nbgrader={"grade_id": "col2im"}
def col2im(columns, input_shape, kernel_size, strides=1, padding=0):
    n, h, w, c = input_shape
    big = np.zeros((n, h + 2 * padding, w + 2 * padding, c))
    rows = iter(columns)
    for image in big:
        for top in range(0, image.shape[0] - kernel_size + 1, strides):
            for left in range(0, image.shape[1] - kernel_size + 1, strides):
                row = next(rows).reshape(c, kernel_size, kernel_size)
                window = image[top : top + kernel_size, left : left + kernel_size]
                window += row.transpose(1, 2, 0)
    return big[:, padding : padding + h, padding : padding + w]
