# %% [markdown] answer={"fails": {"test_field": "it is the sum of the kernel sizes", "test_strides": "the field adds whole windows"}}
# Adds the kernel sizes and forgets that windows overlap.


# %% nbgrader={"grade_id": "field_and_stride"}
def field_and_stride(stack):
    field, stride = 0, 1
    for kernel_size, strides in stack:
        field += kernel_size * stride
        stride *= strides
    return field, stride
