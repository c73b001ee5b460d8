# %% [markdown] answer={"fails": {"test_strides": "the sum of the strides"}}
# Adds strides up.


# %% nbgrader={"grade_id": "field_and_stride"}
def field_and_stride(stack):
    field, jump = 1, 1
    for kernel_size, strides in stack:
        field += (kernel_size - 1) * jump
        jump *= strides
    return field, sum(s for _, s in stack) if jump > 1 else 1
