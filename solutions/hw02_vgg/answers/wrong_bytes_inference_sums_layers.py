# %% [markdown] answer={"fails": {"test_inference_bytes": "three neighbours are added"}}
# Inference: an output stays until the layer after the next is done.


# %% nbgrader={"grade_id": "activation_bytes"}
def activation_bytes(column, input_shape, batch_size, dtype="float32"):
    height, width, channels = input_shape
    sizes = [height * width * channels]
    for kind, _, filters in read_column(column):
        if kind == "maxpool":
            height, width = height // 2, width // 2
        elif kind == "conv":
            channels = filters
        elif kind == "FC":
            height, width, channels = 1, 1, filters
        sizes.append(height * width * channels)
    unit = {"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2}[dtype]
    unit *= batch_size
    return sum(sizes) * unit, max(map(sum, zip(sizes, sizes[1:], sizes[2:]))) * unit
