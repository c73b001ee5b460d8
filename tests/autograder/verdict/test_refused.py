"""Points 2 and 3: which names and which configs a student may send."""

import pytest
from forging import answer, message

from autograder.verdict import keras_objects
from autograder.verdict.codec import CodecError
from autograder.verdict.proxies import BrokenLinkError

pytestmark = pytest.mark.kernel

DENSE = {
    "module": "keras.layers",
    "class_name": "Dense",
    "config": {"name": "d", "units": 2},
    "registered_name": None,
}


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("builtins", "eval"),
        ("builtins", "__import__"),
        ("os", "system"),
        ("numpy", "load"),
        ("numpy", "save"),
        ("numpy", "memmap"),
        ("numpy", "os.system"),
        ("numpy", "__dict__.update"),
        ("numpy", "__dict__.__class__"),
        ("numpy.random", "seed"),
        ("numpy.testing", "measure"),
        ("numpy.testing._private.utils", "runstring"),
        ("keras", "config.enable_unsafe_deserialization"),
        ("keras.src.saving.serialization_lib", "enable_unsafe_deserialization"),
        ("keras.src.saving.saving_api", "load_model"),
        ("keras.src.utils.rng_utils", "set_random_seed"),
        ("keras.src.layers.core.lambda_layer", "Lambda"),
        ("keras.src.models.model", "model_from_json"),
        ("keras.src.ops", ""),
        ("layerwise.checks.assertions", "close"),
        ("layerwise.checks", ""),
        ("tensorflow", "py_function"),
        ("math", "__loader__.load_module"),
    ],
)
def test_names_of_what_does_more_than_compute_are_refused(forge, module, name):
    with pytest.raises(BrokenLinkError):
        forge(message(answer(ok={"t": "name", "m": module, "q": name})))


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("builtins", "float"),
        ("math", "sqrt"),
        ("numpy", "exp"),
        ("numpy", "float32"),
        ("keras.src.ops.nn", "relu"),
        ("keras.src.activations.activations", "gelu"),
        ("keras.src.layers.core.dense", "Dense"),
        ("layerwise.models.resnet", "conv_bn"),
    ],
)
def test_names_of_what_computes_are_taken(forge, module, name):
    result, _ = forge(message(answer(ok={"t": "name", "m": module, "q": name})))
    assert result.__name__ == name


@pytest.mark.parametrize("name", ["os", "np", "locked", "no"])
def test_only_locked_functions_can_be_named(forge, name):
    with pytest.raises(BrokenLinkError):
        forge(message(answer(ok={"t": "locked", "q": name})))


def nested(entry):
    return {
        **DENSE,
        "class_name": "Sequential",
        "module": "keras",
        "config": {"name": "s", "layers": [DENSE, entry]},
    }


@pytest.mark.parametrize(
    "entry",
    [
        {**DENSE, "class_name": "Lambda"},
        {**DENSE, "class_name": "TFSMLayer", "config": {"filepath": "/tmp"}},
        {**DENSE, "class_name": "StringLookup"},
        {**DENSE, "class_name": "__lambda__"},
        {**DENSE, "class_name": "__lambda__", "module": None},
        {**DENSE, "class_name": "function", "module": "builtins", "config": "eval"},
        {**DENSE, "module": "os", "class_name": "system"},
        {**DENSE, "module": "keras.src.utils.torch_utils"},
        {**DENSE, "module": "kerasx"},
        {**DENSE, "module": None},
        {**DENSE, "module": 3},
        {**DENSE, "registered_name": "Custom>Dense"},
        {**DENSE, "class_name": ["Dense"]},
        {**DENSE, "class_name": "Dense.__init__"},
        {
            **DENSE,
            "class_name": "Dense",
            "config": {"activation": {**DENSE, "module": "os"}},
        },
        {"class_name": "Dense", "config": {"units": 2}},
    ],
    ids=lambda entry: f"{entry.get('module')}.{entry['class_name']}",
)
def test_configs_with_code_are_refused(entry):
    for config in (entry, nested(entry), {"any": [nested(entry)]}):
        assert keras_objects.find_refused(config) is not None
        with pytest.raises(CodecError):
            keras_objects.rebuild(config)
        assert keras_objects.find_refused(nested(DENSE)) is None


def test_a_config_that_keras_refuses_stays_a_handle(forge):
    config = {**DENSE, "config": {"units": -5}}
    entry = {"t": "keras", "h": 1, "c": config, "class": "Dense", "model": False}
    result, _ = forge(message(answer(ok=entry)))
    assert type(result).__name__ == "Dense"
    assert result._is_handle
