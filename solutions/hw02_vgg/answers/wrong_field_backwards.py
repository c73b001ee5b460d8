# %% [markdown] answer={"fails": {"test_strides": "the layers are taken in reverse order"}}
# The recursion from the output, run from the input.


# %% nbgrader={"grade_id": "field_and_stride"}
def field_and_stride(stack):
    field, stride = 1, 1
    for kernel_size, strides in stack:
        field = (field - 1) * strides + kernel_size
        stride *= strides
    return field, stride
