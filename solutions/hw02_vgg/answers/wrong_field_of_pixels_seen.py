# %% [markdown] answer={"fails": {"test_strides": "leaves out the pixels that change nothing"}}
# Counts the pixels that change the output, without the holes between them.


# %% nbgrader={"grade_id": "field_and_stride"}
def field_and_stride(stack):
    pixels, stride = {0}, 1
    for kernel_size, strides in reversed(stack):
        pixels = {p * strides + k for p in pixels for k in range(kernel_size)}
        stride *= strides
    return len(pixels), stride
