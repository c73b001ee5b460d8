# %% [markdown] answer={"fails": {"test_strides": "field_and_stride([(3, 2), (2, 3), (2, 3)]) is 11"}}
# Forgets to return the stride.


# %% nbgrader={"grade_id": "field_and_stride"}
def field_and_stride(stack):
    field, stride = 1, 1
    for kernel_size, strides in stack:
        field += (kernel_size - 1) * stride
        stride *= strides
    return field
