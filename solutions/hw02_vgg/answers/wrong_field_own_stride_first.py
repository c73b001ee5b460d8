# %% [markdown] answer={"fails": {"test_strides": "in the field, a layer's own stride widens its own window"}}
# Multiplies by a layer's own stride before it adds its window.


# %% nbgrader={"grade_id": "field_and_stride"}
def field_and_stride(stack):
    field, stride = 1, 1
    for kernel_size, strides in stack:
        stride *= strides
        field += (kernel_size - 1) * stride
    return field, stride
