"""The files that say what to install agree, and name no registry."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
REQUIRED = {"tensorflow", "keras", "nbgrader", "jupyterlab", "matplotlib"}
# A registry's address in any of the forms in which tools write one.
ADDRESS = re.compile(
    r"pypi\.org|pythonhosted|registry\.npmjs|conda\.anaconda|--(extra-)?index-url"
    r"|--find-links|https?://[^\s)\"']*/simple\b"
)


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def tracked():
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = [name for name in listed.stdout.split("\0") if name]
    assert "pyproject.toml" in names
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def test_environment_yml_names_the_required_packages_as_pyproject_does(project):
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    (pip,) = [
        entry["pip"]
        for entry in environment["dependencies"]
        if isinstance(entry, dict) and "pip" in entry
    ]
    *named, last = pip
    assert last == "-e ."
    assert {Requirement(line).name for line in named} == REQUIRED
    assert set(named) <= set(project["dependencies"])


def test_environment_yml_python_is_one_that_pyproject_allows(project):
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    (python,) = [e for e in environment["dependencies"] if str(e).startswith("python=")]
    specifier = Requirement(f"python{project['requires-python']}").specifier
    assert specifier.contains(python.split("=")[1])


def test_required_packages_are_dependencies(project):
    assert {Requirement(line).name for line in project["dependencies"]} >= REQUIRED


def test_the_lock_pins_every_dependency_with_hashes(project):
    lock = (ROOT / "requirements.lock").read_text()
    assert not lock.startswith("#"), "the lock has a header"
    pins = {}
    for entry in re.split(r"\n(?=\S)", lock.strip()):
        requirement = entry.split("\\")[0].split(" ;")[0].strip()
        assert "--hash=sha256:" in entry, f"{requirement} has no hash"
        name, version = requirement.split("==")
        pins.setdefault(name.split("[")[0], []).append(version)
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    for line in (line for group in groups for line in group):
        requirement = Requirement(line)
        assert requirement.name in pins, f"{requirement.name} is not in the lock"
        for version in pins[requirement.name]:
            assert requirement.specifier.contains(version), (
                f"the lock has {requirement.name} {version}; pyproject wants {line}"
            )


def test_no_file_names_a_registry(tracked):
    here = Path(__file__).resolve()
    for path in tracked:
        if path == here or path.suffix in (".npz", ".png"):
            continue
        found = ADDRESS.search(path.read_text(encoding="utf-8"))
        assert not found, f"{path} names a registry: {found.group()}"
