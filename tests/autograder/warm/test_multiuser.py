"""One warm parent for all users of a hub: who gets a kernel, and what is in it.

tests/hub/test_isolation.py holds kernels of different system users to being theirs.
"""

import os
import resource
import signal
import socket
import subprocess
import sys
import time

import pytest

from autograder.warm import client, multiuser

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(
        not client.available(), reason="this system cannot fork warm kernels"
    ),
]
NEEDS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs to be root")
NOBODY = 65534


@pytest.fixture
def admission(monkeypatch):
    """An `Admission` that finds everybody in the right place, and its clock."""
    monkeypatch.setattr(multiuser, "other_place", lambda pid, uid: "")
    clock = [100.0]
    return multiuser.Admission(now=lambda: clock[0]), clock


def test_a_user_has_so_many_kernels_and_no_more(admission):
    admission, _ = admission
    uid = os.geteuid()
    assert admission.objection(1, uid, multiuser.MOST_KERNELS - 1) == ""
    assert "at a time" in admission.objection(1, uid, multiuser.MOST_KERNELS)


def test_a_user_who_starts_too_fast_waits_and_others_do_not(admission, monkeypatch):
    admission, clock = admission
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    said = [admission.objection(1, 1000, 0) for _ in range(multiuser.MOST_STARTS + 1)]
    assert [bool(words) for words in said] == [False] * multiuser.MOST_STARTS + [True]
    assert admission.objection(1, 1001, 0) == ""
    clock[0] += multiuser.START_WINDOW + 1
    assert admission.objection(1, 1000, 0) == ""


def test_a_parent_that_is_not_roots_serves_its_own_user(admission, monkeypatch):
    admission, _ = admission
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert admission.objection(1, 1000, 0) == ""
    assert "another user's" in admission.objection(1, 1001, 0)


def test_who_is_somewhere_else_gets_no_kernel():
    assert multiuser.other_place(os.getpid(), os.getuid()) == ""
    assert "two users" in multiuser.other_place(os.getpid(), os.getuid() + 1)
    assert "looked at" in multiuser.other_place(2**22 + 1, os.getuid())


@NEEDS_ROOT
@pytest.mark.parametrize("kind", ["net", "mount", "uts"])
def test_who_has_namespaces_of_their_own_gets_no_kernel(kind):
    with subprocess.Popen(["unshare", f"--{kind}", "sleep", "60"]) as process:
        try:
            deadline = time.monotonic() + 10
            said = ""
            while not said and time.monotonic() < deadline:
                said = multiuser.other_place(process.pid, 0)
        finally:
            process.kill()
    assert (
        said
        == f"the process that asked has another ns/{kind[:3].replace('mou', 'mnt')}"
    )


def test_bounds_are_taken_over_and_never_raised():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    low = min(64, hard)

    def bound():
        resource.setrlimit(resource.RLIMIT_NOFILE, (low, low))
        os.nice(3)

    with subprocess.Popen(["sleep", "60"], preexec_fn=bound) as process:
        receiver, sender = os.pipe()
        pid = os.fork()
        if pid == 0:
            multiuser.take_bounds(process.pid)
            found = (resource.getrlimit(resource.RLIMIT_NOFILE), os.nice(0))
            os.write(sender, repr(found).encode())
            os._exit(0)
        os.waitpid(pid, 0)
        process.kill()
    expected = ((low, low), os.nice(0) + 3)
    assert os.read(receiver, 100).decode() == repr(expected)
    os.close(receiver), os.close(sender)
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (soft, hard)


def test_an_environment_without_a_shared_parent_names_none(tmp_path):
    assert multiuser.socket_path({"HOME": "/h"}) is None
    names = {
        multiuser.socket_path({"HOME": home, multiuser.VARIABLE: str(tmp_path)})
        for home in ("/home/ana", "/home/bo")
    }
    assert len(names) == 1, "users share what differs in their homes only"


@NEEDS_ROOT
def test_a_socket_of_another_users_is_not_trusted(tmp_path):
    os.chmod(tmp_path, 0o777)
    for folder in tmp_path.parents[:2]:
        os.chmod(folder, 0o711)
    path = tmp_path / "s"
    pid = os.fork()
    if pid == 0:
        os.setresuid(NOBODY, NOBODY, NOBODY)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(path))
        listener.listen()
        time.sleep(60)
        os._exit(0)
    try:
        for _ in range(500):
            if path.exists():
                break
            time.sleep(0.01)
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            assert not multiuser.is_trusted(connection)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def test_without_a_folder_it_says_so():
    done = subprocess.run(
        [sys.executable, "-m", "autograder.warm.multiuser"],
        capture_output=True,
        text=True,
        env={**os.environ, multiuser.VARIABLE: "here"},
    )
    assert done.returncode == 1
    assert multiuser.VARIABLE in done.stderr
    assert "here" in done.stderr


@pytest.fixture(scope="module")
def parent(tmp_path_factory):
    """A shared parent that was started as a hub starts it, with its environment."""
    folder = tmp_path_factory.mktemp("shared")
    environment = {**os.environ, multiuser.VARIABLE: str(folder)}
    environment.pop("KERAS_HOME", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "autograder.warm.multiuser"],
        env={**environment, "JUPYTERHUB_API_TOKEN": "the-hubs-own"},
    )
    yield process, environment
    process.terminate()
    process.wait(20)


def fork(code, environment, folder):
    script = folder / "code.py"
    script.write_text(f"import os\nopen({str(folder / 'out')!r}, 'w').write({code})\n")
    # A client need not wait until the parent has imported: it is let in at once.
    path, deadline = multiuser.socket_path(environment), time.monotonic() + 60
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    with open(os.devnull, "r+b") as null:
        process = client.ForkedProcess(
            "runpy:run_path", [str(script)], environment, folder, [null.fileno()] * 3
        )
    assert process.wait(60) == 0
    return (folder / "out").read_text()


def test_a_kernel_is_forked_by_it_and_holds_no_token_of_the_hubs(parent, tmp_path):
    process, environment = parent
    code = "f'{os.getppid()} ' + open('/proc/self/environ').read()"
    pid, _, start = fork(code, environment, tmp_path).partition(" ")
    assert int(pid) == process.pid
    assert "KERAS_BACKEND" in start
    assert "the-hubs-own" not in start
    with open(f"/proc/{process.pid}/environ") as file:
        assert "the-hubs-own" not in file.read()


def test_a_kernels_home_is_its_users(parent, tmp_path):
    _, environment = parent
    code = (
        "str(__import__('keras').src.backend.config.keras_home()) "
        "+ ' ' + os.path.expanduser('~')"
    )
    home = {**environment, "HOME": str(tmp_path / "mine")}
    assert fork(code, home, tmp_path) == f"{tmp_path}/mine/.keras {tmp_path}/mine"


def test_other_settings_get_a_parent_of_their_own(parent, tmp_path):
    process, environment = parent
    other = {**environment, "TF_CPP_MIN_LOG_LEVEL": "2"}
    assert client.connect_shared(other) is None
    assert (
        client.connect_shared({**environment, multiuser.VARIABLE: "/nowhere"}) is None
    )
    connection = client.connect_shared(environment)
    assert multiuser.peer(connection)[0] == process.pid
    connection.close()
