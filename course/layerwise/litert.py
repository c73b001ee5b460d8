"""LiteRT, formerly TensorFlow Lite: a model as one file for phones and controllers."""

import contextlib
import functools
import io
import os
import tempfile
import warnings

import numpy as np


def convert(model, images=None):
    """Converts a Keras model, on TensorFlow only.

    Args:
        model: Keras model with one input and one output.
        images: Array of shape (n, ...), `float32`, for calibration. With it all
            arithmetic is of 8-bit integers, inputs and outputs included; without it
            all stays `float32`.

    Returns:
        Bytes, the content of a `.tflite` file.
    """
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if images is not None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([x[None]] for x in images)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    # It tells of each weight on the way.
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return converter.convert()


def size_on_disk(model):
    """Returns how many bytes a model takes in Keras's own format.

    Args:
        model: `keras.Model`. What was compiled is saved too, the optimizer's state
            included.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.keras")
        model.save(path)
        return os.path.getsize(path)


class Interpreter:
    """Runs a converted model.

    Args:
        content: Bytes, from `convert`.
        batch_size: Integer, images at once.
    """

    def __init__(self, content, batch_size=1):
        self._interpreter = _interpreter(content)
        given = self._interpreter.get_input_details()[0]
        shape = [batch_size, *given["shape"][1:]]
        self._interpreter.resize_tensor_input(given["index"], shape)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]
        self._output = self._interpreter.get_output_details()[0]
        self.dtype = np.dtype(self._input["dtype"]).name

    def __call__(self, images):
        """Computes outputs.

        Args:
            images: `float32` array of shape (batch_size, ...). They are quantised
                where the model wants integers.

        Returns:
            Array of outputs, `float32`.
        """
        scale, zero = self._input["quantization"]
        if self.dtype == "int8":
            images = np.clip(np.round(images / scale) + zero, -128, 127).astype("int8")
        self._interpreter.set_tensor(self._input["index"], images)
        self._interpreter.invoke()
        outputs = self._interpreter.get_tensor(self._output["index"])
        if self.dtype == "int8":
            scale, zero = self._output["quantization"]
            outputs = (outputs.astype("float32") - zero) * np.float32(scale)
        return outputs


def compare(model, calibration, images, batch_size):
    """Converts a model with float32 and with int8 arithmetic, and runs both.

    Args:
        model: Keras model with one input and one output.
        calibration: Array of shape (n, ...), `float32`.
        images: `float32` array of shape (m, ...); m is a multiple of the batch size.
        batch_size: Integer.

    Returns:
        Dictionary of `"float32"` and `"int8"`, each a tuple: bytes of the file, an
        array of m outputs, and a function without arguments that runs one batch.
    """
    contents = {"float32": convert(model), "int8": convert(model, calibration)}
    found = {}
    for name, content in contents.items():
        run = Interpreter(content, batch_size)
        batches = np.split(images, len(images) // batch_size)
        outputs = np.concatenate([run(batch) for batch in batches])
        found[name] = len(content), outputs, functools.partial(run, batches[0])
    return found


def _interpreter(content):
    """Takes LiteRT's own package where it is installed, else TensorFlow's copy."""
    try:
        from ai_edge_litert.interpreter import Interpreter as Kind
    except ImportError:
        import tensorflow as tf

        Kind = tf.lite.Interpreter  # noqa: N806
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TensorFlow's copy announces its end
        return Kind(model_content=content)
