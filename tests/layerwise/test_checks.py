"""`layerwise.checks`: each assertion, right and wrong, and each verb."""

import random
import re
from decimal import Decimal
from fractions import Fraction

import keras
import numpy as np
import pytest
from keras import layers, ops

from layerwise import checks


def fails(message):
    """Expects an AssertionError whose whole text is the message."""
    return pytest.raises(AssertionError, match=f"^{re.escape(message)}$")


def tensor(values, dtype="float32"):
    return ops.convert_to_tensor(np.asarray(values), dtype)


# shape


def test_shape_accepts():
    checks.shape(np.zeros((2, 3)), (2, 3))
    checks.shape(tensor(np.zeros((2, 3))), [2, 3])
    checks.shape([[1, 2, 3]], (1, None))
    checks.shape(1.5, ())
    checks.shape(keras.Input((8, 8, 3)), (None, 8, 8, 3))


@pytest.mark.parametrize("expected", [(3, 2), (2,), (2, 3, 1), (None, 4), ()])
def test_shape_names_both(expected):
    with fails(f"the output has shape (2, 3); expected {expected}"):
        checks.shape(np.zeros((2, 3)), expected)


def test_shape_of_a_symbolic_tensor():
    with fails("the stage has shape (None, 8, 8, 3); expected (None, 4, 4, 3)"):
        checks.shape(keras.Input((8, 8, 3)), (None, 4, 4, 3), what="the stage")


# What is no array of numbers


def test_none_asks_for_the_return():
    with fails("y is None: is a `return` missing, or still to be written?"):
        checks.shape(None, (2,), what="y")
    with fails("y is None: is a `return` missing, or still to be written?"):
        checks.close(None, 1.0, what="y")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("abc", "'abc'"),
        ("a" * 100, "'" + "a" * 76 + "..."),
        ([[1], [1, 2]], "a list"),
        ({"loss": 1}, "a dict"),
        (print, "a builtin_function_or_method"),
        (np.array(["a"]), "ndarray of shape (1,)"),
    ],
)
def test_other_values_are_named(value, shown):
    with fails(f"the output is not an array of numbers. Received: {shown}"):
        checks.close(value, 1.0)


def test_symbolic_tensor_has_no_numbers():
    with fails("the output is a symbolic Keras tensor of shape (None, 4), not numbers"):
        checks.close(keras.Input((4,)), np.zeros((1, 4)))


# close


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.0, 1.00001),
        ([1, 2], np.array([1.0, 2.0])),
        (tensor([1.0, 2.0]), [1, 2]),
        (np.array([np.nan, np.inf, -np.inf]), [np.nan, np.inf, -np.inf]),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (np.array([1 + 2j]), [1 + 2j]),
        (np.array([True, False]), [1, 0]),
    ],
)
def test_close_accepts(value, expected):
    checks.close(value, expected)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "int32", "bool"])
def test_close_reads_every_dtype(dtype):
    checks.close(tensor([0, 1], dtype), [0.0, 1.0])


def test_close_names_the_shapes():
    with fails("the output has shape (2, 1); expected (2,)"):
        checks.close(np.zeros((2, 1)), np.zeros(2))


def test_close_names_the_numbers():
    with fails("the norm is 3; expected 4"):
        checks.close(3, 4, what="the norm")
    with fails("the output is 0+1j; expected 0+2j"):
        checks.close(1j, 2j)


def test_close_shows_the_worst_place():
    received = np.ones((2, 3))
    received[0, 1], received[1, 2] = 1.5, -3
    with fails("the output is wrong in 2 of 6 numbers, most at [1, 2]: -3; expected 1"):
        checks.close(received, np.ones((2, 3)))


@pytest.mark.parametrize("same", [np.nan, np.inf])
def test_close_does_not_blame_a_place_that_agrees(same):
    with fails("the output is wrong in 1 of 3 numbers, most at [2]: 5; expected 2"):
        checks.close([same, 1.0, 5.0], [same, 1.0, 2.0])


def test_close_finds_a_number_where_nan_is_due():
    with fails("the output is wrong in 1 of 2 numbers, most at [0]: 0; expected nan"):
        checks.close([0.0, 1.0], [np.nan, 1.0])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_close_names_what_is_not_finite(bad):
    with fails("the loss holds numbers that are not finite (NaN or inf)"):
        checks.close([1.0, bad], [1.0, 2.0], what="the loss")


def test_close_takes_tolerances():
    checks.close(1.04, 1.0, rtol=0.05)
    checks.close(0.04, 0.0, atol=0.05)
    with fails("the output is 1.06; expected 1"):
        checks.close(1.06, 1.0, rtol=0.05)
    with fails("the output is 0.0001; expected 0"):
        checks.close(1e-4, 0.0)


# unchanged


def test_unchanged_accepts():
    before = [np.arange(3.0), np.array([np.nan])]
    checks.unchanged([array.copy() for array in before], before)
    checks.unchanged([], [])


@pytest.mark.parametrize(
    "now", [[1.0, np.nextafter(2, 3)], [[1.0, 2.0]], [1.0, np.nan]]
)
def test_unchanged_sees_a_bit_and_a_shape(now):
    before = [np.array([1.0, 2.0]), np.array(3)]
    with fails("the discriminator changed in 1 of 2 arrays"):
        checks.unchanged([np.array(now), before[1]], before, what="the discriminator")


def test_unchanged_counts_arrays():
    with fails("the weights: there are 1 arrays; before there were 2"):
        checks.unchanged([np.zeros(2)], [np.zeros(2), np.zeros(2)])


def test_unchanged_sees_a_training_step():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    before = [np.copy(array) for array in model.get_weights()]
    checks.unchanged(model.get_weights(), before)
    model.set_weights([array + 1e-6 for array in before])
    with fails("the weights changed in 2 of 2 arrays"):
        checks.unchanged(model.get_weights(), before)


# raises


def positive(value):
    if value is None:
        return None
    if value < 0:
        raise ValueError("negative")
    return [value]


def test_raises_accepts():
    checks.raises(positive, -1)
    checks.raises(positive, -1, error=(TypeError, ValueError))
    checks.raises(positive, "a", error=TypeError)


def test_raises_says_what_came_back():
    with fails("the call with 3 must raise ValueError; it returned a list"):
        checks.raises(positive, 3)
    with fails("depth 7 must raise KeyError or TypeError; it returned None"):
        checks.raises(positive, None, error=(KeyError, TypeError), what="depth 7")
    with fails("the call must raise ValueError; it returned a list"):
        checks.raises(list)


def test_raises_names_the_other_error():
    with fails(
        "the call with ndarray of shape (), 'b' must raise ValueError; it raised "
        "TypeError: positive() takes 1 positional argument but 2 were given"
    ):
        checks.raises(positive, np.array(1), "b")


def test_raises_leaves_a_stub_to_who_shows_it():
    def stub(_):
        raise NotImplementedError

    with pytest.raises(NotImplementedError):
        checks.raises(stub, 0)
    checks.raises(stub, 0, error=NotImplementedError)


# model


def dense_model():
    return keras.Sequential([keras.Input((4,)), layers.Dense(3)])


def test_model_accepts():
    checks.model(dense_model())
    checks.model(dense_model(), (None, 4), (None, 3))
    inputs = keras.Input((4,))
    checks.model(keras.Model(inputs, inputs), [None, 4], [None, 4])


def test_model_names_the_fault():
    with fails("the result is None: is a `return` missing?"):
        checks.model(None)
    with fails("resnet(18) is not a keras.Model. Received: a Dense"):
        checks.model(layers.Dense(3), what="resnet(18)")
    with fails("the result: the input shape is (None, 4); expected (None, 5)"):
        checks.model(dense_model(), (None, 5), (None, 3))
    with fails("the result: the output shape is (None, 3); expected (None, 2)"):
        checks.model(dense_model(), output_shape=(None, 2))


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.inside = layers.Dense(3)

    def call(self, x):
        return self.inside(x)


def test_model_with_its_own_call():
    checks.model(Subclassed())
    checks.model(Subclassed(), (None, 4), (None, 3))
    checks.model(Subclassed(), (None, None, 4), (None, 32, 3))
    with fails("the result: the output shape is (None, 3); expected (None, 2)"):
        checks.model(Subclassed(), (None, 4), (None, 2))
    built = Subclassed()
    built(np.ones((1, 5)))
    with pytest.raises(AssertionError, match=r"takes no input of shape \(2, 4\): "):
        checks.model(built, (None, 4))


def test_model_that_forgets_the_batch():
    class Summed(keras.Model):
        def call(self, x):
            return keras.ops.sum(x)

    with fails("the result gives an output of shape () for 2 inputs of shape (4,)"):
        checks.model(Summed(), (None, 4), (None, 3))


# find_layers and weight_count


def nested_model():
    inner = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(4, 3)])
    shared = layers.ReLU()
    inputs = keras.Input((8, 8, 3))
    x = shared(inner(inputs))
    x = shared(layers.BatchNormalization()(x))
    return keras.Model(inputs, layers.Dense(2)(layers.Flatten()(x)))


def test_find_layers_looks_inside_and_lists_once():
    names = [type(layer).__name__ for layer in checks.find_layers(nested_model())]
    assert [name for name in names if name != "InputLayer"] == [
        "Conv2D",
        "ReLU",
        "BatchNormalization",
        "Flatten",
        "Dense",
    ]


def test_find_layers_by_name():
    (conv,) = checks.find_layers(nested_model(), "Conv2D")
    assert isinstance(conv, layers.Conv2D)
    assert conv.filters == 4
    assert checks.find_layers(nested_model(), "Conv1D") == []
    (dense,) = checks.find_layers(Subclassed(), "Dense")
    assert dense.units == 3
    (dense,) = checks.find_layers(layers.TimeDistributed(layers.Dense(2)), "Dense")
    assert dense.units == 2


def test_find_layers_by_the_name_of_a_container():
    model = keras.Sequential([keras.Input((5, 2)), layers.LSTM(4)])
    assert [layer.units for layer in checks.find_layers(model, "LSTM")] == [4]


def test_find_layers_keeps_a_layer_whose_activation_is_a_layer():
    model = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.Conv2D(4, 3, activation=layers.LeakyReLU()),
            layers.Dense(2, activation="relu"),
        ]
    )
    names = [type(layer).__name__ for layer in checks.find_layers(model)]
    assert names == ["Conv2D", "LeakyReLU", "Dense"]
    assert [conv.filters for conv in checks.find_layers(model, "Conv2D")] == [4]
    assert len(checks.find_layers(model, "LeakyReLU")) == 1
    assert checks.find_layers(model, "ReLU") == []


def test_find_layers_of_a_layer():
    layer = layers.ReLU()
    assert checks.find_layers(layer) == [layer]


def test_weight_count():
    model = nested_model()
    conv, norm, dense = 3 * 3 * 3 * 4 + 4, 4 * 4, 6 * 6 * 4 * 2 + 2
    assert checks.weight_count(model) == conv + norm + dense
    assert checks.weight_count(model, trainable=False) == 2 * 4
    assert checks.weight_count(model, trainable=True) == conv + norm + dense - 2 * 4
    assert checks.weight_count(model) == model.count_params()
    model.trainable = False
    assert checks.weight_count(model, trainable=True) == 0


# as_model


def scaled(x, factor=1.0):
    return x * factor


def test_as_model_of_a_function():
    x = np.arange(6, dtype="float32").reshape(2, 3)
    model = checks.as_model(scaled, (3,), factor=2.0)
    assert isinstance(model, keras.Model)
    checks.model(model, (None, 3), (None, 3))
    checks.close(model(x), 2 * x)


def test_as_model_of_a_layer():
    model = checks.as_model(layers.Conv2D(5, 3, strides=2), (9, 9, 2))
    checks.model(model, (None, 9, 9, 2), (None, 4, 4, 5))
    assert len(model.weights) == 2


def test_as_model_of_several_tensors():
    def difference(x, y):
        return x - y

    model = checks.as_model(difference, (3,), (3,))
    checks.close(model([np.full((1, 3), 5.0), np.ones((1, 3))]), np.full((1, 3), 4))


def test_as_model_of_the_identity():
    x = np.ones((2, 3), "float32")
    checks.close(checks.as_model(scaled, (3,), factor=1)(x), x)
    checks.close(checks.as_model(lambda x: x, (3,))(x), x)


def forgetful(x):
    x * 2


def unrelated(x):
    return keras.Input((3,))


@pytest.mark.parametrize(
    ("fn", "message"),
    [
        (
            forgetful,
            "forgetful must return a Keras tensor. Received: None: "
            "is a `return` missing?",
        ),
        (
            lambda x: np.ones(3),
            "<lambda> must return a Keras tensor. Received: ndarray of shape (3,)",
        ),
        (
            lambda x: [x, x],
            "<lambda> must return a Keras tensor. Received: a list",
        ),
        (
            unrelated,
            "unrelated returned a Keras tensor that does not depend on its input",
        ),
    ],
    ids=["none", "array", "list", "unrelated"],
)
def test_as_model_names_what_came_back(fn, message):
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        checks.as_model(fn, (3,))


def test_as_model_passes_the_functions_own_error_on():
    with pytest.raises(ValueError, match="negative"):
        checks.as_model(lambda x: positive(-1), (3,))


# gradient


def test_gradient_equals_finite_differences(rng):
    x, y = rng.normal(size=(3, 4)), rng.normal(size=(4, 2))
    found = checks.gradient(
        lambda x, y: ops.tanh(ops.matmul(x, y)), *(a.astype("float32") for a in (x, y))
    )
    step = 1e-6
    for place, gradient in enumerate(found):
        args = [x, y]
        expected = np.zeros(args[place].shape)
        for index in np.ndindex(expected.shape):
            sums = []
            for sign in (1, -1):
                moved = [array.copy() for array in args]
                moved[place][index] += sign * step
                sums.append(np.tanh(moved[0] @ moved[1]).sum())
            expected[index] = (sums[0] - sums[1]) / (2 * step)
        assert isinstance(gradient, np.ndarray)
        checks.close(gradient, expected, rtol=1e-4)


def test_gradient_of_a_scalar():
    checks.close(checks.gradient(lambda x: x**3, 2.0), 12.0)


def test_gradient_of_a_model():
    model = dense_model()
    x = np.ones((2, 4), "float32")
    kernel = model.get_weights()[0]
    checks.close(checks.gradient(model, x), np.tile(kernel.sum(axis=1), (2, 1)))


def test_gradient_of_an_unused_argument_is_zero():
    x = np.ones((2, 3), "float32")
    used, unused = checks.gradient(lambda x, y: 2 * x, x, np.ones(5, "float32"))
    checks.close(used, np.full((2, 3), 2))
    checks.close(unused, np.zeros(5))
    checks.close(checks.gradient(lambda x: ops.ones(3), x), np.zeros((2, 3)))


def test_gradient_passes_other_arguments_on():
    def rows(x, index, activation, times):
        assert isinstance(times, int)
        for _ in range(times):
            x = keras.activations.get(activation)(2 * x)
        return ops.take(x, index, axis=0)

    x = np.array([[1.0, -1.0], [1.0, 1.0], [1.0, 1.0]], "float32")
    found = checks.gradient(rows, x, np.array([0, 2, 2]), "relu", 2)
    checks.close(found, [[4, 0], [0, 0], [8, 8]])


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_gradient_keeps_the_dtype(dtype):
    if (dtype, keras.backend.backend()) == ("bfloat16", "torch"):
        pytest.skip("torch gives no NumPy array of bfloat16")
    found = checks.gradient(lambda x: 3 * x, ops.convert_to_numpy(tensor([1], dtype)))
    assert found.dtype.name == dtype
    checks.close(found, [3])


def test_gradient_leaves_the_moving_statistics_usable():
    # Under jax.grad a plain assignment would leave a tracer in the variable.
    norm = layers.BatchNormalization(momentum=0.0)
    x = np.array([[1.0, 2.0], [3.0, 6.0]], "float32")
    found = checks.gradient(lambda x: norm(x, training=True) ** 3, x)
    assert np.all(np.isfinite(found))
    checks.close(norm.moving_mean, [2, 4], what="the moving mean")
    checks.close(norm.moving_variance, [1, 4], what="the moving variance")
    assert ops.convert_to_numpy(norm(x)).shape == (2, 2)


def test_gradient_of_layers_that_the_function_makes():
    found = checks.gradient(
        lambda x: layers.Dense(2, kernel_initializer="ones")(x), np.ones((3, 4))
    )
    checks.close(found, np.full((3, 4), 2))


def test_gradient_names_the_fault():
    with pytest.raises(ValueError, match=re.escape("Received: ndarray of shape (3,)")):
        checks.gradient(lambda x: x, np.arange(3))
    with pytest.raises(TypeError, match=r"^forgetful returned None: is a `return`"):
        checks.gradient(forgetful, np.ones(3, "float32"))


# each


def test_each_returns_all_in_order():
    assert checks.each(pow, [(2, 3), (3, 2)]) == [8, 9]
    assert checks.each(pow, []) == []


def test_each_says_which_call_failed():
    with pytest.raises(ZeroDivisionError) as caught:
        checks.each(divmod, [(1, 1), (2, 0), (3, 3)])
    assert caught.value.__notes__ == ["in the call with (2, 0)"]


def test_each_stops_at_the_failure():
    calls = []

    def fn(value):
        calls.append(value)
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        checks.each(fn, [(1,), (2,)])
    assert calls == [1]


# seeded


def draws():
    layer = layers.Dense(3)
    layer.build((None, 2))
    dropped = layers.Dropout(0.5)(np.ones((4, 4), "float32"), training=True)
    return [
        ops.convert_to_numpy(keras.random.normal((3,))),
        np.random.normal(size=3),
        np.array([random.random() for _ in range(3)]),
        ops.convert_to_numpy(layer.kernel),
        ops.convert_to_numpy(dropped),
    ]


def test_seeded_draws_the_same():
    found = []
    for seed in (5, 5, 6):
        with checks.seeded(seed):
            found.append(draws())
        draws()
    for first, second, other in zip(*found, strict=True):
        np.testing.assert_array_equal(first, second)
        assert not np.array_equal(first, other)


def test_seeded_puts_the_generators_back():
    random.seed(1)
    np.random.seed(1)
    expected = random.random(), np.random.random()
    random.seed(1)
    np.random.seed(1)
    with checks.seeded(9):
        draws()
    assert (random.random(), np.random.random()) == expected


def test_seeded_puts_them_back_after_an_error():
    before = random.getstate(), np.random.get_state()[1].tolist()
    with pytest.raises(ZeroDivisionError), checks.seeded(9):
        random.random() / np.random.normal(size=1).size // 0
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before


def test_seeded_nests():
    with checks.seeded(1):
        random.random()
        expected = random.random(), np.random.random()
    with checks.seeded(1):
        random.random()
        with checks.seeded(2):
            draws()
        assert (random.random(), np.random.random()) == expected


def test_all_names_what_there_is():
    assert all(callable(getattr(checks, name)) for name in checks.__all__)
    assert sorted(checks.__all__) == checks.__all__


@pytest.mark.parametrize(
    "value",
    [Fraction(1, 2), Decimal("0.5"), [Fraction(1, 2)], np.array([Fraction(1, 2)])],
)
def test_fractions_and_decimals_are_numbers(value):
    wanted = 0.5 if np.ndim(value) == 0 else [0.5]
    checks.close(value, wanted)
    with pytest.raises(AssertionError, match="expected"):
        checks.close(value, np.add(wanted, 1))


@pytest.mark.parametrize(
    "value", [[Fraction(1, 2), "a"], [None], {"a": Fraction(1, 2)}]
)
def test_what_holds_other_things_is_no_number(value):
    with pytest.raises(AssertionError, match="not an array of numbers"):
        checks.close(value, 0.5)
