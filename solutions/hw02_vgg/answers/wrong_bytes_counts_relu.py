# %% [markdown] answer={"fails": {"test_training_bytes": "training, the example: the ReLUs are counted", "test_inference_bytes": "inference, the example: the ReLUs are counted"}}
# Keeps what ReLU puts out beside what it reads.


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
        sizes += [height * width * channels] * (2 if kind == "conv" else 1)
    number = {"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2}[dtype]
    pairs = [sizes[i] + sizes[i + 1] for i in range(len(sizes) - 1)]
    return sum(sizes) * batch_size * number, max(pairs) * batch_size * number
