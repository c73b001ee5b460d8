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

FIRST = (
    "tests/course/",
    "tests/layerwise/test_multiworker.py",
    "tests/layerwise/test_backends.py",
    "tests/layerwise/test_jax_parallel.py",
    "tests/hub/",
    "tests/autograder/",
)


# Files whose tests share nothing: each goes to whichever worker is free.
SPREAD = (
    "tests/course/test_agreement.py",
    "tests/course/test_bank.py",
    "tests/course/test_chapters.py",
)
# Files whose kernels belong to one system user, and are counted together.
ONE_USER = (
    "tests/autograder/jupyter/test_handed_in.py",
    "tests/autograder/warm/test_attacked.py",
    "tests/autograder/warm/test_multiuser.py",
)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keeps a file's tests in one worker: they share what is made for the module.

    `--dist loadgroup`, whose marks would say the same, has no effect under pytest 9.2
    (pytest-xdist 3.8 sets an item's id in a way that is not read any more).
    """
    from xdist.scheduler import LoadScopeScheduling

    class FileScheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file = nodeid.partition("::")[0]
            if file in SPREAD:
                return nodeid
            return "one user" if file in ONE_USER else file

    return FileScheduling(config, log)


def pytest_collection_modifyitems(items):
    """Puts first what takes longest, so that no worker ends alone with it."""

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
