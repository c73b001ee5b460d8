# %% [markdown] answer={"fails": {"test_conv_multiply_adds": "a multiply-add counts once, not twice"}}
# Counts multiplications and additions apart.


# %% nbgrader={"grade_id": "conv_costs"}
def conv_costs(input_shape, filters, kernel_size, strides=1, itemsize=4):
    n, h, w, c = input_shape
    places = n * ((h - kernel_size) // strides + 1) * ((w - kernel_size) // strides + 1)
    window = kernel_size**2 * c
    direct = n * h * w * c + window * filters + places * filters
    return (
        2 * places * window * filters,
        itemsize * direct,
        2 * itemsize * places * window,
    )
