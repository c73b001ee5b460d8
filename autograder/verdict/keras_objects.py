"""Turns Keras models, layers and other Keras objects into config and arrays, and back.

The config is walked against an allow-list on both sides: the sender keeps a model that
does not pass on its own side, the receiver refuses it.
"""

import copy
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from autograder import compat
from autograder.verdict.codec import CodecError, Entry

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
        "keras.quantizers",
        *compat.KERAS_MODELS,
    }
)
MODULE_PREFIXES = (compat.KERAS_OPERATIONS, "layerwise.")
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
        # They hold a data set and a tokenizer.
        "GPTQConfig",
        "AWQConfig",
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


def is_keras_object(value: Any) -> bool:
    """Returns whether a value is of a kind that may cross as config and arrays."""
    return isinstance(value, KINDS)


def to_numpy(value: Any) -> np.ndarray:
    """Returns a tensor or variable as a NumPy array."""
    if len(value.shape) == 0:
        # TensorFlow 2.21 makes no array of a single bfloat16.
        return keras.ops.convert_to_numpy(keras.ops.reshape(value, (1,))).reshape(())
    return keras.ops.convert_to_numpy(value)


def find_refused(config: Any) -> str | None:
    """Looks in a serialised config for what may not cross.

    Args:
        config: What `keras.saving.serialize_keras_object` returns, as JSON holds it.

    Returns:
        A name of the first thing refused, or `None`.
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


def _find_fault(node: dict[str, Any]) -> str | None:
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


def state_of(
    value: keras.Layer, encode: Callable[[np.ndarray], Entry]
) -> dict[str, Entry]:
    """Returns what changes in a model or layer while it is used, as header entries.

    Args:
        value: The model or layer.
        encode: Returns an array's header entry.
    """
    state: dict[str, Entry] = {
        "weights": [encode(to_numpy(w)) for w in value.weights],
        "names": [_name_of(w) for w in value.weights],
        "trainable": [layer.trainable for layer in _layers(value)],
    }
    compiled = _compile_config(value)
    if compiled is not None:
        optimizer = value.optimizer
        built = optimizer is not None and optimizer.built
        state["compile"] = compiled
        state["optimizer"] = [
            encode(to_numpy(variable))
            for variable in (optimizer.variables if built else ())
        ]
    return state


def _compile_config(value: keras.Layer) -> dict[str, Any] | None:
    """Returns how a model was compiled, or `None` if that cannot cross."""
    if not (isinstance(value, keras.Model) and getattr(value, "compiled", False)):
        return None
    try:
        compiled = value.get_compile_config()
    except Exception:
        # A loss or an optimizer of one's own need have no config.
        return None
    return compiled if compiled and find_refused(compiled) is None else None


def apply_state(
    value: keras.Layer, state: dict[str, Entry], decode: Callable[[Entry], np.ndarray]
) -> bool:
    """Puts a state into a model or layer.

    Args:
        value: The model or layer.
        state: What `state_of` returned at the other end.
        decode: Returns the array of a header entry.

    Returns:
        Whether the model is compiled as at the other end, its optimizer's state
        included: another policy there may have wrapped the optimizer.

    Raises:
        CodecError: If the weights do not fit.
    """
    arrays = [decode(entry) for entry in state["weights"]]
    weights = _in_order(value.weights, state["names"])
    if [kind_of(w) for w in arrays] != [kind_of(w) for w in weights]:
        raise CodecError("weights that do not fit the model")
    for weight, array in zip(weights, arrays, strict=True):
        if not _same(to_numpy(weight), array):
            weight.assign(array)
    layers = _layers(value)
    for layer in layers:
        # Normalization keeps beside its weights what it makes of them.
        if layer.built and hasattr(layer, "finalize_state"):
            layer.finalize_state()
    if len(layers) == len(state["trainable"]):
        for layer, trainable in zip(layers, state["trainable"], strict=True):
            if layer.trainable != bool(trainable):
                layer.trainable = bool(trainable)
    return "compile" not in state or _compile(value, state, decode)


def _name_of(weight: Any) -> str:
    """Returns a weight's name and that of its layer."""
    return "/".join(weight.path.split("/")[-2:])


def _in_order(weights: list[Any], names: list[str]) -> list[Any]:
    """Returns weights in the order of their names at the other end.

    A layer to which weights were added, for low rank or few bits, has them in another
    order than one that is made with them.
    """
    found = {_name_of(weight): weight for weight in weights}
    if len(found) == len(weights) and sorted(found) == sorted(map(str, names)):
        return [found[name] for name in names]
    return weights


def kind_of(weight: Any) -> tuple[tuple[int, ...], str]:
    """Returns the shape and the dtype's name of an array or variable."""
    return tuple(weight.shape), getattr(weight.dtype, "name", str(weight.dtype))


def _compile(
    model: keras.Model, state: dict[str, Entry], decode: Callable[[Entry], np.ndarray]
) -> bool:
    """Compiles a model as it was at the other end; returns whether all of it fits."""
    arrays = [decode(entry) for entry in state["optimizer"]]
    if find_refused(state["compile"]):
        return False
    try:
        if not (model.compiled and model.get_compile_config() == state["compile"]):
            model.compile_from_config(state["compile"])
        if arrays and not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        variables = model.optimizer.variables if arrays else []
        if [kind_of(v) for v in variables] != [kind_of(a) for a in arrays]:
            return False
        for variable, array in zip(variables, arrays, strict=True):
            variable.assign(array)
    except Exception:
        # Keras may refuse a config of its own in many ways.
        return False
    return True


def become(value: Any, other: Any) -> None:
    """Makes an object that is known under many names another one, in place."""
    value.__class__ = type(other)
    vars(value).clear()
    vars(value).update(vars(other))


def serialise(value: Any) -> dict[str, Any] | None:
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


def rebuild(config: dict[str, Any]) -> Any:
    """Makes a Keras object of its config.

    Raises:
        CodecError: If the config names what may not cross, or Keras refuses it.
    """
    fault = find_refused(config)
    if fault:
        raise CodecError(f"{fault} may not cross")
    policy = keras.config.dtype_policy()
    try:
        # What a notebook has set for its own models is none of this one's.
        keras.config.set_dtype_policy("float32")
        # Keras takes a config apart while it reads it.
        config = copy.deepcopy(config)
        return keras.saving.deserialize_keras_object(config, safe_mode=True)
    except Exception as error:
        raise CodecError(f"Keras refuses a config: {error}") from error
    finally:
        keras.config.set_dtype_policy(policy)


def has_state(value: Any) -> bool:
    """Returns whether a Keras object has weights."""
    return isinstance(value, keras.layers.Layer)


def _layers(value: keras.Layer) -> list[keras.Layer]:
    layers = compat.flat_layers(value)
    if len(layers) > MAX_LAYERS:
        raise CodecError(f"a model of more than {MAX_LAYERS} layers cannot cross")
    return layers


def _same(left: np.ndarray, right: np.ndarray) -> bool:
    return left.dtype == right.dtype and np.array_equal(left, right, equal_nan=True)
