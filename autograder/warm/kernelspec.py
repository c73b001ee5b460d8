"""Installs the warm kernel where Jupyter looks for kernels."""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import ipykernel.kernelspec
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

NAME = "layerwise"
PROVISIONER = "layerwise-warm"


def specification(backend=None):
    """Returns what `kernel.json` holds.

    Args:
        backend: String, the Keras backend that the kernel is to have, such as `"jax"`;
            `None` leaves it to the server's environment.

    Returns:
        Dict.
    """
    return {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": f"Layerwise ({backend})" if backend else "Layerwise (warm)",
        "language": "python",
        "interrupt_mode": "signal",
        "env": {"KERAS_BACKEND": backend} if backend else {},
        "metadata": {"kernel_provisioner": {"provisioner_name": PROVISIONER}},
    }


def install(name=NAME, backend=None, replace_python=False):
    """Installs the kernel in this Python's environment.

    Args:
        name: String, the kernel's name.
        backend: String or `None`, as in `specification`.
        replace_python: Whether to install it as `python3` too, the kernel that
            notebooks name, so that they all start warm.

    Returns:
        List of the folders written.
    """
    manager = KernelSpecManager()
    names = [name, "python3"] if replace_python else [name]
    folders = []
    for each in names:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "kernel.json").write_text(
                json.dumps(specification(backend), indent=1) + "\n", encoding="utf-8"
            )
            folders.append(manager.install_kernel_spec(folder, each, prefix=sys.prefix))
    return folders


def installed():
    """Returns a dict from the names of installed warm kernels to their folders."""
    found = KernelSpecManager().get_all_specs()
    return {
        name: entry["resource_dir"]
        for name, entry in sorted(found.items())
        if _is_warm(entry["spec"])
    }


def remove(name=NAME):
    """Removes an installed warm kernel.

    Returns:
        The folder that was removed.

    Raises:
        NoSuchKernel: If there is no warm kernel of that name.
    """
    folders = installed()
    if name not in folders:
        raise NoSuchKernel(name)
    shutil.rmtree(folders[name])
    if name == "python3":
        # ipykernel's own, which the warm one had replaced.
        ipykernel.kernelspec.install(prefix=sys.prefix)
    return folders[name]


def _is_warm(specification):
    provisioner = specification.get("metadata", {}).get("kernel_provisioner", {})
    return provisioner.get("provisioner_name") == PROVISIONER
