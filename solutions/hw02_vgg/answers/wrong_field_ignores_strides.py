# %% [markdown] answer={"fails": {"test_strides": "the strides do not enter the field"}}
# Right for 3×3 stacks, blind to strides.


# %% nbgrader={"grade_id": "field_and_stride"}
def field_and_stride(stack):
    field = 1 + sum(kernel_size - 1 for kernel_size, _ in stack)
    stride = 1
    for _, strides in stack:
        stride *= strides
    return field, stride
