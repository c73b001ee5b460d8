"""The files that say what to install agree, and name no registry."""

import re
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

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


def read_lock(extra=None):
    """Returns the versions of each package that a lock pins, as a dict of sets."""
    name = f"requirements-{extra}.lock" if extra else "requirements.lock"
    lock = (ROOT / name).read_text()
    assert not lock.startswith("#"), f"{name} has a header"
    pins = {}
    for entry in re.split(r"\n(?=\S)", lock.strip()):
        requirement = entry.split("\\")[0].split(" ;")[0].strip()
        assert "--hash=sha256:" in entry, f"{requirement} of {name} has no hash"
        package, version = requirement.split("==")
        pins.setdefault(package.split("[")[0], set()).add(version)
    return pins


def test_each_extra_has_a_lock_and_the_other_way_round(project):
    locks = {path.name for path in ROOT.glob("requirements*.lock")}
    extras = project["optional-dependencies"]
    named = {f"requirements-{extra}.lock" for extra in extras}
    assert locks == {"requirements.lock", *named}


def test_the_locks_pin_every_dependency_in_a_version_that_is_wanted(project):
    base = read_lock()
    groups = {None: project["dependencies"], **project["optional-dependencies"]}
    for extra, lines in groups.items():
        pins = {**base, **(read_lock(extra) if extra else {})}
        for requirement in map(Requirement, lines):
            assert requirement.name in pins, f"{requirement.name} is not in the lock"
            for version in pins[requirement.name]:
                assert requirement.specifier.contains(version), (
                    f"{requirement.name} {version} is locked, and not {requirement}"
                )


def test_the_locks_of_extras_agree_with_each_other_and_only_add(project):
    base = read_lock()
    added = {}
    for extra in project["optional-dependencies"]:
        pins = read_lock(extra)
        assert not set(pins) & set(base), f"{extra} pins again what a reader has"
        for package, versions in pins.items():
            assert added.setdefault(package, versions) == versions, package


@pytest.mark.parametrize("extras", [(), ("hub",), ("dev",)])
def test_a_lock_leaves_out_nothing_that_its_packages_require(project, extras):
    pins = read_lock()
    lines = list(project["dependencies"])
    for extra in extras:
        pins.update(read_lock(extra))
        lines += project["optional-dependencies"][extra]
    waiting = [(Requirement(line), "layerwise") for line in lines]
    seen = set()
    while waiting:
        requirement, wanted_by = waiting.pop()
        name = canonicalize_name(requirement.name)
        key = (name, frozenset(requirement.extras))
        if key in seen or not applies(requirement):
            continue
        seen.add(key)
        assert name in pins, f"{wanted_by} requires {name}, which is not in the lock"
        for line in metadata.requires(name) or ():
            needed = Requirement(line)
            if applies(needed, requirement.extras):
                waiting.append((needed, name))
    assert len(seen) > len(lines)


def applies(requirement, extras=()):
    """Returns whether a requirement's marker holds here, for one of the extras."""
    if requirement.marker is None:
        return True
    return any(requirement.marker.evaluate({"extra": e}) for e in ("", *extras))


def test_no_file_names_a_registry(tracked):
    here = Path(__file__).resolve()
    for path in tracked:
        if path == here or path.suffix in (".npz", ".png"):
            continue
        found = ADDRESS.search(path.read_text(encoding="utf-8"))
        assert not found, f"{path} names a registry: {found.group()}"
