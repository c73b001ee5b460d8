"""Names warm parents after what packages read once, when they are imported.

A kernel gets the parent that was started with its own settings.
"""

import hashlib
import importlib.util
import os
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

# Read by Keras, TensorFlow, JAX, NumPy's BLAS or Python itself at import.
AT_IMPORT = (
    "KERAS_BACKEND",
    "KERAS_HOME",
    "TF_ENABLE_ONEDNN_OPTS",
    "TF_USE_LEGACY_KERAS",
    "TF_CPP_MIN_LOG_LEVEL",
    "TF_CPP_MAX_VLOG_LEVEL",
    "XLA_FLAGS",
    "JAX_PLATFORMS",
    "JAX_ENABLE_X64",
    "CUDA_VISIBLE_DEVICES",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "PYTHONPATH",
    "PYTHONHASHSEED",
    "PYTHONUTF8",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "HOME",
    "MPLCONFIGDIR",
)
# Of all other variables a parent gets these alone, so that it holds no secret.
ALWAYS = ("PATH", "LANG", "LC_ALL", "TMPDIR")
DEFAULTS = {
    "KERAS_BACKEND": "tensorflow",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    # A thread pool made at import would not survive the fork.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


def import_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Returns the part of a kernel's environment that packages read at import."""
    given = {name: environment[name] for name in AT_IMPORT if name in environment}
    return {**DEFAULTS, **given}


def parent_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Returns the whole environment that the parent of such kernels is started with."""
    calm = {
        # Asks the driver's library instead of starting CUDA, which no fork survives.
        "PYTORCH_NVML_BASED_CUDA_CHECK": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        # debugpy would remark on Python's frozen modules.
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    kept = {name: environment[name] for name in ALWAYS if name in environment}
    return {**kept, **import_settings(environment), **calm}


def parent_name(environment: Mapping[str, str]) -> str:
    """Returns the name of the parent that fits a kernel's environment.

    Returns:
        `SETTINGS-STATE`. The first part changes with the settings above and with the
        interpreter; the second with the packages on disk, so that an upgrade gets a new
        parent in place of the old one.
    """
    chosen = repr(sorted(import_settings(environment).items()))
    settings = f"{sys.executable} {sys.version} {chosen}"
    state = []
    for folder in sorted(
        {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    ):
        # Installing, upgrading and removing all rename folders in it.
        state.append(f"{folder} {os.stat(folder).st_mtime_ns}")
    # These two may lie elsewhere, where somebody works on them.
    roots = [Path(__file__).parents[1]]
    library = importlib.util.find_spec("layerwise")
    roots += map(Path, library.submodule_search_locations or ()) if library else []
    for path in sorted(path for root in roots for path in root.rglob("*.py")):
        state.append(f"{path} {path.stat().st_mtime_ns}")
    return f"{_short_hash(settings)}-{_short_hash(' '.join(state))}"


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]
