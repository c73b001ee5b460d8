# %% [markdown] answer={"fails": {"test_costs_parameters": ""}}
# Builds the network and asks it.


# %% nbgrader={"grade_id": "table_costs"}
def table_costs(table, input_shape):
    kinds = {"conv": layers.Conv2D, "pool": layers.MaxPooling2D, "dense": layers.Dense}
    costs, x = [], keras.Input(input_shape)
    for row in table:
        settings = {key: row[key] for key in row if key != "kind"}
        layer = kinds.get(row["kind"], layers.Flatten)(**settings)
        x = layer(x)
        weights = int(np.prod(layer.kernel.shape)) if layer.weights else 0
        places = int(np.prod(x.shape[1:-1]))
        costs.append((x.shape[1:], layer.count_params(), weights * places))
    return costs
