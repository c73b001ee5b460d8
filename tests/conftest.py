"""What all tests share: a quiet TensorFlow, no user settings, and fixed draws."""

import os
import tempfile

import numpy as np
import pytest

# All of this must stand before Keras is imported, here and in processes that tests
# start. A Keras folder of our own keeps a user's keras.json and downloads out; the
# workers of pytest-xdist have their controller's, so that they share its warm parents.
if "PYTEST_XDIST_WORKER" not in os.environ:
    _keras_home = tempfile.TemporaryDirectory(prefix="layerwise-keras-")
    os.environ["KERAS_HOME"] = _keras_home.name
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("MPLBACKEND", "Agg")
# Warm parents of a test run shall not wait long for the next one.
os.environ.setdefault("LAYERWISE_WARM_SECONDS", "60")

# What takes longest comes first, so that no worker ends alone with it.
FIRST = ("tests/course/", "tests/hub/", "tests/autograder/")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Keeps a file's tests in one worker: they share what is made for the module.

    A test marked `spread` shares nothing and goes to whichever worker is free. One
    marked with a group of its own stays with that group.
    """
    for item in items:
        marked = item.get_closest_marker("xdist_group")
        if not marked and not item.get_closest_marker("spread"):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))

    def rank(item):
        starts = [item.nodeid.startswith(folder) for folder in FIRST]
        return (starts.index(True) if True in starts else len(FIRST),)

    items.sort(key=rank)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Lets no test start a kernel that is not marked so, fixtures included."""
    if item.get_closest_marker("kernel") or item.get_closest_marker("hub"):
        return (yield)

    def refuse(*_, **__):
        raise RuntimeError("this test starts a kernel: mark it `kernel`")

    from jupyter_client.manager import AsyncKernelManager, KernelManager

    from autograder.warm.client import ForkedProcess

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(KernelManager, "start_kernel", refuse)
        patch.setattr(AsyncKernelManager, "start_kernel", refuse)
        patch.setattr(ForkedProcess, "__init__", refuse)
        return (yield)


@pytest.fixture
def rng():
    """A NumPy generator that draws the same in every run."""
    return np.random.default_rng(2015)
