# %% [markdown] answer={}
# Sequential models and a layer class of its own; recursion for the field; strings are
# read anew.


# %%
class ConvReLU(layers.Layer):
    def __init__(self, filters, size):
        super().__init__()
        self.conv = layers.Conv2D(filters, size, padding="same")

    def build(self, shape):
        self.conv.build(shape)

    def call(self, x):
        return ops.maximum(self.conv(x), 0.0)

    def compute_output_shape(self, shape):
        return self.conv.compute_output_shape(shape)


# %% nbgrader={"grade_id": "field_and_stride"}
def field_and_stride(stack):
    if not stack:
        return 1, 1
    (size, step), *rest = stack
    field, stride = field_and_stride(rest)
    return (field - 1) * step + size, stride * step


# %% nbgrader={"grade_id": "stack_of_3x3"}
def stack_of_3x3(x, filters, kernel_size):
    for _ in range(kernel_size // 2):
        x = ConvReLU(filters, 3)(x)
    return x


# %% nbgrader={"grade_id": "network"}
def network(column, input_shape):
    model = keras.Sequential([keras.Input(input_shape)])
    dense = sum(entry.startswith("FC") for entry in column)
    flattened = False
    for entry in column:
        name, _, width = entry.partition("-")
        if entry == "maxpool":
            model.add(layers.MaxPool2D())
        elif entry == "soft-max":
            model.add(layers.Activation("softmax"))
        elif name == "FC":
            if not flattened:
                model.add(layers.Flatten())
                flattened = True
            dense -= 1
            model.add(layers.Dense(int(width), activation="relu" if dense else None))
        else:
            model.add(ConvReLU(int(width), int(name[4:])))
    return model
