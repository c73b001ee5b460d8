"""Training loops of one's own, the same on every backend.

`Model.fit` trains one network on one loss. What trains otherwise (two networks against
each other, the pixels of an image, a network against its own older self) needs
gradients by hand, which each backend of Keras takes in its own way. Here that is done
once.
"""

import keras
import numpy as np
from keras import ops


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
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            loss = loss_fn()
        values = [variable.value for variable in variables]
        found = tape.gradient(loss, values, unconnected_gradients="zero")
        # A gather gives its gradient in rows; all callers want a plain tensor.
        return loss, [tf.convert_to_tensor(one) for one in found]
    if backend == "torch":
        import torch

        loss = loss_fn()
        values = [variable.value for variable in variables]
        found = torch.autograd.grad(loss, values, allow_unused=True)
        return loss.detach(), [
            torch.zeros_like(value) if one is None else one
            for one, value in zip(found, values, strict=True)
        ]
    if backend == "jax":
        import jax

        updates = []

        def stateless(values):
            with _Updates(list(zip(variables, values, strict=True))) as scope:
                loss = loss_fn()
            updates[:] = scope.assigned
            return loss, [scope.get_current_value(one) for one in updates]

        values = [variable.value for variable in variables]
        (loss, moved), found = jax.value_and_grad(stateless, has_aux=True)(values)
        for variable, value in zip(updates, moved, strict=True):
            variable.assign(value)
        return loss, list(found)
    raise NotImplementedError(f"gradients does not know the backend {backend!r}")


class _Updates(keras.StatelessScope):
    """Holds back what is assigned to variables, and knows to which."""

    def __init__(self, state_mapping):
        self.assigned = []
        super().__init__(state_mapping)
        self.assigned.clear()  # only what comes later

    def add_update(self, update):
        if all(update[0] is not one for one in self.assigned):
            self.assigned.append(update[0])
        super().add_update(update)


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

    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        compiled = tf.function(step, reduce_retracing=True)
        return lambda *arrays: compiled(*map(ops.convert_to_tensor, arrays))
    if backend != "jax":
        return lambda *arrays: step(*map(ops.convert_to_tensor, arrays))
    import jax

    # What the loss reads and may update, beside the weights that are trained.
    state = [*model.non_trainable_variables]
    for other in others:
        state += other.variables

    @jax.jit
    def pure(trained, rest, memory, *arrays):
        def stateless(trained):
            pairs = zip((*variables, *state), (*trained, *rest), strict=True)
            with keras.StatelessScope(list(pairs)) as scope:
                loss = loss_fn(*arrays)
            return loss, [scope.get_current_value(variable) for variable in state]

        both = jax.value_and_grad(stateless, has_aux=True)
        (loss, rest), found = both(trained)
        return loss, rest, *optimizer.stateless_apply(memory, found, trained)

    def run(*arrays):
        groups = variables, state, optimizer.variables
        values = [[variable.value for variable in group] for group in groups]
        loss, rest, trained, memory = pure(*values, *arrays)
        for group, new in zip(groups, (trained, rest, memory), strict=True):
            for variable, value in zip(group, new, strict=True):
                variable.assign(value)
        return loss

    return run


def value_and_gradient(fn):
    """Compiles a function with its gradient by its first argument.

    Args:
        fn: Function from arrays to a scalar tensor, or to a tuple of a scalar and
            further tensors that are not differentiated.

    Returns:
        Function from the same arrays to `(value, gradient)`: what `fn` returned, and
        the gradient of the scalar, with the shape of the first array.
    """
    backend = keras.backend.backend()

    def scalar(value):
        return value[0] if isinstance(value, tuple) else value

    if backend == "tensorflow":
        import tensorflow as tf

        @tf.function(reduce_retracing=True)
        def run(x, *rest):
            with tf.GradientTape() as tape:
                tape.watch(x)
                value = fn(x, *rest)
            return value, tape.gradient(scalar(value), x)

        return lambda *arrays: run(*map(ops.convert_to_tensor, arrays))
    if backend == "jax":
        import jax

        def both(*arrays):
            value = fn(*arrays)
            return scalar(value), value

        compiled = jax.jit(jax.value_and_grad(both, has_aux=True))

        def with_value(*arrays):
            (_, value), gradient = compiled(*map(ops.convert_to_tensor, arrays))
            return value, gradient

        return with_value
    import torch

    def eager(x, *rest):
        x = ops.convert_to_tensor(x).detach().requires_grad_()
        value = fn(x, *map(ops.convert_to_tensor, rest))
        return value, torch.autograd.grad(scalar(value), x)[0]

    return eager


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


def compiled(model):
    """Makes a fast call of a model for small batches of one shape.

    Args:
        model: `keras.Model`; later changes of its weights are seen.

    Returns:
        Function from an array to a NumPy array.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        run = tf.function(lambda x: model(x, training=False), reduce_retracing=True)
        return lambda x: run(ops.convert_to_tensor(x)).numpy()
    if backend == "jax":
        import jax

        pure = jax.jit(
            lambda trained, rest, x: model.stateless_call(trained, rest, x)[0]
        )
        return lambda x: np.asarray(
            pure(
                [v.value for v in model.trainable_variables],
                [v.value for v in model.non_trainable_variables],
                x,
            )
        )
    return lambda x: ops.convert_to_numpy(model(ops.convert_to_tensor(x)))
