"""What one user does to the shared parent, and another gets a kernel all the same."""

import ctypes
import encodings.idna  # noqa: F401  (another user may not be able to read it)
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from autograder.sandbox import cgroups, syscalls
from autograder.warm import client, messages, multiuser

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(
        not client.available() or os.geteuid() != 0, reason="needs to be root on Linux"
    ),
]
ATTACKER, OTHER = 65534, 65533
# Without Keras: how the parent deals with its users is the same. It has keys of a
# session, as a hub has that somebody started by hand.
PARENT = """
import os, signal, sys
from autograder.sandbox import syscalls
from autograder.warm import forkserver, multiuser
syscalls.join_session_keyring()
become = multiuser.become
def stop(connection):
    become(connection)
    os.kill(os.getpid(), signal.SIGSTOP)
if sys.argv[2] == "stop":
    multiuser.become = stop
listener = forkserver._listen(sys.argv[1], 0o666)
forkserver.serve(listener, float("inf"), lambda: True, multiuser.Admission())
"""
PR_SET_NAME, PTRACE_SEIZE = 15, 0x4206
SYS_PIDFD_GETFD = 438


@pytest.fixture
def place():
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


@pytest.fixture
def parent(place):
    yield from start(place)


def start(place, mode="go", **options):
    """Yields a parent; in the mode "stop", its forks stop when they are a user's."""
    with (place / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", PARENT, place / "s", mode], stderr=log, **options
        )
    wait_for(lambda: (place / "s").exists())
    process.place = place
    yield process
    process.kill()
    process.wait()


def wait_for(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert condition()


class As:
    """Runs a function as another user while the `with` lasts."""

    def __init__(self, uid, function, *arguments):
        self.uid, self.call = uid, (function, *arguments)

    def __enter__(self):
        self.reader, writer = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.setgroups([])
                os.setresgid(self.uid, self.uid, self.uid)
                os.setresuid(self.uid, self.uid, self.uid)
                syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)
                function, *arguments = self.call
                said = repr(function(*arguments))
            except BaseException as error:
                said = repr(error)
            os.write(writer, said.encode())
            os.close(writer)
            signal.pause()
        os.close(writer)
        return os.read(self.reader, 10_000).decode()

    def __exit__(self, *_):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.reader)


kept = []


def connect(place):
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(5)
    connection.connect(str(place / "s"))
    kept.append(connection)
    return connection


def ask(place, target="time:sleep", arguments=(60,), fds=None):
    """Asks for a kernel; returns the answer and the connection."""
    connection = connect(place)
    request = {"target": target, "arguments": list(arguments), "env": {}, "cwd": "/"}
    null = os.open(os.devnull, os.O_RDWR)
    messages.send(connection, request, [null] * 3 if fds is None else fds)
    return messages.receive(connection)[0], connection


def assert_serves_others(parent):
    with As(OTHER, lambda: "pid" in ask(parent.place)[0]) as said:
        assert said == "True", (parent.place / "log").read_text()[-1000:]
    assert parent.poll() is None


@pytest.mark.parametrize("name", [b"a\rb", b"a\xffb", b"a\x0bUid:\t0", b"\x1c:\x1c"])
def test_a_process_with_an_odd_name_is_served_and_harms_nobody(parent, name):
    def rename_and_ask():
        ctypes.CDLL(None).prctl(PR_SET_NAME, name, 0, 0, 0)
        return "pid" in ask(parent.place)[0]

    with As(ATTACKER, rename_and_ask) as said:
        assert said == "True"
        assert_serves_others(parent)


def test_a_kernel_that_a_debugger_holds_back_holds_nobody_else(parent):
    def trace_and_kill():
        answer, _ = ask(parent.place)
        seized = ctypes.CDLL(None).ptrace(PTRACE_SEIZE, answer["pid"], None, None)
        os.kill(answer["pid"], signal.SIGKILL)
        time.sleep(0.5)
        return seized, answer["pid"]

    with As(ATTACKER, trace_and_kill) as said:
        seized, pid = map(int, said.strip("()").split(","))
        assert seized == 0
        assert_serves_others(parent)
        assert Path(f"/proc/{pid}").exists()
    wait_for(lambda: not Path(f"/proc/{pid}").exists())
    assert_serves_others(parent)


def slow_to_close():
    """Returns a connection whose last holder waits until all it sent is read."""
    listener = socket.create_server(("127.0.0.1", 0))
    connection = socket.create_connection(listener.getsockname())
    kept.append((listener, listener.accept()))
    connection.setblocking(False)
    try:
        while True:
            connection.send(bytes(65536))
    except BlockingIOError:
        connection.setblocking(True)
    linger = struct.pack("ii", 1, 3000)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    return connection


def test_nobody_waits_for_what_a_client_sent_and_nobody_read(parent):
    def send_and_kill():
        answer, connection = ask(parent.place)
        with slow_to_close() as slow:
            socket.send_fds(connection, [b"x"], [slow.fileno()])
        os.kill(answer["pid"], signal.SIGKILL)
        return messages.receive(connection)[0]

    with As(ATTACKER, send_and_kill) as said:
        assert said == "{'exit': -9}"
        time.sleep(1)
        assert_serves_others(parent)


def test_nor_where_the_client_was_refused(parent):
    def send_too_often():
        connections = [connect(parent.place) for _ in range(multiuser.MOST_STARTS + 1)]
        with slow_to_close() as slow:
            socket.send_fds(connections[-1], [b"x"], [slow.fileno()])
        return "ok"

    # As under load: what was sent is there before the parent has looked.
    parent.send_signal(signal.SIGSTOP)
    with As(ATTACKER, send_too_often) as said:
        parent.send_signal(signal.SIGCONT)
        assert said == "'ok'"
        time.sleep(1)
        assert_serves_others(parent)


def test_a_client_that_fills_the_parents_socket_makes_nobody_wait(parent):
    """Before a kernel has its request its user can copy its end of the connection."""

    def fill_and_kill():
        for _ in range(multiuser.MOST_STARTS):
            connect(parent.place)
        time.sleep(0.5)
        task = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
        pids = [int(pid) for pid in task.read_text().split()]
        filled = [fill(pid, number) for pid in pids for number in range(3, 40)]
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        return sum(filled)

    with As(ATTACKER, fill_and_kill) as said:
        assert int(said) == multiuser.MOST_STARTS
        assert_serves_others(parent)


def fill(pid, number):
    """Fills the socket that another process has by a number; whether there is one."""
    descriptor = ctypes.CDLL(None).syscall(
        SYS_PIDFD_GETFD, os.pidfd_open(pid), number, 0
    )
    if descriptor < 0:
        return False
    try:
        copy = socket.socket(fileno=descriptor)
        copy.setblocking(False)
        kept.append(copy)
        while True:
            copy.send(bytes(4096))
    except BlockingIOError:
        return True
    except OSError:
        return False


def test_a_kernel_that_brings_no_output_gets_none_of_the_hubs(parent):
    log = parent.place / "log"
    log.write_text("the hub's words\n")

    def truncate():
        _, connection = ask(parent.place, "os:ftruncate", (2, 0), fds=[])
        return messages.receive(connection)[0]

    with As(ATTACKER, truncate) as said:
        assert said == "{'exit': 1}"
    assert log.read_text() == "the hub's words\n"


def test_a_fork_leaves_the_parents_session_before_it_is_anybodys(place):
    for parent in start(place, "stop"):
        with As(ATTACKER, lambda: connect(place) and "ok"):
            task = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
            wait_for(task.read_text)
            pid = int(task.read_text())
            wait_for(lambda pid=pid: multiuser.status_of(pid)["State"][0] == "T")
            assert Path(f"/proc/{pid}").stat().st_uid == ATTACKER
            assert os.getsid(pid) == pid
            os.kill(pid, signal.SIGKILL)


def test_kernels_have_no_keys_of_their_session_in_common(parent):
    number = syscalls.SYS_KEYCTL.get(os.uname().machine)
    if number is None or syscalls.libc().syscall(number, 0, -3, 0) < 0:
        pytest.skip("this system keeps no keys")

    def session():
        script = (
            "from autograder.sandbox import syscalls; import os;"
            "name = syscalls.SYS_KEYCTL[os.uname().machine];"
            "os.write(1, str(syscalls.libc().syscall(name, 0, -3, 0)).encode())"
        )
        reader, writer = os.pipe()
        null = os.open(os.devnull, os.O_RDWR)
        ask(parent.place, "builtins:exec", (script,), [null, writer, null])
        return int(os.read(reader, 99))

    with As(ATTACKER, session) as one, As(OTHER, session) as other:
        assert int(one) > 0
        assert int(other) > 0
        assert one != other


def test_a_program_with_a_group_of_its_own_gets_nobody_a_kernel(parent):
    def with_group():
        # As a program does that has a group of its own and connects for its user.
        connection = socket.socket(socket.AF_UNIX)
        os.setresgid(ATTACKER, 42, 42)
        os.setresuid(ATTACKER, ATTACKER, ATTACKER)
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)
        connection.connect(str(parent.place / "s"))
        null = os.open(os.devnull, os.O_RDWR)
        request = {"target": "time:sleep", "arguments": [9], "env": {}, "cwd": "/"}
        messages.send(connection, request, [null] * 3)
        return messages.receive(connection)[0]

    with As(0, with_group) as said:
        assert "pid" not in said
    assert "another Gid" in (parent.place / "log").read_text()


def test_a_control_group_with_an_odd_name_is_no_way_into_another(parent):
    words = dict(
        line.split(":")[1:] for line in multiuser.lines_of("/proc/self/cgroup")
    )
    number, base = ("pids", cgroups.MOUNTED / "pids")
    if "pids" not in words:
        number, base = "", cgroups.MOUNTED
    line = next(
        line
        for line in multiuser.lines_of("/proc/self/cgroup")
        if line.split(":")[1] == number
    )
    prefix = line.split(":")[0] + f":{number}:"
    own = base / "lw-own"
    forged = base / f"lw-own\x0b{prefix}" / "lw-others"
    others = base / "lw-others"
    made = (own, others, forged.parent, forged)
    try:
        for folder in made:
            folder.mkdir()
    except OSError:
        pytest.skip("control groups are not ours to make here")
    try:
        connecting = As(ATTACKER, lambda: ask(parent.place)[0]["pid"])
        (forged / "cgroup.procs").write_text(str(os.getpid()))
        with connecting as said:
            (base / "cgroup.procs").write_text(str(os.getpid()))
            assert (forged / "cgroup.procs").read_text().split()
            assert int(said) in map(int, (forged / "cgroup.procs").read_text().split())
            assert not (others / "cgroup.procs").read_text()
            os.kill(int(said), signal.SIGKILL)
    finally:
        (base / line.split(":")[2].lstrip("/") / "cgroup.procs").write_text(
            str(os.getpid())
        )
        for folder in reversed(made):
            wait_for(lambda folder=folder: not (folder / "cgroup.procs").read_text())
            folder.rmdir()


def test_where_the_system_refuses_a_fork_the_parent_lives_on(place):
    group = cgroups.MOUNTED / "pids" / "lw-no-fork"
    if not group.parent.is_dir():
        pytest.skip("only version 1 has this controller by itself")
    group.mkdir()
    try:
        for parent in start(place):
            (group / "cgroup.procs").write_text(str(parent.pid))
            (group / "pids.max").write_text("1")
            with As(ATTACKER, lambda: ask(place)[0]) as said:
                assert "refuses to fork" in said
            (group / "pids.max").write_text("max")
            assert_serves_others(parent)
    finally:
        wait_for(lambda: not (group / "cgroup.procs").read_text())
        group.rmdir()


def test_users_of_all_descriptors_leave_enough_to_refuse_others(place):
    def bound():
        resource.setrlimit(resource.RLIMIT_NOFILE, (108, 108))

    for parent in start(place, preexec_fn=bound):
        with As(ATTACKER, lambda: [ask(place)[0] for _ in range(10)][-1]) as said:
            assert "descriptors" in said
            with As(OTHER, lambda: ask(place)[0]) as other:
                assert "descriptors" in other
        # Its kernels end with their clients.
        time.sleep(1)
        assert_serves_others(parent)
