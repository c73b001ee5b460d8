"""What of nbgrader, nbconvert, nbclient and jupyter_client may change in any release.

Private parts and attributes that no documentation promises are looked up here, and
nowhere else. `tests/autograder/test_compat_nbgrader.py` holds each of them, and says
what an upgrade broke.
"""

from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.provisioning import LocalProvisioner
from nbclient import NotebookClient


def provisioner_of(client: NotebookClient) -> LocalProvisioner:
    """Returns what started a kernel: it has its `process` and kills it."""
    assert client.km is not None
    assert isinstance(client.km.provisioner, LocalProvisioner)
    return client.km.provisioner


def kernel_pid(client: NotebookClient) -> int:
    """Returns the process id of a running kernel."""
    pid = provisioner_of(client).pid
    assert pid is not None
    return pid


def use_kernel_spec(manager: KernelManager, spec: KernelSpec) -> None:
    """Has a manager start a kernel that is not installed on this machine.

    `KernelManager.kernel_spec` is looked up by name and cannot be set.
    """
    manager._kernel_spec = spec
