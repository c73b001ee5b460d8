"""What people do to a model before they return it: the test asks the model that they
have, in whatever way it comes here."""

import pytest

pytestmark = pytest.mark.kernel

SETUP = """
import keras
from keras import layers, ops
import numpy as np

def make():
    return keras.Sequential([
        keras.Input((6,)),
        layers.Dense(8, activation="relu", name="hidden"),
        layers.Dropout(0.1),
        layers.BatchNormalization(name="norm"),
        layers.Dense(3, name="head"),
    ])

def train(model, optimizer="adam", loss="mse", **more):
    model.compile(optimizer, loss, **more)
    model.fit(np.ones((8, 6)), np.zeros((8, 3)), epochs=1, verbose=0)

def total(model, x):
    return float(np.sum(np.abs(ops.convert_to_numpy(model(x)).astype("float64"))))
"""
# What is done to `model`, which is the test's or the student's own.
DONE = {
    "mixed_policy": """
keras.config.set_dtype_policy("mixed_float16")
train(model)
""",
    "mixed_bfloat16_policy": """
keras.config.set_dtype_policy("mixed_bfloat16")
train(model)
""",
    "loss_scale": """
train(model, keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.1)))
""",
    "quantized": 'train(model)\nmodel.quantize("int8")',
    "quantized_int4": 'train(model)\nmodel.quantize("int4")',
    "quantized_float8": 'train(model)\nmodel.quantize("float8")',
    "average": "train(model, keras.optimizers.SGD(use_ema=True, ema_momentum=0.5))",
    "average_taken": """
train(model, keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5))
model.optimizer.finalize_variable_values(model.trainable_variables)
""",
    "accumulated": "train(model, keras.optimizers.SGD(gradient_accumulation_steps=2))",
    "frozen_after_compile": "train(model)\nmodel.layers[0].trainable = False",
    "frozen_whole": "train(model)\nmodel.trainable = False",
    "compiled_twice": 'train(model)\ntrain(model, "sgd", "mae", metrics=["mse"])',
    "compiled_frozen": """
train(model, keras.optimizers.SGD(0.1, momentum=0.9))
model.layers[0].trainable = False
train(model, keras.optimizers.SGD(0.01, momentum=0.9))
""",
    "thawed_after_training": """
model.layers[0].trainable = False
train(model)
model.layers[0].trainable = True
""",
    "schedule": """
rate = keras.optimizers.schedules.CosineDecay(0.1, 100)
train(model, keras.optimizers.AdamW(rate, clipnorm=1.0))
""",
    "own_schedule": """
class Own(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        return 0.01
train(model, keras.optimizers.Adam(Own()))
""",
    "own_optimizer": """
class Own(keras.optimizers.SGD):
    pass
train(model, Own(0.1))
""",
    "own_loss_and_metric": """
def own(y, p):
    return ops.mean(ops.square(y - p), axis=-1)
train(model, "adam", own, metrics=[own])
""",
    "own_metric_class": """
class Own(keras.metrics.Mean):
    def update_state(self, y, p, sample_weight=None):
        super().update_state(p)
train(model, "adam", "mse", metrics=[Own()])
""",
    "callbacks": """
model.compile("adam", "mse")
model.fit(np.ones((8, 6)), np.zeros((8, 3)), epochs=2, verbose=0, callbacks=[
    keras.callbacks.EarlyStopping("loss"),
    keras.callbacks.ReduceLROnPlateau("loss"),
    keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: None),
])
""",
    "compiled_by_jit": "train(model, jit_compile=True)",
    "steps_per_execution": "train(model, steps_per_execution=2)",
    "eager": "train(model, run_eagerly=True)",
    "own_loop": """
import tensorflow as tf
optimizer = keras.optimizers.Adam(0.01)
with tf.GradientTape() as tape:
    loss = ops.mean(model(np.ones((8, 6), "float32"), training=True) ** 2)
slopes = tape.gradient(loss, model.trainable_variables)
optimizer.apply(slopes, model.trainable_variables)
""",
    "low_rank": """
train(model)
model.layers[0].enable_lora(2)
train(model)
""",
    "attribute": "train(model)\nmodel.note = lambda: 1\nmodel.history_of_mine = [1, 2]",
    "only_compiled": 'model.compile("adam", "mse")',
    "function_made": """
train(model)
model.predict(np.ones((2, 6)), verbose=0)
model.evaluate(np.ones((2, 6)), np.ones((2, 3)), verbose=0)
""",
    "own_call": """
old = model.call
model.call = lambda *args, **kwargs: old(*args, **kwargs)
train(model)
""",
    "weights_zeroed": "model.set_weights([w * 0 for w in model.get_weights()])",
    "layer_added": "train(model)\nmodel.add(layers.Dense(2))\nmodel.compile('adam')",
    "layer_popped": "train(model)\nmodel.pop()",
    "floatx": 'keras.config.set_floatx("float64")\ntrain(model)',
    "floatx_16": 'keras.config.set_floatx("float16")\ntrain(model)',
    "channels_first": """
keras.config.set_image_data_format("channels_first")
train(model)
""",
    "cleared_session": "train(model)\nkeras.utils.clear_session()",
    "tracebacks": "keras.config.disable_traceback_filtering()\ntrain(model)",
    "functions_eagerly": """
import tensorflow as tf
tf.config.run_functions_eagerly(True)
train(model)
tf.config.run_functions_eagerly(False)
""",
}
# Other models that people return, and how they are made.
MADE = {
    "cloned": "model = keras.models.clone_model(make())",
    "saved_and_loaded": """
import tempfile, os
path = os.path.join(tempfile.mkdtemp(), "m.keras")
model = make()
train(model)
model.save(path)
model = keras.models.load_model(path)
""",
    "float64": """
model = keras.Sequential([keras.Input((6,)), layers.Dense(3, dtype="float64")])
""",
    "mixed_layers": """
model = keras.Sequential([
    keras.Input((6,)), layers.Dense(4, dtype="mixed_float16"),
    layers.Dense(3, dtype="float32"),
])
train(model)
""",
    "mixed_from_the_start": """
keras.config.set_dtype_policy("mixed_float16")
model = make()
train(model)
""",
    "without_input": """
model = keras.Sequential([layers.Dense(4), layers.Dense(3)])
train(model)
""",
    "without_input_unused": """
model = keras.Sequential([layers.Dense(4), layers.Dense(3)])
""",
    "nested": """
inner = keras.Sequential([keras.Input((6,)), layers.Dense(4)])
model = keras.Sequential([keras.Input((6,)), inner, layers.Dense(3)])
train(model)
""",
    "shared": """
inputs = keras.Input((6,))
one = layers.Dense(6)
model = keras.Model(inputs, layers.Dense(3)(one(one(inputs))))
train(model)
""",
    "subclassed": """
class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.one = layers.Dense(3)
    def call(self, x):
        return self.one(x)
model = Own()
train(model)
""",
    "own_train_step": """
class Own(keras.Model):
    def train_step(self, data):
        return {"loss": ops.convert_to_tensor(0.0)}
inputs = keras.Input((6,))
model = Own(inputs, layers.Dense(3)(inputs))
model.compile("adam", "mse")
model.fit(np.ones((8, 6)), np.zeros((8, 3)), verbose=0)
""",
    "own_layer": """
class Own(layers.Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], 3), name="w")
    def call(self, x):
        return ops.matmul(x, self.w)
model = keras.Sequential([keras.Input((6,)), Own()])
train(model)
""",
    "noise": """
model = keras.Sequential([
    keras.Input((6,)), layers.GaussianNoise(0.5), layers.Dropout(0.5, seed=3),
    layers.AlphaDropout(0.2), layers.Dense(3),
])
train(model)
""",
    "low_rank_from_the_start": """
model = keras.Sequential([keras.Input((6,)), layers.Dense(3, lora_rank=2)])
train(model)
""",
    "normalised": """
norm = layers.Normalization()
norm.adapt(np.random.normal(3, 2, (20, 6)).astype("float32"))
model = keras.Sequential([keras.Input((6,)), norm, layers.Dense(3)])
train(model)
""",
    "spectral": """
model = keras.Sequential([
    keras.Input((6,)), layers.SpectralNormalization(layers.Dense(3)),
])
train(model)
""",
    "lambda": """
model = keras.Sequential([keras.Input((6,)), layers.Lambda(lambda x: 2 * x)])
""",
    "operators": """
inputs = keras.Input((6,))
y = ops.tanh(inputs * 2 + 1)[:, :4]
model = keras.Model(inputs, layers.Dense(3)(y / 3))
train(model)
""",
}
AFTERWARDS = """
keras.config.set_dtype_policy("float32")
keras.config.set_floatx("float32")
keras.config.set_image_data_format("channels_last")
keras.config.enable_traceback_filtering()
"""


# What cannot be done to a model twice.
ONCE = {"layer_added", "layer_popped", "low_rank", "quantized"}
ONCE |= {"quantized_int4", "quantized_float8"}


def indented(source):
    return "\n".join(f"    {line}" for line in source.strip().splitlines())


def ask(split, student, test):
    """Runs a student's cell and a test; returns the test's outputs."""
    split.define_there(SETUP + student)
    try:
        return split.run(f"{SETUP}\nfrom layerwise import checks\n{test}", {"work"})
    finally:
        split.define_there(AFTERWARDS)


CLOSE = """
_told = np.array(_told)
checks.close(total(_model, _x), _told, "what the model puts out", rtol=2e-2, atol=1e-3)
_model.get_weights()
"""


def some_at_night(names, by_day):
    """Most of these run at night: each trains a model in two processes."""
    return [
        name if name in by_day else pytest.param(name, marks=pytest.mark.nightly)
        for name in names
    ]


def errors_of(outputs):
    """A test may end in an expression, whose value is among what it puts out."""
    return [output for output in outputs if output["output_type"] == "error"]


@pytest.mark.parametrize("name", some_at_night(DONE, {"mixed_policy", "quantized"}))
def test_the_tests_model_is_what_it_became(split, name):
    student = f"""
def work(model, x):
{indented(DONE[name])}
    return total(model, x)
"""
    test = f"""
_x = np.random.default_rng(1).normal(size=(5, 6)).astype("float32")
_model = make()
_told = work(_model, _x)
{CLOSE}
_told = work(_model, _x)
{CLOSE}
"""
    if name in ONCE:
        test = test.partition("_model.get_weights()")[0]
    errors = errors_of(ask(split, student, test))
    assert errors == [], errors[0].get("traceback")


@pytest.mark.parametrize(
    "name", some_at_night([*DONE, *MADE], {"loss_scale", "own_layer", "normalised"})
)
def test_a_model_that_is_returned_is_what_it_was(split, name):
    source = MADE.get(name) or f"model = make()\n{DONE[name]}"
    student = f"""
def work(x):
{indented(source)}
    return model, total(model, x)
"""
    test = f"""
_x = np.random.default_rng(1).normal(size=(5, 6)).astype("float32")
_model, _told = work(_x)
checks.model(_model)
{CLOSE}
"""
    errors = errors_of(ask(split, student, test))
    assert errors == [], errors[0].get("traceback")


OWN_LAYER = """
class Own(layers.Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], 3), name="w")
    def call(self, x):
        return ops.matmul(x, self.w)

def work(model, again=False):
    if not again:
        model.add(Own())
    return len(model.layers)
"""


def test_the_tests_model_is_not_replaced_by_code_of_the_students(split):
    test = "_model = make()\nassert work(_model) == 5, 'layers'"
    assert ask(split, OWN_LAYER, test) == []
    again = f"{test}\nassert work(_model, again=True) == 5, 'the same'"
    assert ask(split, OWN_LAYER, again) == []
    for use in ("_model(np.ones((1, 6)))", "_model.get_weights()"):
        (output,) = ask(split, OWN_LAYER, f"{test}\n{use}")
        assert "the model that the test gave has other layers" in output["evalue"]
