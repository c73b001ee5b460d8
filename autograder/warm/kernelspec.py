"""Installs the warm kernel where Jupyter looks for kernels."""

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import ipykernel.kernelspec
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel

NAME = "layerwise"
PROVISIONER = "layerwise-warm"

# What follows the arguments of a kernel that runs a submission.
SUBMISSION_ARGUMENTS = (
    "--InteractiveShellApp.extra_extensions=autograder.warm.submission_kernel",
    "--IPKernelApp.outstream_class=autograder.warm.submission_kernel.BoundedStream",
)


def specification(backend: str | None = None) -> dict[str, Any]:
    """Returns what `kernel.json` holds.

    Args:
        backend: The Keras backend that the kernel is to have, such as `"jax"`; `None`
            leaves it to the server's environment.
    """
    return {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": f"Layerwise ({backend})" if backend else "Layerwise (warm)",
        "language": "python",
        "interrupt_mode": "signal",
        "env": {"KERAS_BACKEND": backend} if backend else {},
        "metadata": {"kernel_provisioner": {"provisioner_name": PROVISIONER}},
    }


# The same for a kernel that is started without being installed.
KERNEL_SPEC = KernelSpec(**specification())


def install(
    name: str = NAME, backend: str | None = None, replace_python: bool = False
) -> list[str]:
    """Installs the kernel in this Python's environment.

    Args:
        name: The kernel's name.
        backend: As in `specification`.
        replace_python: Whether to install it as `python3` too, the kernel that
            notebooks name, so that they all start warm.

    Returns:
        The folders written.
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


def installed() -> dict[str, str]:
    """Returns the folders of the installed warm kernels, by the kernels' names."""
    found = KernelSpecManager().get_all_specs()
    return {
        name: entry["resource_dir"]
        for name, entry in sorted(found.items())
        if _is_warm(entry["spec"])
    }


def remove(name: str = NAME) -> str:
    """Removes an installed warm kernel; returns the folder that it had.

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


def _is_warm(specification: dict[str, Any]) -> bool:
    provisioner = specification.get("metadata", {}).get("kernel_provisioner", {})
    return provisioner.get("provisioner_name") == PROVISIONER
