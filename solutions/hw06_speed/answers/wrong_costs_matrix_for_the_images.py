# %% [markdown] answer={"fails": {"test_conv_bytes_im2col": "the images have to be read, to fill the matrix"}}
# Lets the matrix take the images' place.


# %% nbgrader={"grade_id": "conv_costs"}
def conv_costs(input_shape, filters, kernel_size, strides=1, itemsize=4):
    n, h, w, c = input_shape
    places = n * ((h - kernel_size) // strides + 1) * ((w - kernel_size) // strides + 1)
    window = kernel_size**2 * c
    rest = window * filters + places * filters
    return (
        places * window * filters,
        itemsize * (n * h * w * c + rest),
        itemsize * (2 * places * window - n * h * w * c),
    )
