# %% [markdown] answer={"fails": {"test_conv_multiply_adds": "the output is smaller than the input"}}
# Takes an output as large as the input.


# %% nbgrader={"grade_id": "conv_costs"}
def conv_costs(input_shape, filters, kernel_size, strides=1, itemsize=4):
    n, h, w, c = input_shape
    places, window = n * h * w, kernel_size**2 * c
    direct = n * h * w * c + window * filters + places * filters
    return (
        places * window * filters,
        itemsize * direct,
        2 * itemsize * places * window,
    )
