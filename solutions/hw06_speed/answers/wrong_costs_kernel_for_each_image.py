# %% [markdown] answer={"fails": {"test_conv_bytes": "the kernel is read once for the whole batch"}}
# Reads the kernel once for each image.


# %% nbgrader={"grade_id": "conv_costs"}
def conv_costs(input_shape, filters, kernel_size, strides=1, itemsize=4):
    n, h, w, c = input_shape
    places = n * ((h - kernel_size) // strides + 1) * ((w - kernel_size) // strides + 1)
    window = kernel_size**2 * c
    direct = n * h * w * c + n * window * filters + places * filters
    return (
        places * window * filters,
        itemsize * direct,
        2 * itemsize * places * window,
    )
