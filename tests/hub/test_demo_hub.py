"""The demo's hub: what holds although all of it is one system user, and what cannot."""

import pytest
from addresses import answers_of_others
from api import LONG, Account
from running import ROOT

from autograder.course import load_course

pytestmark = pytest.mark.hub

HW = "hw04_resnet"
OWN = """
import os, sys
print(os.environ["JUPYTERHUB_USER"], "keras" in sys.modules)
"""
RELEASE = """
import subprocess
for name in {names}:
    done = subprocess.run(
        ["nbgrader", "release_assignment", name], cwd={course!r}, capture_output=True
    )
    print(name, done.returncode)
"""


@pytest.fixture(scope="module")
def people(hub):
    """Accounts of the instructor and two students, whose servers run."""
    accounts = {}
    for name in ("instructor", "ana", "bo"):
        accounts[name] = Account(hub.address, name, hub.password)
        accounts[name].start()
    return accounts


@pytest.fixture(scope="module")
def released(hub, people):
    """The names of all assignments, once the instructor has released them."""
    names = load_course(ROOT).assignments()
    kernel = people["instructor"].kernel()
    said = kernel.run(RELEASE.format(names=names, course=str(hub.course)))
    assert said.splitlines() == [f"{name} 0" for name in names]
    return names


def test_all_assignments_can_be_released_and_fetched(hub, people, released):
    assert len(released) == 12
    ana = people["ana"]
    listed = ana.own("GET", "assignments", params={"course_id": "layerwise"}).json()
    assert sorted(entry["assignment_id"] for entry in listed["value"]) == released
    for name in released:
        data = {"course_id": "layerwise", "assignment_id": name}
        ana.own("POST", "assignments/fetch", data=data)
        path = hub.home("ana") / name / f"{name}.ipynb"
        text = path.read_text(encoding="utf-8")
        assert "BEGIN SOLUTION" not in text, name
        assert "BEGIN HIDDEN" not in text, name


def test_a_notebooks_kernel_is_warm_and_its_users(people):
    for name in ("ana", "bo"):
        kernel = people[name].kernel()
        assert kernel.run(OWN).split() == [name, "True"]
        kernel.close()


def test_a_terminal_finds_the_courses_commands(people):
    # A login shell would set PATH anew.
    said = people["instructor"].in_terminal("autograder --help && echo 'o''k'")
    assert "ok" in said.split()


def test_each_is_a_student_of_their_own(people, released, hub):
    for name in ("ana", "bo"):
        data = {"course_id": "layerwise", "assignment_id": HW}
        people[name].own("POST", "assignments/fetch", data=data)
        answer = people[name].own("POST", "assignments/submit", data=data)
        assert answer.json()["success"], answer.text
    inbound = hub.course / "exchange" / "layerwise" / "inbound"
    students = sorted(folder.name.split("+")[0] for folder in inbound.iterdir())
    assert students == ["ana", "bo"]


def test_no_address_answers_for_another(hub, people):
    assert answers_of_others(people["ana"], "instructor", "bo", HW) == {}
    page = f"{hub.address}/services/grader/class"
    assert people["ana"].browser.get(page, timeout=LONG).status_code == 403
    assert people["instructor"].browser.get(page, timeout=LONG).status_code == 200


def test_what_one_system_user_cannot_keep_from_itself(hub, people, released):
    # hub/README.md says so, and names the configuration in which it holds.
    for path in (
        hub.course / "solutions" / HW / f"{HW}.ipynb",
        hub.state / "private" / "cookie_secret",
    ):
        said = people["ana"].in_terminal(f"wc -c '{path}' && echo 'o''k'")
        assert "ok" in said.split(), path
