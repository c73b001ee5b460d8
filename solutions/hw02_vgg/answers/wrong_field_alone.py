# %% [markdown] answer={"fails": {"test_field": "must return two integers. Received: 1", "test_strides": ""}}
# Forgets to return the stride.


# %% nbgrader={"grade_id": "field_and_stride"}
def field_and_stride(stack):
    field, stride = 1, 1
    for kernel_size, strides in stack:
        field += (kernel_size - 1) * stride
        stride *= strides
    return field
