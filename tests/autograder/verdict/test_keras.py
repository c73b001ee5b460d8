"""Point 3 and 4: Keras models as config and arrays, and what changes in them."""

import keras
import numpy as np
import pytest

from autograder.verdict.proxies import Handle

pytestmark = pytest.mark.kernel

MODELS = """
import keras
from keras import layers, ops

def dense():
    return keras.Sequential([keras.Input((4,)), layers.Dense(3, "relu"),
                             layers.Dropout(0.5), layers.Dense(2)])

def unbuilt():
    return keras.Sequential([layers.Dense(2)])

def functional():
    x = keras.Input((8, 8, 3), name="picture")
    y = layers.Conv2D(4, 3, padding="same", use_bias=False,
                      kernel_regularizer=keras.regularizers.L2(1e-4))(x)
    y = layers.BatchNormalization()(y)
    y = ops.relu(y)
    z = layers.Conv2D(4, 1)(x)
    y = ops.mean(ops.concatenate([y, z], axis=-1) * 2.0 + y[..., :1], axis=(1, 2))
    inner = dense()
    return keras.Model(x, inner(layers.Dense(4)(y)), name="whole")

def two_ends():
    a, b = keras.Input((2,)), keras.Input((2,))
    return keras.Model([a, b], [a + b, layers.Multiply()([a, b])])

def compiled():
    model = dense()
    model.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
    x = np.ones((8, 4), "float32")
    model.fit(x, np.zeros((8, 2)), epochs=2, verbose=0)
    return model

def recurrent():
    return keras.Sequential([keras.Input((5, 3)),
                             layers.Bidirectional(layers.LSTM(2))])

class Scale(keras.layers.Layer):
    def build(self, shape):
        self.factor = self.add_weight(shape=(), initializer="ones", name="factor")
    def call(self, x):
        return x * self.factor

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.scale, self.out = Scale(), layers.Dense(2)
    def call(self, x):
        return self.out(self.scale(x))

def own_layer():
    return keras.Sequential([keras.Input((4,)), Scale(), layers.Dense(2)])

def own_model():
    model = Net()
    model(np.ones((1, 4)))
    return model

def with_lambda():
    return keras.Sequential([keras.Input((4,)), layers.Lambda(lambda x: x + 1)])
"""
BUILT = ["dense", "functional", "two_ends", "compiled", "recurrent"]
REMOTE = ["own_layer", "own_model", "with_lambda"]


@pytest.mark.parametrize("name", BUILT)
def test_models_of_standard_layers_cross(both, name):
    test = f"""
import keras
_model = {name}()
checks.model(_model)
_facts = (
    type(_model).__name__, _model.input_shape, _model.output_shape,
    [type(_layer).__name__ for _layer in checks.find_layers(_model)],
    checks.weight_count(_model), checks.weight_count(_model, trainable=True),
    [tuple(_weight.shape) for _weight in _model.weights],
)
with checks.seeded(1):
    for _variable in _model.weights:
        _variable.assign(0.1 * np.random.rand(*_variable.shape))
_inputs = [np.ones((2, *_input.shape[1:]), "float32") for _input in _model.inputs]
_given = _inputs if len(_inputs) > 1 else _inputs[0]
_outputs = keras.tree.flatten(_model.predict(_given, verbose=0))
"""
    alone, apart = both(MODELS, test)
    assert type(apart["_model"]).__module__.startswith("keras.")
    assert alone["_facts"] == apart["_facts"]
    for left, right in zip(alone["_outputs"], apart["_outputs"], strict=True):
        np.testing.assert_allclose(left, right, rtol=1e-5, atol=1e-6)


def test_weights_and_optimizer_cross(split):
    defined = split.define(MODELS + "\nmodel = compiled()\nstate = model.get_weights()")
    model = defined["model"]
    for received, expected in zip(model.get_weights(), defined["state"], strict=True):
        np.testing.assert_array_equal(received, expected)
    assert type(model.optimizer).__name__ == "Adam"
    assert int(model.optimizer.iterations) == 2
    assert float(model.optimizer.learning_rate) == pytest.approx(0.01)
    assert model.loss == "mse"
    model.evaluate(np.ones((2, 4)), np.zeros((2, 2)), verbose=0)


def test_a_model_with_its_own_call_has_shapes_and_layers(both):
    student = """
import keras
from keras import layers

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = layers.Conv2D(4, 3, activation=layers.ReLU())
        self.last = layers.Dense(2)

    def call(self, x):
        return self.last(layers.Flatten()(self.first(x)))
"""
    test = """
_model = Net()
checks.model(_model, (None, 5, 6, 1), (None, 2))
_kinds = [type(_layer).__name__ for _layer in checks.find_layers(_model)]
"""
    alone, apart = both(student, test)
    assert isinstance(apart["_model"], Handle)
    assert alone["_kinds"] == apart["_kinds"] == ["Conv2D", "ReLU", "Dense"]


@pytest.mark.parametrize("name", REMOTE)
def test_models_with_other_code_stay_but_can_be_used(both, name):
    test = f"""
import keras
_model = {name}()
checks.model(_model)
_weights = [np.full(_weight.shape, 0.5) for _weight in _model.get_weights()]
_model.set_weights(_weights)
_x = np.ones((3, 4), "float32")
_called = keras.ops.convert_to_numpy(_model(_x))
_predicted = _model.predict(_x, verbose=0)
_count = checks.weight_count(_model), _model.count_params()
_back = _model.get_weights()
"""
    alone, apart = both(MODELS, test)
    assert isinstance(apart["_model"], Handle)
    assert alone["_count"] == apart["_count"]
    for name in ("_called", "_predicted"):
        np.testing.assert_allclose(alone[name], apart[name], rtol=1e-6)
    for left, right in zip(apart["_back"], apart["_weights"], strict=True):
        np.testing.assert_array_equal(left, right)


def test_layers_and_other_keras_objects_cross(both):
    student = (
        MODELS
        + """
def parts():
    return [layers.Dense(3, activation="tanh"), keras.losses.Huber(2.0),
            keras.optimizers.SGD(0.1, momentum=0.9), keras.initializers.HeNormal(7),
            keras.regularizers.L1(0.5)]
def use(layer, loss):
    return [layer.units, loss.name, layer.built]
"""
    )
    test = """
import keras
_parts = [(type(_part).__name__, _part.get_config()) for _part in parts()]
_used = use(keras.layers.Dense(5), keras.losses.MeanAbsoluteError())
"""
    alone, apart = both(student, test)
    assert [name for name, _ in alone["_parts"]] == [n for n, _ in apart["_parts"]]
    assert alone["_parts"][1] == apart["_parts"][1]
    assert alone["_used"] == apart["_used"] == [5, "mean_absolute_error", False]


CHANGES = """
import keras

def train(model, fail=False):
    model.layers[0].trainable = False
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), "mse")
    model.fit(np.ones((4, 3)), np.ones((4, 2)), epochs=3, shuffle=False, verbose=0)
    if fail:
        raise ValueError("late")
    return model

def peek(model):
    return float(keras.ops.sum(model.weights[0]))

kept = []
def keep(model):
    kept.append(model)

def scribble():
    kept[0].set_weights([w + 1 for w in kept[0].get_weights()])

def is_kept(model):
    return model is kept[0]

def grow(model):
    model.add(keras.layers.Dense(1))

def copy(model):
    return keras.models.clone_model(model)
"""
OWN = """
import keras
_model = keras.Sequential([
    keras.Input((3,)),
    keras.layers.Dense(3, kernel_initializer="ones"),
    keras.layers.BatchNormalization(),
    keras.layers.Dense(2, kernel_initializer="ones"),
])
_before = _model.get_weights()
"""


@pytest.mark.parametrize("fail", [False, True])
def test_training_over_there_is_training_here(both, fail):
    test = f"""{OWN}
_error = ""
try:
    _model_back = train(_model, fail={fail})
except ValueError as _caught:
    _error = str(_caught)
checks.unchanged(_model.get_weights()[:2], _before[:2], "the frozen layer")
_flags = [_layer.trainable for _layer in _model.layers]
_after = _model.get_weights()
_velocity = [
    keras.ops.convert_to_numpy(_variable) for _variable in _model.optimizer.variables
]
_steps = int(_model.optimizer.iterations)
_sum = peek(_model)
_model.layers[0].set_weights([np.zeros((3, 3)), np.zeros(3)])
_zero = peek(_model)
"""
    alone, apart = both(CHANGES, test)
    assert alone["_error"] == apart["_error"] == ("late" if fail else "")
    assert alone["_flags"] == apart["_flags"] == [False, True, True]
    assert alone["_steps"] == apart["_steps"] == 3
    assert (alone["_sum"], apart["_sum"]) == (9, 9)
    assert (alone["_zero"], apart["_zero"]) == (0, 0)
    for name in ("_after", "_velocity"):
        for left, right in zip(alone[name], apart[name], strict=True):
            np.testing.assert_allclose(left, right, rtol=1e-5, atol=1e-6)
    if not fail:
        assert apart["_model_back"] is apart["_model"]
        assert alone["_model_back"] is alone["_model"]


def test_a_model_that_is_only_looked_at_stays_as_it_is(both):
    test = f"""{OWN}
_sum = peek(_model)
checks.unchanged(_model.get_weights(), _before)
_copy = copy(_model)
_other = _copy.weights[0].shape == _model.weights[0].shape
keep(_model)
_kept = is_kept(_model), is_kept(_copy)
"""
    alone, apart = both(CHANGES, test)
    for name in ("_sum", "_other", "_kept"):
        assert alone[name] == apart[name], name
    assert alone["_kept"] == (True, False)


def test_a_model_that_grew_over_there_is_made_again(split):
    defined = split.define(
        CHANGES
        + "\nmodel = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])"
    )
    assert len(defined["model"].layers) == 1
    split.define_there("grow(model)")
    model = split.side.ask("names", ("model",))["model"]
    assert len(model.layers) == 2
    assert model(np.ones((1, 3))).shape == (1, 1)


def test_an_unbuilt_model_and_a_keras_tensor(split):
    defined = split.define(MODELS + "\ntensor = keras.Input((3,))")
    assert [type(layer).__name__ for layer in defined["unbuilt"]().layers] == ["Dense"]
    assert isinstance(defined["tensor"], Handle)
    assert defined["tensor"].shape == (None, 3)
    with pytest.raises(TypeError, match="KerasTensor of the test's own"):
        defined["unbuilt"](keras.Input((3,)))
