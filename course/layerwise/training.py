"""Training that repeats by its seed, and training loops of one's own.

`Model.fit` trains one network on one loss; `fit` here sees to it that a seed gives the
same run again. What trains otherwise (two networks against
each other, the pixels of an image, a network against its own older self) needs
gradients by hand, which each backend of Keras takes in its own way. Here that is done
once.
"""

import time

import keras
import numpy as np
from keras import ops

from layerwise import backends, data


def fit(model, x, y, epochs, seed, batch_size=128, **options):
    """Trains a compiled model; after `set_random_seed(seed)` a run can be repeated.

    The batches are made here. A shuffled `tf.data` pipeline that several trainings
    share would go on where the last one stopped, and give each another order.

    Args:
        model: Compiled `keras.Model`, made after `keras.utils.set_random_seed(seed)`.
        x: Array of shape (n, ...), inputs.
        y: Array of shape (n, ...), targets.
        epochs: Integer.
        seed: Integer, of the order of the examples.
        batch_size: Integer.
        **options: Further arguments of `keras.Model.fit`.

    Returns:
        Dictionary from a metric to its value in each epoch, as `History.history`. A
        metric of the training examples is the mean over an epoch, while the weights
        change.
    """
    build(model, x[:1], y[:1])
    batches = data.batches(x, y, batch_size, shuffle=True, seed=seed)
    # The batches are shuffled already.
    options = {"shuffle": False, "verbose": 0} | options
    return model.fit(batches, epochs=epochs, **options).history


def build(model, x, y):
    """Makes what a compiled model needs beside its weights, before the first step.

    Optimizer and metrics make their variables when they are first used. TensorFlow
    traces a step twice if that is within the step.

    Args:
        model: Compiled `keras.Model`.
        x: Array of shape (1, ...), one input.
        y: Array of shape (1, ...), its target.
    """
    model.optimizer.build(model.trainable_variables)
    model.compute_metrics(x, y, model(x, training=False))
    model.reset_metrics()


class EpochTimes(keras.callbacks.Callback):
    """Notes how long each epoch of `fit` takes, from its first step to its last.

    The first epoch compiles; tests after an epoch do not count.
    """

    def __init__(self):
        super().__init__()
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        """Starts the clock."""
        self._start = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        """Reads the clock; the last batch's reading stays."""
        self._last = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        """Keeps the time of the epoch's batches."""
        self.seconds.append(self._last - self._start)


def in_training_mode(function, model):
    """Calls a function that runs a model in training mode; leaves the model as it was.

    A call with `training=True` moves the moving statistics of normalisations.

    Args:
        function: Function without arguments that calls `model(x, training=True)`.
        model: Built `keras.Model`.

    Returns:
        What the function returned.
    """
    weights = model.get_weights()
    found = function()
    model.set_weights(weights)
    return found


def gradients(loss_fn, variables):
    """Differentiates a loss by variables, and changes none of them.

    What the loss updates on its way, such as the moving statistics of a normalisation,
    is updated as in any call.

    Args:
        loss_fn: Function without arguments that returns a scalar tensor.
        variables: List of `keras.Variable`, such as `model.trainable_variables`.

    Returns:
        `(loss, gradients)`: the scalar and a list of tensors, one for each variable,
        for `optimizer.apply(gradients, variables)`. A variable that the loss does not
        use has gradient 0.

    Raises:
        NotImplementedError: If the backend has no gradients.
    """
    return backends.differentiate(loss_fn, variables=variables)


def make_step(loss_fn, model, optimizer, others=()):
    """Compiles one step of training.

    Args:
        loss_fn: Function from arrays to a scalar tensor. It calls `model`, and may call
            the others.
        model: `keras.Model` whose trainable weights the step moves.
        optimizer: `keras.optimizers.Optimizer` of its own.
        others: Models that the loss calls too. Their weights stay; only what a call
            with `training=True` updates (moving statistics) moves.

    Returns:
        Function from the same arrays to the loss before the step, a scalar tensor.
    """
    variables = model.trainable_variables
    optimizer.build(variables)

    def step(*arrays):
        loss, found = gradients(lambda: loss_fn(*arrays), variables)
        optimizer.apply(found, variables)
        return loss

    # All that the step reads and moves: the weights, what the loss may update beside
    # them, and the optimizer's memory.
    state = [*model.variables, *optimizer.variables]
    for other in others:
        state += other.variables
    return backends.compiled(step, state)


def value_and_gradient(fn):
    """Compiles a function with its gradient by its first argument.

    Args:
        fn: Function from arrays to a scalar tensor, or to a tuple of a scalar and
            further tensors that are not differentiated.

    Returns:
        Function from the same arrays to `(value, gradient)`: what `fn` returned, and
        the gradient of the scalar, with the shape of the first array.
    """

    def with_gradient(x, *rest):
        value, (slope,) = backends.differentiate(lambda x: fn(x, *rest), [x])
        return value, slope

    return backends.compiled(with_gradient)


def minimize(value_and_grad, start, steps, bounds=None, callback=None):
    """Minimises with L-BFGS (Liu and Nocedal, 1989), in SciPy's implementation.

    It builds a picture of the curvature from the last gradients, and so often needs far
    fewer evaluations than a method of one gradient at a time.

    Args:
        value_and_grad: Function from an array to `(value, gradient)`, as
            `value_and_gradient` makes it; of a tuple the first is minimised.
        start: Array of any shape.
        steps: Integer, evaluations at most (the last line search may end a few later).
        bounds: Tuple `(lowest, highest)` of every number, or `None`.
        callback: Function of what `fn` returned, called after each evaluation.

    Returns:
        `float32` array of the shape of `start`.
    """
    from scipy.optimize import minimize as scipy_minimize

    start = np.asarray(start)

    def flat(x):
        value, gradient = value_and_grad(x.reshape(start.shape).astype("float32"))
        if callback is not None:
            callback(value)
        first = value[0] if isinstance(value, tuple) else value
        gradient = ops.convert_to_numpy(gradient).astype("float64")
        return float(first), gradient.ravel()

    found = scipy_minimize(
        flat,
        start.ravel().astype("float64"),
        jac=True,
        method="L-BFGS-B",
        bounds=None if bounds is None else [bounds] * start.size,
        options={"maxfun": steps, "maxiter": steps, "maxcor": 10},
    )
    return found.x.reshape(start.shape).astype("float32")
