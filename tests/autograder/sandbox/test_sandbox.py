"""What a student's code finds when it looks around, at each level of this machine."""

import os
import socket
import stat
import threading
import time
from pathlib import Path

import psutil
import pytest
from inside import run

from autograder.engine import resource_monitor
from autograder.sandbox import cgroups, levels
from autograder.sandbox.policy import DEVICES, LANDLOCK, LEVELS, NAMESPACES, RLIMITS

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(
        levels.detect().level not in LEVELS, reason="no sandbox on this system"
    ),
]

COURSE = Path(__file__).parents[3]


@pytest.fixture(params=LEVELS)
def level(request):
    """Each level that this machine allows."""
    if levels.try_level(request.param):
        pytest.skip(f"this machine has no {request.param}")
    return request.param


@pytest.fixture
def closed(level):
    """Each level that closes files and the network off."""
    if level == RLIMITS:
        pytest.skip("rlimits close nothing off")
    return level


TRY = """
def attempt(function, *arguments):
    try:
        return function(*arguments) or "done"
    except Exception as error:
        return type(error).__name__
"""


def test_never_the_hosts_root(level):
    _, seen, _ = run("import os\ndef look():\n    return os.getuid()", level)
    assert seen != 0
    if os.geteuid() == 0:
        assert seen > 1_000_000


def test_files_outside_are_not_there(closed, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("token")
    paths = [
        str(secret),
        str(COURSE / "README.md"),
        str(COURSE / "solutions/hw04_resnet/hw04_resnet.py"),
        "/etc/shadow",
        os.path.expanduser("~/.profile"),
        "/proc/1/environ" if closed == LANDLOCK else f"/proc/{os.getpid()}/environ",
    ]
    _, seen, _ = run(
        f"{TRY}\ndef look():\n"
        f"    return [attempt(lambda p=p: open(p).read()) for p in {paths!r}]",
        closed,
    )
    assert set(seen) <= {"FileNotFoundError", "PermissionError", "NotADirectoryError"}


@pytest.fixture
def graphics_card():
    """A device with a graphics card's name, where this user may make one."""
    path = Path(f"/dev/nvidia{os.getpid()}")
    try:
        os.mknod(path, stat.S_IFCHR, os.makedev(1, 3))
    except PermissionError:
        yield
        return
    path.chmod(0o666)
    yield
    path.unlink()


def test_the_same_devices_at_each_level_and_no_graphics_card(closed, graphics_card):
    entries = [path for path in Path("/dev").iterdir() if not path.is_symlink()]
    names = sorted(path.name for path in entries if not path.is_dir())
    _, seen, _ = run(
        f"{TRY}\nimport os\ndef look():\n"
        "    flags = os.O_RDWR | os.O_NONBLOCK\n"
        "    opened = lambda name: os.close(os.open(f'/dev/{name}', flags))\n"
        f"    return [name for name in {names!r} if attempt(opened, name) == 'done']",
        closed,
    )
    # Where it has terminals, they are its own: no device of the host's.
    own = {"ptmx"} if closed == NAMESPACES else set()
    assert set(seen) - own == set(DEVICES)


FAMILIES = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def look():
    kinds = (1, 2, 3, 5)
    made = {family for family in [*range(64), 2**31 - 1] for kind in kinds
            if libc.socket(family, kind, 0) >= 0}
    made |= {1000 + protocol for protocol in (1, 33, 132, 136, 255, 262)
             for kind in kinds if libc.socket(2, kind, protocol) >= 0}
    made |= {2000 + protocol for protocol in range(1, 32)
             if libc.socket(16, 3, protocol) >= 0}
    return sorted(made)
"""


def test_families_of_sockets_are_allowed_by_name(closed):
    _, seen, _ = run(FAMILIES, closed)
    # The lower level refuses all of them once the kernel has its own.
    assert seen == ([1, 2, 10, 16] if closed == NAMESPACES else [])


def test_the_environment_is_read_only_and_the_folder_is_not(level):
    target = os.path.join(os.path.dirname(os.__file__), "planted.py")
    _, seen, _ = run(
        f"{TRY}\nimport os, tempfile\ndef look():\n"
        f"    planted = attempt(lambda: open({target!r}, 'w').close())\n"
        "    open('mine.txt', 'w').write('mine')\n"
        "    with tempfile.NamedTemporaryFile('w') as file:\n"
        "        file.write('x')\n"
        "    open(os.path.expanduser('~/note.txt'), 'w').write('x')\n"
        "    return [planted, open('mine.txt').read(), open('given.txt').read()]",
        level,
        {"given.txt": b"given"},
    )
    assert seen[1:] == ["mine", "given"]
    assert seen[0] in ("OSError", "PermissionError", "FileNotFoundError")
    assert not os.path.exists(target)


def test_the_graders_environment_is_not_seen(level, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "token")
    monkeypatch.setenv("TF_API_TOKEN", "token")
    monkeypatch.setenv("SOMETHING", "token")
    _, seen, _ = run(
        "import os\ndef look():\n    return dict(os.environ)",
        level,
    )
    assert "token" not in seen.values()
    assert seen["USER"] == "student"
    assert seen["HOME"] != os.path.expanduser("~")


def test_no_network_not_even_the_hosts_loopback(closed):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.socket(socket.AF_UNIX) as abstract:
            name = f"\0layerwise-test-{os.getpid()}"
            abstract.bind(name)
            abstract.listen()
            _, seen, _ = run(
                f"{TRY}\nimport socket\n"
                "def connect():\n"
                f"    socket.socket(socket.AF_UNIX).connect({name!r})\n"
                "def look():\n"
                f"    port = ('127.0.0.1', {port})\n"
                "    return [attempt(socket.create_connection, port, 2),\n"
                "            attempt(connect)]",
                closed,
            )
    assert set(seen) <= {"ConnectionRefusedError", "PermissionError"}


def test_other_processes_cannot_be_signalled_or_read(closed):
    _, seen, _ = run(
        f"{TRY}\nimport os\ndef look():\n"
        f"    return [attempt(os.kill, {os.getpid()}, 0),\n"
        f"            attempt(lambda: open('/proc/{os.getpid()}/maps').read())]",
        closed,
    )
    assert "done" not in seen
    assert len(seen) == 2


def test_privileged_calls_are_refused(closed):
    _, seen, _ = run(
        f"{TRY}\nimport ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "def call(name, *arguments):\n"
        "    ctypes.set_errno(0)\n"
        "    result = getattr(libc, name)(*arguments)\n"
        "    return [result, ctypes.get_errno()]\n"
        "def look():\n"
        "    return [call('ptrace', 16, 1, 0, 0), call('unshare', 0x10000000),\n"
        "            call('mount', b'x', b'/tmp', b'tmpfs', 0, 0),\n"
        "            call('setuid', 0), call('chroot', b'/tmp')]",
        closed,
    )
    # EPERM; or EINVAL, where a namespace of its own has no such user.
    assert all(result == -1 and number in (1, 22) for result, number in seen)


def test_what_is_left_behind_dies(level):
    mark = f"layerwise-daemon-{os.getpid()}-{level}"
    _, seen, _ = run(
        "import os, subprocess, sys\ndef look():\n"
        "    code = 'import os, time\\nif os.fork(): os._exit(0)\\nos.setsid()\\n'\n"
        "    code += 'if os.fork(): os._exit(0)\\ntime.sleep(60)'\n"
        f"    subprocess.run([sys.executable, '-c', code, {mark!r}])\n"
        "    return 'started'",
        level,
    )
    assert seen == "started"
    deadline = time.monotonic() + 2
    while _marked(mark) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _marked(mark)


def _marked(mark):
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if mark in (process.info["cmdline"] or []):
            found.append(process.pid)
    return found


def test_the_disk_is_bounded(level):
    _, seen, _ = run(
        "def look():\n"
        "    block, written = bytes(1_000_000), 0\n"
        "    try:\n"
        "        with open('big', 'wb') as file:\n"
        "            for _ in range(60):\n"
        "                written += file.write(block)\n"
        "                file.flush()\n"
        "    except OSError as error:\n"
        "        return [written, error.errno]\n"
        "    return [written, 0]",
        level,
        disk_bytes=20_000_000,
    )
    assert seen[0] < 25_000_000
    assert seen[1] in (27, 28)  # EFBIG, ENOSPC


def test_many_small_files_are_bounded_too():
    if levels.try_level(NAMESPACES):
        pytest.skip("this machine has no namespaces")
    _, seen, _ = run(
        "def look():\n"
        "    try:\n"
        "        for number in range(60):\n"
        "            open(f'part{number}', 'wb').write(bytes(1_000_000))\n"
        "    except OSError as error:\n"
        "        return [number, error.errno]",
        NAMESPACES,
        disk_bytes=20_000_000,
    )
    assert seen[0] < 25
    assert seen[1] == 28


def test_where_the_disk_has_no_end_writing_has():
    if levels.try_level(LANDLOCK):
        pytest.skip("this machine has no Landlock")
    execution, seen, _ = run(
        "import time\ndef look():\n"
        "    for number in range(60):\n"
        "        open(f'part{number}', 'wb').write(bytes(1_000_000))\n"
        "    time.sleep(5)\n"
        "    return number",
        LANDLOCK,
        disk_bytes=20_000_000,
    )
    assert seen is None
    assert execution.status == "crashed"
    assert "wrote more than 0.02 GB" in execution.reason


def test_copying_and_unpacking_work(closed):
    _, seen, _ = run(
        "import pathlib, shutil, tempfile, zipfile\ndef look():\n"
        "    pathlib.Path('a.txt').write_text('one')\n"
        "    shutil.copy2('a.txt', 'b.txt')\n"
        "    with zipfile.ZipFile('c.zip', 'w') as file:\n"
        "        file.write('b.txt')\n"
        "    with tempfile.TemporaryDirectory() as place:\n"
        "        shutil.unpack_archive('c.zip', place)\n"
        "        return pathlib.Path(place, 'b.txt').read_text()",
        closed,
    )
    assert seen == "one"


def test_modes_and_dates_of_other_files_stay(closed, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text("x")
    before = other.stat()
    _, seen, _ = run(
        "import os\ndef look():\n    told = []\n"
        f"    for change in (lambda: os.chmod({str(other)!r}, 0),\n"
        f"                   lambda: os.utime({str(other)!r}, (1, 1))):\n"
        "        try:\n            change()\n            told.append('done')\n"
        "        except OSError as error:\n            told.append(error.errno)\n"
        "    return told",
        closed,
    )
    after = other.stat()
    assert len(seen) == 2
    assert (after.st_mode, after.st_mtime) == (before.st_mode, before.st_mtime)


def test_processes_are_bounded(level):
    _, seen, _ = run(
        "import subprocess\ndef look():\n"
        "    running = []\n"
        "    try:\n"
        "        for _ in range(200):\n"
        "            running.append(subprocess.Popen(['sleep', '20']))\n"
        "    except OSError as error:\n"
        "        return [len(running), error.errno]\n"
        "    finally:\n"
        "        for process in running:\n"
        "            process.kill()\n"
        "    return [len(running), 0]",
        level,
        processes=80,
    )
    assert seen[0] < 80
    assert seen[1] == 11  # EAGAIN


def test_memory_of_children_counts(level):
    execution, _, error = run(
        "import subprocess, sys\ndef look():\n"
        "    code = 'x = bytearray(900_000_000); import time; time.sleep(15)'\n"
        "    subprocess.run([sys.executable, '-c', code])\n"
        "    return 'over'",
        level,
        memory_bytes=400_000_000,
    )
    assert execution.status == "out_of_memory"
    assert "0.4 GB" in execution.reason
    assert "did not finish" in error


def test_memory_of_processes_whose_parent_has_gone_counts(level):
    execution, _, _ = run(
        "import os, subprocess, sys, time\ndef look():\n"
        "    code = 'x = bytearray(900_000_000); import time; time.sleep(15)'\n"
        "    if not os.fork():\n"
        "        os.setsid()\n"
        "        subprocess.Popen([sys.executable, '-c', code])\n"
        "        os._exit(0)\n"
        "    time.sleep(10)\n"
        "    return 'over'",
        level,
        memory_bytes=400_000_000,
    )
    assert execution.status == "out_of_memory"


@pytest.mark.skipif(not cgroups.find(), reason="no control groups here")
def test_a_control_group_bounds_memory_where_nothing_is_watched(level, monkeypatch):
    monkeypatch.setattr(resource_monitor, "WATCH_SECONDS", 1000)
    execution, _, _ = run(
        "def look():\n    return len(bytearray(b'x' * 900_000_000))",
        level,
        memory_bytes=200_000_000,
        disk_bytes=100_000_000,
    )
    assert execution.status == "out_of_memory"


def test_the_level_is_told(level):
    execution, _, _ = run("def look():\n    return 1", level)
    assert execution.sandbox == level
    assert execution.status == "graded"


def test_a_figure_and_a_thread_work_inside(level):
    execution, seen, _ = run(
        "import threading\nimport matplotlib.pyplot as plt\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "plt.plot([1, 2])\nplt.show()\n"
        "def look():\n"
        "    with ThreadPoolExecutor(4) as pool:\n"
        "        return sum(pool.map(lambda x: x * x, range(10)))",
        level,
    )
    assert seen == 285
    assert b"image/png" in execution.notebook


def test_two_at_a_time_do_not_meet(level):
    received = {}

    def one(name):
        _, received[name], _ = run(
            "import os, time\ndef look():\n"
            f"    open('{name}', 'w').close()\n"
            "    time.sleep(0.5)\n"
            "    return sorted(os.listdir('.')) + os.listdir(os.environ['TMPDIR'])",
            level,
        )

    threads = [threading.Thread(target=one, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert received["a"][0] == "a"
    assert received["b"][0] == "b"
    assert "b" not in received["a"]
    assert "a" not in received["b"]
