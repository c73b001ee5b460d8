# %% [markdown] answer={}
# Follows pixels backwards instead of a formula; counts parameters by building the
# layers; memory by asking Keras for every layer's shape.


# %% nbgrader={"grade_id": "field_and_stride"}
def field_and_stride(stack):
    def behind(pixel):
        first, last = pixel, pixel
        for size, step in stack[::-1]:
            first, last = first * step, last * step + size - 1
        return first, last

    first, last = behind(0)
    return [last - first + 1, behind(1)[0] - first]


# %% nbgrader={"grade_id": "saving"}
def saving(kernel_size, channels, filters):
    def count(*sizes):
        x, total = keras.Input((16, 16, channels)), 0
        for size in sizes:
            conv = layers.Conv2D(filters, size, padding="same")
            x = conv(x)
            total += conv.count_params()
        return total

    return count(kernel_size) - count(*[3] * ((kernel_size - 1) // 2))


# %% nbgrader={"grade_id": "activation_bytes"}
def activation_bytes(column, input_shape, batch_size, dtype="float32"):
    x = keras.KerasTensor((batch_size, *input_shape), dtype)
    tensors = [x]
    for kind, size, width in read_column(column):
        if kind == "conv":
            shape = (*x.shape[:-1], width)
        elif kind == "maxpool":
            shape = layers.MaxPooling2D(size).compute_output_shape(x.shape)
        else:
            shape = (batch_size, width or x.shape[-1])
        x = keras.KerasTensor(shape, dtype)
        tensors.append(x)
    bits = {"float64": 64, "float32": 32}.get(dtype, 16)
    sizes = [int(np.prod(t.shape)) * bits // 8 for t in tensors]
    largest = 0
    for before, after in zip(sizes[:-1], sizes[1:]):
        largest = max(largest, before + after)
    return sum(sizes), largest
