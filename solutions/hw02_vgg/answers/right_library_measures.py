# %% [markdown] answer={}
# Measures the field with `layerwise.receptive` on a network of ones, and memory with
# `layerwise.costs` on the network of exercise 3.


# %%
from layerwise import costs, receptive


# %% nbgrader={"grade_id": "field_and_stride"}
def field_and_stride(stack):
    stride = int(np.prod([step for _, step in stack]))
    side = 1
    for size, step in reversed(stack):
        side = (side - 1) * step + size
    x = inputs = keras.Input((side, 1, 1))
    for size, step in stack:
        x = layers.Conv2D(
            1, (size, 1), (step, 1), kernel_initializer="ones", use_bias=False
        )(x)
    if not stack:
        return 1, 1
    seen = receptive.influence(keras.Model(inputs, x), np.ones((1, side, 1, 1)))
    return receptive.field(seen)[0], stride


# %% nbgrader={"grade_id": "activation_bytes"}
def activation_bytes(column, input_shape, batch_size, dtype="float32"):
    x = inputs = keras.Input(input_shape)
    for kind, size, width in read_column(column):
        if kind == "conv":
            x = layers.SeparableConv2D(width, size, padding="same")(x)
        elif kind == "maxpool":
            x = layers.AveragePooling2D(2)(x)
        elif kind == "FC":
            x = layers.GlobalAveragePooling2D(name=f"gone{x.name}", keepdims=True)(x)
            x = layers.Conv2D(width, 1)(x)
        else:
            x = layers.Softmax()(x)
    made = costs.layer_costs(keras.Model(inputs, x))
    sizes = [int(np.prod(input_shape))] + [
        int(np.prod(cost.output_shape))
        for cost in made
        if cost.kind != "GlobalAveragePooling2D"
    ]
    unit = batch_size * (int(dtype.removeprefix("b").removeprefix("float")) // 8)
    neighbours = max(a + b for a, b in zip(sizes, sizes[1:]))
    return sum(sizes) * unit, neighbours * unit
