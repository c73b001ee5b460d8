"""With real system users a student reads what is their own, by whichever way."""

import json
import os
import re
import sys
import tempfile
from pathlib import Path

import psutil
import pytest
import requests
from addresses import answers_of_others
from api import LONG
from populated import HW, Machine
from running import ROOT, Hub, require_hub

STAMP = "2030-01-01 00:00:00.000000 UTC"
pytestmark = [
    pytest.mark.hub,
    pytest.mark.skipif(
        os.geteuid() != 0, reason="servers of several system users need root"
    ),
]
READ = """
def read(path):
    try:
        with open(path, "rb") as file:
            return f"read {{len(file.read(4096))}} bytes"
    except OSError as error:
        return type(error).__name__
for path in {paths}:
    print(read(path))
"""


@pytest.fixture(scope="module")
def machine():
    """A hub of three system users; bo has submitted, and teacher has collected."""
    require_hub()
    with tempfile.TemporaryDirectory(prefix="lw-hub-") as place:
        os.chmod(place, 0o755)
        before = [sys.executable, Path(__file__).with_name("machine.py"), ROOT, place]
        hub = Hub(
            Path(place),
            "system_users_config.py",
            [str(part) for part in before],
            LAYERWISE_EXCHANGE=f"{place}/exchange",
            CONFIGPROXY_AUTH_TOKEN="the-proxy-is-for-the-hub-alone",
        )
        try:
            yield Machine(hub, Path(place))
        finally:
            hub.stop()


def test_what_is_secret_is_there(machine):
    for what, path in machine.secrets().items():
        assert path.read_bytes(), what
    own = machine.place / "home" / "ana" / HW / f"{HW}.ipynb"
    ways = (by_kernel, by_terminal, by_file_browser, by_link)
    for read in ways:
        assert read(machine, [own]) == ["read"], read.__name__


def test_a_kernel_reads_none_of_it(machine):
    assert by_kernel(machine, machine.secrets().values()).count("refused") == 14


def test_a_terminal_reads_none_of_it(machine):
    assert by_terminal(machine, machine.secrets().values()).count("refused") == 14


def test_the_file_browser_reads_none_of_it(machine):
    assert by_file_browser(machine, machine.secrets().values()).count("refused") == 14


def test_links_in_ones_own_folder_lead_nowhere(machine):
    assert by_link(machine, machine.secrets().values()).count("refused") == 14


def by_kernel(machine, paths):
    said = machine.kernels["ana"].run(READ.format(paths=[str(path) for path in paths]))
    return [
        "read" if line.startswith("read") else "refused"
        for line in said.split("\n")[:-1]
    ]


def by_terminal(machine, paths):
    found = []
    for path in paths:
        said = machine.people["ana"].in_terminal(f"wc -c '{path}' && echo 'o''k'")
        found.append("read" if "ok" in said.split() else "refused")
    return found


def by_file_browser(machine, paths):
    home = machine.place / "home" / "ana"
    # A path within one's own home as it is, any other by climbing out of it.
    return [_browse(machine, os.path.relpath(path, home)) for path in paths]


def by_link(machine, paths):
    found = []
    for path in paths:
        machine.kernels["ana"].run(
            f"import os\nif os.path.lexists('link'): os.remove('link')\n"
            f"os.symlink({str(path)!r}, 'link')"
        )
        found.append(_browse(machine, "link"))
    return found


def _browse(machine, path):
    quoted = requests.utils.quote(path, safe="/").replace("../", "%2e%2e/")
    answer = machine.people["ana"].own("GET", f"files/{quoted}")
    return "read" if answer.status_code == 200 and answer.content else "refused"


def test_folders_cannot_be_listed(machine):
    folders = [
        machine.inbound,
        machine.place / "home" / "bo",
        machine.place / "course",
        machine.place / "state" / "private",
    ]
    said = machine.kernels["ana"].run(
        "import os\n"
        f"for folder in {[str(folder) for folder in folders]}:\n"
        "    try:\n        print(os.listdir(folder))\n"
        "    except OSError as error:\n        print(type(error).__name__)\n"
    )
    assert said.split() == ["PermissionError"] * 4


def test_other_servers_and_formgrader_answer_nobody_else(machine):
    ana, teacher = machine.people["ana"], machine.people["teacher"]
    assert teacher.own("GET", "formgrader/manage_assignments").status_code == 200
    assert ana.own("GET", "api/contents").status_code == 200
    assert answers_of_others(ana, "teacher", "bo", HW) == {}


def test_the_graders_pages_know_who_asks(machine):
    page = f"{machine.hub.address}/services/grader/"
    ana, teacher = machine.people["ana"].browser, machine.people["teacher"].browser
    assert ">bo</" in teacher.get(f"{page}class", timeout=LONG).text
    assert ana.get(f"{page}class", timeout=LONG).status_code == 403
    own = ana.get(page, timeout=LONG)
    assert own.status_code == 200
    assert "What your tests say, ana" in own.text
    assert "bo" not in re.findall(r"\w+", own.text)


def test_kernels_are_their_users_though_one_parent_forked_them(machine):
    parents = set()
    for name, kernel in machine.kernels.items():
        process = psutil.Process(machine.pid(name))
        parents.add(process.ppid())
        uid = machine.uid(name)
        assert tuple(process.uids()) == (uid,) * 3
        assert tuple(process.gids()) == (uid,) * 3
        said = kernel.run(
            "import os; words = open('/proc/self/status').read().split()\n"
            "print(sorted(os.getgroups()), words[words.index('CapEff:') + 1],"
            " words[words.index('CapPrm:') + 1])"
        )
        wanted = machine.people[name].in_terminal("echo g$(id -G | tr ' ' ,)g")
        groups = sorted(map(int, wanted.split("g")[-2].split(",")))
        assert said.split("]")[0] == str(groups).removesuffix("]")
        assert said.split()[-2:] == ["0" * 16] * 2
    (parent,) = map(psutil.Process, parents)
    assert parent.cmdline()[-1] == "shared"
    assert parent.uids().real == 0


def test_no_kernel_holds_what_belongs_to_the_hub_or_to_another(machine):
    tokens = {
        name: machine.server(name).environ()["JUPYTERHUB_API_TOKEN"]
        for name in ("ana", "bo")
    }
    grader = next(
        process
        for process in psutil.process_iter(["cmdline"])
        if "--check-owner" in (process.info["cmdline"] or ())
        and str(machine.place / "course") in (process.info["cmdline"] or ())
    )
    secret = {
        tokens["bo"],
        "the-proxy-is-for-the-hub-alone",
        grader.environ()["JUPYTERHUB_API_TOKEN"],
        (machine.place / "state/private/cookie_secret").read_text().strip(),
        machine.hub.password,
    }
    memory = read_memory(machine.pid("ana"))
    # Her own is there, so that the search is seen to find.
    assert any(tokens["ana"].encode() in part for part in memory)
    for word in secret:
        assert not any(word.encode() in part for part in memory), word


def read_memory(pid):
    """Returns what a process has in memory that can be written, as root sees it."""
    parts = []
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            place, modes = line.split()[:2]
            first, last = (int(end, 16) for end in place.split("-"))
            if modes.startswith("rw"):
                memory.seek(first)
                parts.append(memory.read(last - first))
    return parts


def test_no_kernel_has_a_socket_of_the_parents(machine):
    pid = machine.pid("ana")
    parent = psutil.Process(pid).ppid()
    assert sockets(parent)
    assert not sockets(parent) & sockets(pid)


def sockets(pid):
    links = (os.readlink(path) for path in Path(f"/proc/{pid}/fd").iterdir())
    return {link for link in links if link.startswith("socket:")}


def test_a_request_of_ones_own_making_is_still_ones_own(machine):
    home = machine.place / "home" / "bo"
    code = (
        "import os, subprocess\n"
        "from autograder.warm.client import ForkedProcess\n"
        "open('who.py', 'w').write('import os; open(\"who\", \"w\").write("
        "str(os.getresuid()) + str(os.getppid()))')\n"
        f"environment = {{**os.environ, 'HOME': {str(home)!r}, 'USER': 'bo'}}\n"
        "null = os.open('/dev/null', os.O_RDWR)\n"
        "process = ForkedProcess('runpy:run_path', [os.path.abspath('who.py')],"
        " environment, os.getcwd(), [null] * 3)\n"
        "print(process.wait(60), open('who').read())"
    )
    uid, parent = machine.uid("ana"), psutil.Process(machine.pid("ana")).ppid()
    assert machine.kernels["ana"].run(code).split(" ", 1) == [
        "0",
        f"({uid}, {uid}, {uid}){parent}\n",
    ]


@pytest.mark.parametrize("whose", ["bo's kernel", "the parent"])
def test_processes_of_others_cannot_be_stopped(machine, whose):
    pid = machine.pid("bo")
    if whose == "the parent":
        pid = psutil.Process(pid).ppid()
    said = machine.kernels["ana"].run(
        "import os\ntry:\n"
        f"    os.kill({pid}, 19)\n"
        "except PermissionError:\n    print('refused')"
    )
    assert said == "refused\n"


def test_the_parents_folder_is_nobodys_to_write(machine):
    folder = machine.place / "state" / "shared"
    said = machine.kernels["ana"].run(
        "import os\n"
        f"for top, _, files in os.walk({str(folder)!r}):\n"
        "    for path in [top, *(os.path.join(top, name) for name in files)]:\n"
        "        if os.access(path, os.W_OK) and not path.endswith('.sock'):\n"
        "            print(path)"
    )
    assert said == ""


def test_what_was_submitted_is_nobody_elses_to_rename(machine):
    said = machine.kernels["ana"].run(
        "import os\ntry:\n"
        f"    os.rename({str(machine.submission)!r}, '{machine.inbound}/gone')\n"
        "except PermissionError:\n    print('refused')"
    )
    assert said == "refused\n"
    assert machine.submission.is_dir()


def test_nobody_submits_in_anothers_name(machine):
    folder = machine.inbound / f"bo+{HW}+{STAMP}+forged"
    machine.kernels["ana"].run(
        "import os, shutil\n"
        f"folder = {str(folder)!r}\n"
        "os.mkdir(folder); os.chmod(folder, 0o777)\n"
        f"shutil.copy('{HW}/{HW}.ipynb', folder)\n"
        f"open(folder + '/timestamp.txt', 'w').write({STAMP!r})\n"
        "os.chmod(folder + '/timestamp.txt', 0o666)"
    )
    said = machine.teach("nbgrader", "collect", HW, "--update")
    assert "somebody else" in said
    collected = machine.place / "course/classroom/submitted/bo" / HW / "timestamp.txt"
    assert collected.read_text() == (machine.submission / "timestamp.txt").read_text()
    page = f"{machine.hub.address}/services/grader/class?still=1"
    browser = machine.people["teacher"].browser
    for _ in range(60):
        text = " ".join(browser.get(page, timeout=LONG).text.split())
        if "does not belong to bo" in text:
            return
        machine.kernels["ana"].run("import time; time.sleep(1)")
    raise AssertionError(json.dumps(text)[-2000:])


def test_a_link_that_is_handed_in_brings_nothing_of_the_instructors(machine):
    solution = machine.place / "course" / "solutions" / HW / f"{HW}.ipynb"
    linked = machine.inbound / f"ana+{HW}+{STAMP}+link"
    forged = machine.inbound / f"bo+{HW}+{STAMP}+link"
    machine.kernels["ana"].run(
        "import os\n"
        f"folder = {str(linked)!r}\n"
        "os.mkdir(folder)\n"
        f"os.symlink({str(solution)!r}, folder + '/{HW}.ipynb')\n"
        f"os.symlink({str(machine.submission)!r}, folder + '/bo')\n"
        f"open(folder + '/timestamp.txt', 'w').write({STAMP!r})\n"
        # Its owner would be bo, if it were followed.
        f"os.symlink({str(machine.place / 'home' / 'bo')!r}, {str(forged)!r})"
    )
    said = machine.teach("nbgrader", "collect", HW, "--update")
    assert "somebody else" in said
    submitted = machine.place / "course/classroom/submitted"
    found = [path.name for path in (submitted / "ana" / HW).rglob("*")]
    assert found == ["timestamp.txt"]
    collected = submitted / "bo" / HW / "timestamp.txt"
    assert collected.read_text() == (machine.submission / "timestamp.txt").read_text()
