# %% [markdown] answer={"fails": {"test_costs_shapes": "table_costs changed the table"}}
# Takes `kind` out of the caller's rows.


# %% nbgrader={"grade_id": "table_costs"}
def table_costs(table, input_shape):
    costs, shape = [], tuple(input_shape)
    for row in table:
        kind = row.pop("kind")
        weights = biases = places = 0
        if kind in ("conv", "pool"):
            size = row["kernel_size"] if kind == "conv" else row["pool_size"]
            step = row["strides"]
            # As many windows fit as whole steps behind the first one, and itself.
            height, width = (
                -(-n // step) if row["padding"] == "same" else (n - size) // step + 1
                for n in shape[:2]
            )
            channels = shape[2]
            if kind == "conv":
                biases = channels = row["filters"]
                weights = size * size * (shape[2] // row["groups"]) * channels
                places = height * width
            shape = (height, width, channels)
        elif kind == "flatten":
            shape = (int(np.prod(shape)),)
        else:
            biases, places = row["units"], 1
            weights = shape[0] * row["units"]
            shape = (row["units"],)
        costs.append((shape, weights + biases, weights * places))
    return costs
