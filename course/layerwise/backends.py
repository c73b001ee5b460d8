"""What each backend of Keras does in its own way: one switch for each thing, all here.

`keras.ops` computes the same on TensorFlow, JAX and torch. How to differentiate, to
compile and to wait for a device each of them says differently.
"""

import keras
from keras import ops


def differentiate(fn, tensors=(), variables=()):
    """Calls a function and differentiates what it returns.

    What the function updates on its way, such as the moving statistics of a
    normalisation, is updated as in any call. In a function that `compiled` compiles,
    this works as it does outside.

    Args:
        fn: Function of the tensors to a scalar tensor, or to a tuple of a scalar and
            further tensors that are not differentiated.
        tensors: Sequence of floating-point tensors.
        variables: Sequence of `keras.Variable` that `fn` reads.

    Returns:
        `(value, gradients)`: what `fn` returned, and a list with the gradient of the
        scalar by each tensor and then by each variable, tensors of the same shapes.
        What the scalar does not depend on has gradient 0.

    Raises:
        NotImplementedError: If the backend has no gradients.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(tensors)
            value = fn(*tensors)
        sources = [*tensors, *(variable.value for variable in variables)]
        found = tape.gradient(_first(value), sources, unconnected_gradients="zero")
        # A gather gives its gradient in rows; all callers want a plain tensor.
        return value, [tf.convert_to_tensor(one) for one in found]
    if backend == "jax":
        import jax

        moved = []

        def stateless(tensors, values):
            with _Stateless(variables, values) as scope:
                value = fn(*tensors)
            moved[:] = scope.moved
            after = [scope.get_current_value(variable) for variable in moved]
            return _first(value), (value, after)

        values = [variable.value for variable in variables]
        transform = jax.value_and_grad(stateless, argnums=(0, 1), has_aux=True)
        (_, (value, after)), found = transform(list(tensors), values)
        # Assigned inside, a variable would keep a tracer, which has no number.
        for variable, new in zip(moved, after, strict=True):
            variable.assign(new)
        return value, [*found[0], *found[1]]
    if backend == "torch":
        import torch

        tensors = [tensor.detach().requires_grad_() for tensor in tensors]
        value = fn(*tensors)
        sources = [*tensors, *(variable.value for variable in variables)]
        found = [None] * len(sources)
        if _first(value).requires_grad:
            found = torch.autograd.grad(_first(value), sources, allow_unused=True)
        return keras.tree.map_structure(lambda one: one.detach(), value), [
            torch.zeros_like(source) if one is None else one
            for source, one in zip(sources, found, strict=True)
        ]
    raise NotImplementedError(f"differentiate does not know the backend {backend!r}")


def compiled(fn, variables=()):
    """Compiles a function. TensorFlow and JAX do; the others run it as it is.

    Args:
        fn: Function from tensors to a tensor, or to a tuple or list of tensors.
        variables: Sequence of `keras.Variable` that the function reads as they are at
            each call, or changes. What JAX is not told of here stays as it was at the
            first call.

    Returns:
        Function from arrays or tensors to what `fn` returns.
    """
    run = _program(fn, variables)
    return lambda *arrays: run(*map(ops.convert_to_tensor, arrays))


def forward(layer):
    """Compiles a forward pass, so that a call costs as little as the backend allows.

    Args:
        layer: Keras layer, model or operation. It is not training, and later changes
            of its weights are seen.

    Returns:
        Function of tensors, or lists of them, as the layer takes them; their shapes
        must be the same in each call. torch runs as it is, without gradients.
    """
    options = {"training": False} if isinstance(layer, keras.layers.Layer) else {}

    def call(*tensors):
        return layer(*tensors, **options)

    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        graph = tf.function(call, autograph=False)
        programs = []  # made at the first call, for the shapes that it brings

        def run(*tensors):
            if not programs:
                programs.append(graph.get_concrete_function(*tensors))
            return programs[0](*tensors)

        return run
    if backend == "torch":
        import torch

        return torch.no_grad()(call)
    return _program(call, getattr(layer, "variables", ()))


def synchronise(result):
    """Waits until a result is computed: a GPU works on after a call has returned.

    Args:
        result: Tensor, or a list of tensors.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        tf.test.experimental.sync_devices()
    elif backend == "jax":
        import jax

        jax.block_until_ready(result)
    elif backend == "torch":
        import torch

        if torch.cuda.is_available():
            torch.cuda.synchronize()


def accelerator():
    """Names the GPU or TPU that the backend computes on.

    Returns:
        Pair of strings, its name and `"gpu"` or `"tpu"`, or `None` where the backend
        computes on the processor.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        if gpus := tf.config.list_physical_devices("GPU"):
            details = tf.config.experimental.get_device_details(gpus[0])
            return details.get("device_name", "GPU"), "gpu"
    elif backend == "jax":
        import jax

        first = jax.devices()[0]
        if first.platform != "cpu":
            return first.device_kind, first.platform
    elif backend == "torch":
        import torch

        if torch.cuda.is_available():
            return torch.cuda.get_device_name(0), "gpu"
    return None


def allow_tf32(allowed):
    """Says whether products of float32 matrices may be computed in TF32.

    Args:
        allowed: Boolean. A device without TF32 computes in float32 either way.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_tensor_float_32_execution(allowed)
    elif backend == "jax":
        import jax

        jax.config.update(
            "jax_default_matmul_precision", "tensorfloat32" if allowed else "highest"
        )
    elif backend == "torch":
        import torch

        torch.backends.cudnn.allow_tf32 = allowed
        torch.backends.cuda.matmul.allow_tf32 = allowed


def _program(fn, variables):
    """Compiles a function of tensors, or of lists of tensors."""
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        return tf.function(fn, autograph=False, reduce_retracing=True)
    if backend != "jax":
        return fn
    import jax

    # A variable may be named twice, and must be passed on once.
    variables = list({id(variable): variable for variable in variables}.values())

    @jax.jit
    def pure(values, *tensors):
        with _Stateless(variables, values) as scope:
            result = fn(*tensors)
        return result, {
            place: scope.get_current_value(variable)
            for place, variable in enumerate(variables)
            if any(variable is one for one in scope.moved)
        }

    def run(*tensors):
        result, moved = pure([variable.value for variable in variables], *tensors)
        for place, value in moved.items():
            variables[place].assign(value)
        return result

    return run


def _first(value):
    """Returns what is differentiated of what a function returned."""
    return value[0] if isinstance(value, tuple) else value


class _Stateless(keras.StatelessScope):
    """Holds back what is assigned to variables, and knows to which; can be nested."""

    def __init__(self, variables, values):
        super().__init__(list(zip(variables, values, strict=True)))
        self.moved = []

    def add_update(self, update):
        if all(update[0] is not one for one in self.moved):
            self.moved.append(update[0])
        super().add_update(update)

    def get_current_value(self, variable):
        value = super().get_current_value(variable)
        if value is None and self.original_scope is not None:
            return self.original_scope.get_current_value(variable)
        return value
