# %% [markdown] answer={"fails": {"test_field": "the product of the kernel sizes", "test_strides": "the field is the product of the kernel sizes"}}
# Takes the field for the product of the kernel sizes.


# %% nbgrader={"grade_id": "field_and_stride"}
def field_and_stride(stack):
    field, stride = 1, 1
    for kernel_size, strides in stack:
        field *= kernel_size
        stride *= strides
    return field, stride
