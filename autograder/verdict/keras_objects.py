"""Keras models, layers and other Keras objects on the wire: config and arrays.

The config is walked against an allow-list on both sides: the sender keeps a model that
does not pass on its own side, the receiver refuses it.
"""

import keras
import numpy as np

from autograder.verdict.codec import CodecError

MODULES = frozenset(
    {
        "keras",
        "keras.layers",
        "keras.models",
        "keras.initializers",
        "keras.regularizers",
        "keras.constraints",
        "keras.activations",
        "keras.losses",
        "keras.metrics",
        "keras.optimizers",
        "keras.optimizers.schedules",
        "keras.dtype_policies",
        "keras.ops",
        "keras.src.models.functional",
        "keras.src.models.sequential",
    }
)
MODULE_PREFIXES = ("keras.src.ops.", "layerwise.")
# Keras's own classes that hold code or read files.
REFUSED = frozenset(
    {
        "Lambda",
        "TFSMLayer",
        "TorchModuleWrapper",
        "JaxLayer",
        "FlaxLayer",
        "StringLookup",
        "IntegerLookup",
        "IndexLookup",
        "TextVectorization",
        "FeatureSpace",
    }
)
WITHOUT_MODULE = frozenset(
    {"__tuple__", "__ellipsis__", "__slice__", "__keras_tensor__"}
)
MAX_LAYERS = 5000
KINDS = (
    keras.layers.Layer,
    keras.losses.Loss,
    keras.optimizers.Optimizer,
    keras.initializers.Initializer,
    keras.regularizers.Regularizer,
    keras.metrics.Metric,
)


def is_keras_object(value):
    """Returns whether a value is of a kind that may cross as config and arrays."""
    return isinstance(value, KINDS)


def to_numpy(value):
    """Returns a tensor or variable as a NumPy array."""
    if len(value.shape) == 0:
        # TensorFlow 2.21 makes no array of a single bfloat16.
        return keras.ops.convert_to_numpy(keras.ops.reshape(value, (1,))).reshape(())
    return keras.ops.convert_to_numpy(value)


def find_refused(config):
    """Looks in a serialised config for what may not cross.

    Args:
        config: What `keras.saving.serialize_keras_object` returns, as JSON holds it.

    Returns:
        String that names the first thing refused, or `None`.
    """
    pending, layers = [config], 0
    while pending:
        node = pending.pop()
        if isinstance(node, list | tuple):
            pending.extend(node)
        elif isinstance(node, dict):
            if "class_name" in node:
                layers += 1
                fault = _find_fault(node)
                if fault or layers > 10 * MAX_LAYERS:
                    return fault or "a model of too many layers"
            pending.extend(node.values())
        elif not (node is None or isinstance(node, bool | int | float | str)):
            return f"a {type(node).__name__}"
    return None


def _find_fault(node):
    name, module = node["class_name"], node.get("module")
    registered = node.get("registered_name")
    if not isinstance(name, str) or not name.replace("_", "a").isalnum():
        return "a class without a proper name"
    if module is None and name in WITHOUT_MODULE:
        return None
    allowed = isinstance(module, str) and (
        module in MODULES or module.startswith(MODULE_PREFIXES)
    )
    if not allowed or name in REFUSED or name == "function" or name.startswith("__"):
        return f"{module}.{name}"
    if registered not in (None, name):
        return f"{registered}"
    return None


def state_of(value, encode):
    """Returns what changes in a model or layer while it is used.

    Args:
        value: Keras model or layer.
        encode: Function from an array to its header entry.

    Returns:
        Dict of header entries.
    """
    state = {
        "weights": [encode(to_numpy(w)) for w in value.weights],
        "trainable": [layer.trainable for layer in _flat(value)],
    }
    if isinstance(value, keras.Model) and getattr(value, "compiled", False):
        compiled = value.get_compile_config()
        if compiled and find_refused(compiled) is None:
            optimizer = value.optimizer
            built = optimizer is not None and optimizer.built
            state["compile"] = compiled
            state["optimizer"] = [
                encode(to_numpy(variable))
                for variable in (optimizer.variables if built else ())
            ]
    return state


def apply_state(value, state, decode):
    """Puts a state into a model or layer.

    Args:
        value: Keras model or layer.
        state: Dict of header entries.
        decode: Function from a header entry to its array.

    Raises:
        CodecError: If the state does not fit.
    """
    arrays = [decode(entry) for entry in state["weights"]]
    if [w.shape for w in arrays] != [tuple(w.shape) for w in value.weights]:
        raise CodecError("weights that do not fit the model")
    for weight, array in zip(value.weights, arrays, strict=True):
        if not _same(to_numpy(weight), array):
            weight.assign(array)
    layers = _flat(value)
    if len(layers) == len(state["trainable"]):
        for layer, trainable in zip(layers, state["trainable"], strict=True):
            if layer.trainable != bool(trainable):
                layer.trainable = bool(trainable)
    if "compile" in state:
        _compile(value, state, decode)


def _compile(model, state, decode):
    fault = find_refused(state["compile"])
    if fault:
        raise CodecError(f"{fault} may not cross")
    if not (model.compiled and model.get_compile_config() == state["compile"]):
        model.compile_from_config(state["compile"])
    if state["optimizer"]:
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        variables = model.optimizer.variables
        if len(variables) != len(state["optimizer"]):
            raise CodecError("an optimizer's state that does not fit")
        for variable, entry in zip(variables, state["optimizer"], strict=True):
            array = decode(entry)
            if array.shape != tuple(variable.shape):
                raise CodecError("an optimizer's state that does not fit")
            variable.assign(array)


def serialise(value):
    """Returns a Keras object's config, or `None` if it must stay where it is."""
    try:
        config = keras.saving.serialize_keras_object(value)
    except Exception:
        return None
    if isinstance(config, dict):
        config.pop("compile_config", None)
    if isinstance(config, dict) and find_refused(config) is None:
        return config
    return None


def rebuild(config):
    """Makes a Keras object of its config.

    Raises:
        CodecError: If the config names what may not cross, or Keras refuses it.
    """
    fault = find_refused(config)
    if fault:
        raise CodecError(f"{fault} may not cross")
    try:
        return keras.saving.deserialize_keras_object(config, safe_mode=True)
    except Exception as error:
        raise CodecError(f"Keras refuses a config: {error}") from error


def has_state(value):
    """Returns whether a Keras object has weights."""
    return isinstance(value, keras.layers.Layer)


def _flat(value):
    layers = list(value._flatten_layers(include_self=True, recursive=True))
    if len(layers) > MAX_LAYERS:
        raise CodecError(f"a model of more than {MAX_LAYERS} layers cannot cross")
    return layers


def _same(left, right):
    return left.dtype == right.dtype and np.array_equal(left, right, equal_nan=True)
