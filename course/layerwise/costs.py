"""What a network costs: parameters and multiply-adds, layer by layer."""

import math
from dataclasses import dataclass

# What counts as a layer where a paper says how many a network has.
WEIGHTED = ("Conv2D", "DepthwiseConv2D", "SeparableConv2D", "Dense")


@dataclass(frozen=True)
class LayerCost:
    """The cost of one layer for one input.

    Attributes:
        name: String, the layer's name.
        kind: String, its class, such as `"Conv2D"`.
        output_shape: Tuple, without the batch; `None` where a dimension is open.
        parameters: Integer, trained or not.
        multiply_adds: Integer, multiplications that are each followed by an addition.
            Biases, activations, normalisation and pooling count as none, as in papers;
            `layerwise.profiler` adds what a normalisation runs.
    """

    name: str
    kind: str
    output_shape: tuple
    parameters: int
    multiply_adds: int


def layer_costs(model):
    """Lists what each layer of a model costs; nested models are opened.

    Args:
        model: Built Keras model with a fixed input size.

    Returns:
        List of `LayerCost` in the model's order, without input layers.

    Raises:
        ValueError: If a convolution's output size is open.
    """
    found = []
    for layer in model.layers:
        if getattr(layer, "layers", None):
            found.extend(layer_costs(layer))
        elif type(layer).__name__ != "InputLayer":
            found.append(_cost(layer))
    return found


def total(costs):
    """Adds up costs.

    Args:
        costs: Iterable of `LayerCost`.

    Returns:
        Tuple of two integers, parameters and multiply-adds.
    """
    costs = list(costs)
    return sum(c.parameters for c in costs), sum(c.multiply_adds for c in costs)


def depth(model):
    """Counts convolutions and dense layers on the longest way through a model.

    So papers count layers: projections beside the main path do not add to it.

    Args:
        model: Functional `keras.Model` with one output.

    Returns:
        Integer.
    """
    longest = {}
    for layer in model.layers:
        own = type(layer).__name__ in WEIGHTED
        for node in layer._inbound_nodes:
            before = [longest.get(id(tensor)) for tensor in node.input_tensors]
            if None in before:
                continue  # a use of the layer in another model
            for output in node.output_tensors:
                longest[id(output)] = own + max(before, default=0)
    return longest[id(model.outputs[0])]


def _cost(layer):
    output = layer.output
    outputs = output if isinstance(output, list | tuple) else [output]
    shape = tuple(outputs[0].shape[1:])
    kind = type(layer).__name__
    return LayerCost(
        layer.name, kind, shape, layer.count_params(), _multiply_adds(layer, shape)
    )


def _multiply_adds(layer, shape):
    """Counts how often each weight of a kernel is used: once a position."""
    kind = type(layer).__name__
    kernels = [
        math.prod(weight.shape)
        for weight in layer.weights
        if weight.name.endswith("kernel")
    ]
    if not kernels:
        return 0
    if kind in ("Conv1D", "Conv2D", "Conv3D", "DepthwiseConv2D", "SeparableConv2D"):
        places = shape[:-1]
    elif kind in ("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"):
        places = tuple(layer.input.shape[1:-1])
    elif kind == "Dense":
        places = shape[:-1]
    else:
        return 0
    if None in places:
        raise ValueError(
            f"layer {layer.name} has an open size {shape}: build the model for a "
            "fixed input size to count its multiply-adds"
        )
    return math.prod(places) * sum(kernels)
