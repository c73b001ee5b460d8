"""Where other packages' private parts are used, and why: an upgrade breaks it here.

tests/autograder/test_compat.py has a test for each. Nothing is imported for this module
alone: a warm parent's fork pays for each import, so what may not be there is looked up
in `sys.modules`.
"""

import contextlib
import sys
import types
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras
    from IPython.core.interactiveshell import InteractiveShell
    from jupyter_client import KernelManager

# Where Keras's functions and classes say that they were defined: their `__module__` is
# not the public name. All of these only compute.
KERAS_COMPUTES = (
    "keras.src.ops.",
    "keras.src.activations.",
    "keras.src.losses.",
    "keras.src.metrics.",
)
# Where Keras's own operations were defined, of which a functional model's config is
# made.
KERAS_OPERATIONS = "keras.src.ops."
# What a config says of models whose classes have no public name of their own.
KERAS_MODELS = ("keras.src.models.functional", "keras.src.models.sequential")


def skip_iri_grammar() -> None:
    """Keeps jsonschema from compiling a grammar for IRIs, which nothing here checks.

    `nbformat` imports jsonschema, and that `rfc3987_syntax` where it is installed (it
    comes with jupyter-events), whose import compiles a Lark grammar: one to three
    seconds of CPU time in every process. Without the module jsonschema has no check
    for the formats `iri` and `iri-reference`, which no notebook's schema uses. It must
    run before nbformat is imported.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def reset_keras_seed() -> None:
    """Makes Keras draw a new global seed, where it has been imported.

    `keras.random` keeps a generator whose seed it took from Python's `random` when it
    was first used: a fork would go on with its parent's. The public `set_random_seed`
    would seed NumPy and the backend too, which it initialises.
    """
    state = sys.modules.get("keras.src.backend.common.global_state")
    if state is not None:
        from keras.src.random import seed_generator

        state.set_global_attribute(seed_generator.GLOBAL_SEED_GENERATOR, None)


def set_keras_home(path: str) -> None:
    """Sets the folder of Keras's data sets and weights, where it has been imported.

    Keras reads the home folder once, at import, and has no function that sets it: a
    fork of a shared parent would use the parent's.
    """
    config = sys.modules.get("keras.src.backend.config")
    if config is not None:
        config._KERAS_DIR = path  # type: ignore[attr-defined]


def flat_layers(value: "keras.Layer") -> list["keras.Layer"]:
    """Returns a model or layer and all layers inside, always in the same order.

    `Model.layers` has only the outermost, and a layer has no such attribute.
    """
    return list(value._flatten_layers(include_self=True, recursive=True))


def tensorflow_is_initialised() -> bool:
    """Returns whether TensorFlow has run something: its threads do not survive a fork.

    Each public function that tells would initialise it.
    """
    module = sys.modules.get("tensorflow.python.eager.context")
    context = getattr(module, "_context", None)
    return context is not None and getattr(context, "_initialized", False)


def jax_is_initialised() -> bool:
    """Returns whether JAX has made a backend: its threads do not survive a fork.

    Each public function that tells would make one.
    """
    bridge = sys.modules.get("jax._src.xla_bridge")
    return bool(getattr(bridge, "_backends", None))


@contextlib.contextmanager
def ipykernel_modules(modules: dict[str, Any]) -> Iterator[None]:
    """Makes ipykernel find other modules than `sys.modules` while a kernel is made.

    It asks every module for its file when it starts, and offers no way to be told.
    `autograder.warm.module_files` says what that costs.
    """
    from ipykernel import ipkernel

    stand_in = types.ModuleType("sys")
    stand_in.__dict__.update(vars(sys))
    stand_in.modules = modules  # type: ignore[attr-defined]
    ipkernel.sys = stand_in
    try:
        yield
    finally:
        ipkernel.sys = sys


def store_no_tracebacks(shell: "InteractiveShell") -> None:
    """Keeps a shell from formatting each exception once more, for its history.

    What it would store there is for exporting a session, and takes as long as showing
    it; IPython has no setting for it.
    """

    def plain(value: BaseException, *_: object, **__: object) -> dict[str, object]:
        return {"ename": type(value).__name__, "evalue": "", "traceback": []}

    shell._format_exception_for_storage = plain  # type: ignore


def show_error(
    shell: "InteractiveShell",
    kind: type[BaseException],
    message: str,
    entries: list[str],
) -> None:
    """Has a kernel's shell send an error.

    IPython formats what it sends with `showtraceback`, and offers no function that
    takes a traceback which is formatted already.
    """
    shell._showtraceback(kind, message, entries)


def heartbeat_socket(manager: "KernelManager") -> str:
    """Returns the path of a kernel's heartbeat socket, where it uses Unix sockets.

    jupyter_client and ipykernel make it of the manager's `ip` and a port's number, each
    by itself, and have no function for it.
    """
    return f"{manager.ip}-{manager.hb_port}"
