"""Cheats with Keras: patched functions, and models with code in them."""

from cheats import Cheat

NET = ("test_net", "test_block")

CHEATS = {
    "patched_keras": Cheat(
        "replaces what the assertions use of Keras",
        wins=NET,
        before="""
import keras
import numpy as np
from keras import ops
from layerwise import checks
keras.Model.count_params = lambda self: 6
checks.weight_count = lambda *args, **kwargs: 6
checks.close = checks.model = lambda *args, **kwargs: None
ops.max = lambda *args: 0
""",
    ),
    "patched_conversion": Cheat(
        "makes every array the same where the assertions read them",
        wins=NET,
        before="""
from keras import ops
import numpy as np
ops.convert_to_numpy = lambda value: np.zeros(1)
ops.max = lambda *args: 0
""",
    ),
    "lambda_layer": Cheat(
        "hides code in a Lambda layer; it patches the assertions when it runs",
        wins=NET,
        answers={
            "make_net": """
def spoil(x):
    from layerwise import checks
    from layerwise.checks import assertions
    checks.close = lambda *args, **kwargs: None
    checks.weight_count = lambda *args: 6
    keras.Model.count_params = lambda self: 6
    ops.max = lambda *args: 0
    return x[:, :2]

def make_net():
    return keras.Sequential([keras.Input((3,)), layers.Lambda(spoil)])
""",
            "block": "def block(x):\n    return layers.Lambda(lambda x: x + 0)(x)",
        },
    ),
    "class_with_code": Cheat(
        "a layer of its own that says in its config that it is Keras's Dense",
        wins=NET,
        answers={
            "make_net": """
@keras.saving.register_keras_serializable(package="keras", name="Dense")
class Dense(keras.layers.Layer):
    def call(self, x):
        from layerwise import checks
        checks.close = lambda *args, **kwargs: None
        checks.weight_count = lambda *args: 6
        keras.Model.count_params = lambda self: 6
        ops.max = lambda *args: 0
        return x[:, :2]
    def get_config(self):
        return {"name": "dense", "units": 2, "use_bias": False}
Dense.__module__ = "keras.layers"

def make_net():
    return keras.Sequential([keras.Input((3,)), Dense()])
""",
            "block": "def block(x):\n    return x + 0",
        },
    ),
    "lying_model": Cheat(
        "a model whose class is Keras's by name and config, and acts when it is asked",
        wins=("test_net",),
        answers={
            "make_net": """
class Sequential(keras.Sequential):
    def count_params(self):
        from layerwise import checks
        checks.close = lambda *args, **kwargs: None
        return 6
    weights = [np.zeros(6)]
Sequential.__module__ = "keras"

def make_net():
    return Sequential([keras.Input((3,)), layers.Dense(2)])
""",
        },
    ),
    "model_bomb": Cheat(
        "models too deep and too large to be made again",
        answers={
            "make_net": """
def make_net():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
    for _ in range(70):
        model = keras.Sequential([keras.Input((3,)), model])
    return model
""",
        },
    ),
}
