"""What a policy lets through."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.limits import Limits
from autograder.sandbox import policy

COURSE = Path(__file__).parents[3]


def test_only_known_variables_are_seen():
    given = {
        "PATH": "/bin",
        "LC_ALL": "C",
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_API_KEY": "secret",
        "HOME": "/root",
        "LANGUAGE_TOOL": "x",
        "DATABASE_URL": "secret",
    }
    assert policy.visible_variables(given) == {
        "PATH": "/bin",
        "LC_ALL": "C",
        "TF_NUM_INTRAOP_THREADS": "1",
    }


@pytest.fixture(scope="module")
def readable():
    """What can be read, as a kernel sees it: without the folders of the tests."""
    code = (
        "import json; from autograder.sandbox.policy import readable_paths; "
        "print(json.dumps(readable_paths()))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd="/",
        check=True,
    )
    return json.loads(result.stdout)


def test_the_course_is_not_among_what_can_be_read(readable):
    assert readable == sorted(set(readable))
    for folder in (COURSE, COURSE / "solutions", COURSE / "course", Path.home()):
        assert str(folder) not in readable
        assert not any(str(folder).startswith(f"{path}/") for path in readable)
    for name in ("autograder", "course/layerwise"):
        assert str(COURSE / name) in readable


def test_no_path_lies_in_another(readable):
    for path in readable:
        assert Path(path).exists()
        assert not [other for other in readable if path.startswith(f"{other}/")]


def test_a_policy_makes_its_folders(tmp_path):
    made = policy.make_policy(policy.LANDLOCK, tmp_path, Limits(disk_bytes=5))
    assert made["disk_bytes"] == 5
    assert Path(policy.work_folder(made)).is_dir()
    own = policy.own_variables(made)
    assert Path(own["HOME"]).is_dir()
    assert Path(own["TMPDIR"]).parent == tmp_path


def test_at_the_upper_level_home_and_scratch_have_fixed_names(tmp_path):
    made = policy.make_policy(policy.NAMESPACES, tmp_path, Limits())
    assert policy.own_variables(made)["HOME"] == policy.HOME
    assert policy.own_variables(made)["TMPDIR"] == "/tmp"
