# %% [markdown] answer={"fails": {"test_costs_shapes": "a window sticks out of the image"}}
# Lets a last window stick out, as Caffe's pooling does.


# %% nbgrader={"grade_id": "table_costs"}
def table_costs(table, input_shape):
    costs, shape = [], tuple(input_shape)
    for row in table:
        weights = biases = places = 0
        if row["kind"] in ("conv", "pool"):
            size = row["kernel_size"] if row["kind"] == "conv" else row["pool_size"]
            step = row["strides"]
            # As many windows fit as whole steps behind the first one, and itself.
            height, width = (
                -(-n // step)
                if row["padding"] == "same"
                else -(-(n - size) // step) + 1
                for n in shape[:2]
            )
            channels = shape[2]
            if row["kind"] == "conv":
                biases = channels = row["filters"]
                weights = size * size * (shape[2] // row["groups"]) * channels
                places = height * width
            shape = (height, width, channels)
        elif row["kind"] == "flatten":
            shape = (int(np.prod(shape)),)
        else:
            biases, places = row["units"], 1
            weights = shape[0] * row["units"]
            shape = (row["units"],)
        costs.append((shape, weights + biases, weights * places))
    return costs
