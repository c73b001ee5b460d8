"""Warm kernels: forks that start at once, differ in their draws, and end with us."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
import types

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpec, NoSuchKernel
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient

from autograder.warm import client, forkserver, kernelspec, provisioner, settings

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(
        not client.available(), reason="this system cannot fork warm kernels"
    ),
]
SPECIFICATION = KernelSpec(
    **{key: value for key, value in kernelspec.specification().items() if key != "env"}
)


def run(*sources, folder=None, env=None):
    """Runs cells in one warm kernel; returns the cells."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(textwrap.dedent(text)) for text in sources]
    )
    notebook_client = NotebookClient(
        notebook,
        allow_errors=True,
        resources={"metadata": {"path": str(folder or "/")}},
        timeout=120,
    )
    notebook_client.create_kernel_manager()
    notebook_client.km._kernel_spec = SPECIFICATION
    inherited = {k: v for k, v in os.environ.items() if k != "MPLBACKEND"}
    notebook_client.execute(env={**inherited, **(env or {})})
    return notebook.cells


def text_of(cell):
    errors = [out for out in cell.outputs if out.output_type == "error"]
    assert not errors, errors[0].evalue
    return "".join(out.get("text", "") for out in cell.outputs)


def fork(code, folder="/", env=None):
    """Starts a process that runs code, and returns it."""
    with open(os.devnull, "r+b") as null:
        return client.ForkedProcess(
            "runpy:run_path",
            [str(code)],
            env or dict(os.environ),
            folder,
            [null.fileno()] * 3,
        )


@pytest.fixture
def manager(tmp_path):
    """A kernel manager with a running warm kernel."""
    kernel_manager = KernelManager()
    kernel_manager._kernel_spec = SPECIFICATION
    kernel_manager.start_kernel(cwd=str(tmp_path))
    yield kernel_manager
    kernel_manager.shutdown_kernel(now=True)


def test_a_warm_kernel_has_keras_and_shows_figures(tmp_path):
    imported, figure, place = run(
        "import sys; print('keras' in sys.modules, 'tensorflow' in sys.modules)",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
        "import os; print(os.getcwd())",
        folder=tmp_path,
    )
    assert text_of(imported) == "True True\n"
    assert any("image/png" in out.get("data", {}) for out in figure.outputs)
    assert text_of(place).strip() == str(tmp_path)


def test_no_two_kernels_draw_the_same():
    draw = """
        import json, random
        import numpy as np, keras, tensorflow as tf
        print(json.dumps([
            random.random(),
            np.random.rand(),
            float(keras.random.uniform(())),
            float(tf.random.uniform(())),
        ]))
    """
    first, second = (json.loads(text_of(run(draw)[0])) for _ in range(2))
    for name, left, right in zip(
        ("random", "numpy", "keras", "tensorflow"), first, second, strict=True
    ):
        assert left != right, f"{name} draws the same in two kernels"


def test_the_debugger_knows_the_files_of_all_modules():
    known, itself = run(
        "kernel = get_ipython().kernel\n"
        "import keras; print(keras.__file__ in kernel._kernel_modules)",
        "import sys\nfrom ipykernel import ipkernel\nprint(ipkernel.sys is sys)",
    )
    assert text_of(known) == text_of(itself) == "True\n"


def test_nothing_runs_before_the_first_cell():
    cell, *_ = run(
        """
        import tensorflow as tf
        cpu = tf.config.list_physical_devices("CPU")[0]
        two = [tf.config.LogicalDeviceConfiguration()] * 2
        tf.config.set_logical_device_configuration(cpu, two)
        print(len(tf.config.list_logical_devices("CPU")))
        """
    )
    assert text_of(cell) == "2\n"


def test_a_backend_set_in_a_cell_is_an_error_not_ignored():
    late, same = run(
        "import os; os.environ['KERAS_BACKEND'] = 'jax'",
        "os.environ['KERAS_BACKEND'] = 'tensorflow'; print('fine')",
    )
    (error,) = late.outputs
    assert error.ename == "RuntimeError"
    assert "comes too late" in error.evalue
    assert text_of(same) == "fine\n"


def test_another_backend_gets_another_parent():
    cell, *_ = run(
        "import keras; print(keras.backend.backend())", env={"KERAS_BACKEND": "jax"}
    )
    assert text_of(cell) == "jax\n"


def test_the_name_of_a_parent_changes_with_what_is_read_at_import(monkeypatch):
    base = settings.parent_name({"HOME": "/h"})
    assert settings.parent_name({"HOME": "/h", "SECRET": "1"}) == base
    for name in ("KERAS_BACKEND", "TF_ENABLE_ONEDNN_OPTS", "OMP_NUM_THREADS"):
        assert settings.parent_name({"HOME": "/h", name: "other"}) != base
    monkeypatch.setattr(settings, "__file__", "/nowhere/warm/settings.py")
    assert settings.parent_name({"HOME": "/h"}) != base


def test_a_parent_holds_no_secret():
    environment = settings.parent_environment({"TOKEN": "secret", "PATH": "/bin"})
    assert "TOKEN" not in environment
    assert environment["PATH"] == "/bin"
    assert environment["PYTORCH_NVML_BASED_CUDA_CHECK"] == "1"


def test_a_process_gets_its_own_environment_and_says_how_it_ended(tmp_path):
    code = tmp_path / "code.py"
    code.write_text(
        "import os, sys\n"
        f"open({str(tmp_path / 'seen')!r}, 'w').write(os.environ['TOKEN'])\n"
        "sys.exit(7)\n"
    )
    process = fork(code, env={**os.environ, "TOKEN": "mine"})
    assert process.wait(60) == 7
    assert (tmp_path / "seen").read_text() == "mine"
    code.write_text("import os; os.kill(os.getpid(), 9)")
    assert fork(code).wait(60) == -signal.SIGKILL


def test_what_a_kernel_started_dies_with_it(tmp_path):
    code = tmp_path / "code.py"
    code.write_text(
        "import subprocess\n"
        "p = subprocess.Popen(['sleep', '600'])\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(p.pid))\n"
    )
    assert fork(code).wait(60) == 0
    pid = int((tmp_path / "pid").read_text())
    assert ends(pid), f"process {pid} outlived its kernel"


def test_a_kernel_dies_with_its_client(tmp_path):
    code = tmp_path / "code.py"
    code.write_text(
        "import os, time\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\n"
        "time.sleep(600)\n"
    )
    process = fork(code)
    process.connection.close()
    assert ends(process.pid)


def test_interrupt_restart_and_shutdown(manager):
    kernel = manager.blocking_client()
    kernel.start_channels()
    kernel.wait_for_ready(60)
    message = kernel.execute("import time; time.sleep(60)")
    time.sleep(0.5)
    manager.interrupt_kernel()
    while True:
        reply = kernel.get_shell_msg(timeout=30)
        if reply["parent_header"].get("msg_id") == message:
            break
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    before = manager.provisioner.pid
    manager.restart_kernel(now=True)
    kernel.wait_for_ready(60)
    assert manager.provisioner.pid != before
    assert manager.is_alive()
    sockets = manager.provisioner.sockets
    kernel.stop_channels()
    manager.shutdown_kernel(now=True)
    assert not manager.is_alive()
    assert not os.path.exists(sockets)


def test_the_parent_refuses_once_a_backend_is_initialised():
    code = textwrap.dedent(
        """
        from autograder.warm import forkserver
        forkserver.preload()
        print(forkserver.find_initialised())
        import tensorflow as tf
        tf.constant(1)
        print(forkserver.find_initialised())
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["None", "TensorFlow's eager context"]


def test_a_jax_backend_is_noticed(monkeypatch):
    bridge = types.SimpleNamespace(_backends={"cpu": object()})
    monkeypatch.setitem(sys.modules, "jax._src.xla_bridge", bridge)
    monkeypatch.setitem(sys.modules, "tensorflow.python.eager.context", None)
    assert forkserver.find_initialised() == "a JAX backend"


def test_where_no_parent_is_to_be_had_the_kernel_is_cold(monkeypatch):
    def refuse(*_):
        raise client.WarmError("no")

    monkeypatch.setattr(client, "connect", refuse)
    cell, *_ = run("import sys; print('keras' in sys.modules)")
    assert text_of(cell) == "False\n"


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ([sys.executable, "-m", "ipykernel_launcher", "-f", "x"], ["-f", "x"]),
        (["/usr/bin/false", "-m", "ipykernel_launcher", "-f", "x"], None),
        ([sys.executable, "-m", "other"], None),
    ],
)
def test_only_this_pythons_kernels_are_warm(command, expected):
    assert provisioner.kernel_arguments(command) == expected


def test_install_list_remove(tmp_path, monkeypatch):
    monkeypatch.setattr(kernelspec.sys, "prefix", str(tmp_path))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share" / "jupyter"))
    (folder,) = kernelspec.install("probe", backend="jax")
    written = json.loads((tmp_path / folder / "kernel.json").read_text())
    assert written["env"] == {"KERAS_BACKEND": "jax"}
    assert kernelspec.installed()["probe"] == folder
    assert kernelspec.remove("probe") == folder
    with pytest.raises(NoSuchKernel):
        kernelspec.remove("probe")


def ends(pid, seconds=20):
    """Returns whether a process is gone, or only its entry is left, in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with open(f"/proc/{pid}/stat") as file:
                if file.read().rpartition(")")[2].split()[0] == "Z":
                    return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    return False
