"""The same tests again as an ordinary user, where the suite runs as root."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from autograder.sandbox import levels
from autograder.sandbox.policy import NAMESPACES

pytestmark = pytest.mark.kernel

# No other test's.
USER = 65532
SCRIPT = """
set -e
mount --bind "$1" "$2"
exec setpriv --reuid={user} --regid={user} --clear-groups --bounding-set=-all \
  env -i PATH="$PATH" HOME="$3" TMPDIR="$3" LAYERWISE_WARM_SECONDS=5 \
  "$4" -m pytest -q -p no:cacheprovider "$5"
"""


def readable(path):
    """Returns whether everybody can reach a path."""
    return all(place.stat().st_mode & 0o005 == 5 for place in Path(path).parents)


@pytest.fixture
def place():
    # pytest's own folder is its user's alone.
    folder = tempfile.mkdtemp(prefix="layerwise-user-")
    os.chmod(folder, 0o755)
    os.mkdir(f"{folder}/home")
    os.chown(f"{folder}/home", USER, USER)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def python(place):
    """A virtual environment of a Python that everybody can run, without packages."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for found in (
        os.path.realpath(sys.executable),
        shutil.which(version, path="/usr/bin"),
    ):
        if found and readable(os.path.realpath(found)):
            made = subprocess.run(
                [found, "-m", "venv", "--without-pip", f"{place}/venv"]
            ).returncode
            if made == 0:
                return Path(place, "venv/bin/python")
    pytest.skip(f"no {version} that an ordinary user can run")


@pytest.mark.skipif(os.name != "posix" or os.geteuid(), reason="needs to be root first")
@pytest.mark.skipif(
    levels.detect().level != NAMESPACES, reason="needs a mount of its own"
)
def test_an_ordinary_users_sandbox(place, python):
    tests = Path(__file__).with_name("test_sandbox.py")
    packages = Path(pytest.__file__).parents[1]
    if not readable(tests) or not readable(packages):
        pytest.skip("the course is in a folder that other users cannot read")
    (target,) = Path(place, "venv/lib").glob("python*/site-packages")
    result = subprocess.run(
        [
            "unshare",
            "--mount",
            "sh",
            "-c",
            SCRIPT.format(user=USER),
            "sh",
            *map(str, (packages, target, f"{place}/home", python, tests)),
        ],
        capture_output=True,
        text=True,
        cwd="/",
    )
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-1000:]
    assert " passed" in result.stdout
