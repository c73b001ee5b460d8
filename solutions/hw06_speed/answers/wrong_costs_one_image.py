# %% [markdown] answer={"fails": {"test_conv_multiply_adds": "this is one image's, not the batch's"}}
# Counts the multiply-adds of one image.


# %% nbgrader={"grade_id": "conv_costs"}
def conv_costs(input_shape, filters, kernel_size, strides=1, itemsize=4):
    n, h, w, c = input_shape
    places = ((h - kernel_size) // strides + 1) * ((w - kernel_size) // strides + 1)
    window = kernel_size**2 * c
    direct = n * h * w * c + window * filters + n * places * filters
    return (
        places * window * filters,
        itemsize * direct,
        2 * itemsize * n * places * window,
    )
