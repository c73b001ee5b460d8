"""Other packages' private parts, one test for each: it says what an upgrade broke."""

import json
import os
import random
import subprocess
import sys
import types
from pathlib import Path

import keras
import pytest
from ipykernel import ipkernel
from jupyter_client import KernelManager
from keras import layers

from autograder import compat


def test_nbformat_validates_without_the_grammar_for_iris():
    code = (
        "from autograder import compat; compat.skip_iri_grammar()\n"
        "import sys, nbformat\n"
        "notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell()])\n"
        "nbformat.validate(notebook)\n"
        "notebook.cells[0].execution_count = 'x'\n"
        "try:\n    nbformat.validate(notebook)\n"
        "except nbformat.ValidationError:\n    print('lark' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "False\n", (
        "jsonschema validates otherwise, or still compiles a grammar, where "
        f"rfc3987_syntax cannot be imported: {done.stdout}{done.stderr[-1000:]}"
    )


def test_keras_draws_a_new_seed():
    def draw_twice(between):
        keras.utils.set_random_seed(1)
        keras.random.uniform((4,))
        random.seed(2)
        between()
        return keras.random.uniform((4,))

    kept = draw_twice(lambda: None)
    assert keras.ops.all(kept == draw_twice(lambda: None)), "the draws are not seeded"
    assert keras.ops.any(kept != draw_twice(compat.reset_keras_seed)), (
        "Keras keeps its global seed elsewhere than in "
        "keras.src.backend.common.global_state: all forks of a parent draw the same"
    )


def test_keras_has_another_home(tmp_path):
    source, home = tmp_path / "source.txt", tmp_path / "home"
    source.write_text("x")
    home.mkdir()
    before = os.environ.get("KERAS_HOME", os.path.expanduser("~/.keras"))
    try:
        compat.set_keras_home(str(home))
        found = keras.utils.get_file("copy.txt", source.as_uri())
    finally:
        compat.set_keras_home(before)
    assert Path(found).is_relative_to(home), (
        "Keras keeps its home folder elsewhere than in keras.src.backend.config: "
        f"kernels of a shared parent write to the parent's, {found}"
    )


def test_all_layers_of_a_model_are_found_in_order():
    inner = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
    model = keras.Sequential([keras.Input((3,)), inner, layers.ReLU()])
    found = compat.flat_layers(model)
    kept = [layer for layer in found if isinstance(layer, layers.Dense | layers.ReLU)]
    assert found[0] is model, (
        "Layer._flatten_layers has another order: a model's `trainable` flags would be "
        "put into other layers when it crosses"
    )
    assert {id(layer) for layer in (inner, *inner.layers, *model.layers)} <= {
        id(layer) for layer in found
    }, "Layer._flatten_layers no longer finds all layers inside"
    assert len(kept) == 2, "Layer._flatten_layers finds a layer twice"


@pytest.mark.parametrize(
    "function",
    [
        keras.ops.relu,
        keras.ops.matmul,
        keras.ops.softmax,
        keras.activations.gelu,
        keras.losses.mean_squared_error,
        keras.metrics.binary_accuracy,
    ],
    ids=lambda function: function.__name__,
)
def test_keras_functions_are_where_they_were(function):
    assert function.__module__.startswith(compat.KERAS_COMPUTES), (
        f"Keras defines {function.__name__} in {function.__module__}: a student's "
        "function cannot return it any more"
    )


def test_nothing_that_reads_files_is_among_them():
    for function in (
        keras.saving.load_model,
        keras.utils.get_file,
        keras.config.set_backend,
        keras.datasets.mnist.load_data,
    ):
        assert not function.__module__.startswith(compat.KERAS_COMPUTES), (
            f"Keras defines {function.__name__} among what only computes: a student "
            "could have the verdict process call it"
        )


def modules_of(config):
    """Returns the modules that a config names, anywhere in it."""
    pending, found = [config], set()
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            if isinstance(node.get("module"), str):
                found.add(node["module"])
            pending.extend(node.values())
        elif isinstance(node, list | tuple):
            pending.extend(node)
    return found


def test_a_models_config_names_the_modules_that_may_cross():
    x = keras.Input((3,))
    y = keras.ops.relu(layers.Dense(3)(x)) + x
    models = [keras.Model(x, y), keras.Sequential([x, layers.Dense(2)])]
    named = {
        name
        for model in models
        for name in modules_of(keras.saving.serialize_keras_object(model))
        if name.startswith("keras.src.")
    }
    unknown = {
        name
        for name in named - set(compat.KERAS_MODELS)
        if not name.startswith(compat.KERAS_OPERATIONS)
    }
    assert not unknown, f"configs name {unknown}: models no longer cross to the tests"
    assert any(name.startswith(compat.KERAS_OPERATIONS) for name in named), (
        "configs of functional models name Keras's operations by another module: "
        "KERAS_OPERATIONS allows what does not exist"
    )
    assert named & set(compat.KERAS_MODELS), (
        "configs name models by another module: KERAS_MODELS allows what does not exist"
    )


def test_tensorflow_is_initialised_by_an_operation():
    """tests/autograder/warm/test_warm.py shows that it is not before."""
    import tensorflow

    tensorflow.constant(1)
    assert compat.tensorflow_is_initialised(), (
        "TensorFlow keeps elsewhere than in tensorflow.python.eager.context whether it "
        "is initialised: a warm parent would fork kernels that hang"
    )


def test_jax_is_initialised_by_an_operation():
    pytest.importorskip("jax")
    code = (
        "import json, jax\nfrom autograder import compat\n"
        "before = compat.jax_is_initialised()\njax.numpy.ones(1)\n"
        "print(json.dumps([before, compat.jax_is_initialised()]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [False, True], (
        "JAX keeps elsewhere than in jax._src.xla_bridge whether it is initialised: a "
        "warm parent would fork kernels that hang"
    )


def test_a_backend_that_is_not_imported_is_not_initialised(monkeypatch):
    for name in ("tensorflow.python.eager.context", "jax._src.xla_bridge"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    assert compat.tensorflow_is_initialised() is False
    assert compat.jax_is_initialised() is False


def test_ipykernel_lists_the_modules_that_it_is_given():
    given = {"one": types.SimpleNamespace(__file__="/one.py")}
    with compat.ipykernel_modules(given):
        kernel = ipkernel.IPythonKernel()
    broken = (
        "ipykernel.ipkernel does not list the modules of its own `sys` any more: a "
        "starting kernel copies its parent's memory"
    )
    assert kernel._kernel_modules == ["/one.py"], broken
    assert ipkernel.sys is sys


def test_a_heartbeat_socket_is_where_it_is_waited_for(tmp_path):
    manager = KernelManager(transport="ipc", ip=str(tmp_path / "k"))
    manager.hb_port = 5
    (tmp_path / "k-5").touch()
    assert compat.heartbeat_socket(manager) == str(tmp_path / "k-5")
    assert manager._make_url("hb") == f"ipc://{tmp_path}/k-5", (
        "jupyter_client names Unix sockets otherwise: each warm kernel's start waits "
        "for a socket that does not come"
    )
