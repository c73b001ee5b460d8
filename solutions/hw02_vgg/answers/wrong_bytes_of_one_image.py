# %% [markdown] answer={"fails": {"test_training_bytes": "training, 16 images of float16: it is that of a single image", "test_inference_bytes": "inference, 16 images of float16: it is that of a single image"}}
# Forgets the batch.


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
    number = {"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2}[dtype]
    pairs = [sizes[i] + sizes[i + 1] for i in range(len(sizes) - 1)]
    return sum(sizes) * number, max(pairs) * number
