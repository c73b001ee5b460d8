"""What all tests share: a quiet TensorFlow, no user settings, and fixed draws."""

import os
import tempfile

import numpy as np
import pytest

# All of this must stand before Keras is imported, here and in processes that tests
# start. A Keras folder of our own keeps a user's keras.json and downloads out.
_keras_home = tempfile.TemporaryDirectory(prefix="layerwise-keras-")
os.environ["KERAS_HOME"] = _keras_home.name
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("MPLBACKEND", "Agg")
# Warm parents of a test run shall not wait long for the next one.
os.environ.setdefault("LAYERWISE_WARM_SECONDS", "60")


@pytest.fixture
def rng():
    """A NumPy generator that draws the same in every run."""
    return np.random.default_rng(2015)
