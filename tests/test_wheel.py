"""The installed package: what a wheel of the course holds, and that it works alone."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOT_MODULES = shutil.ignore_patterns("__pycache__")
# In a process that has the wheel and not the checkout.
IMPORT_ALL = """
import importlib, pkgutil, sys
import autograder, layerwise
for package in (autograder, layerwise):
    found = pkgutil.walk_packages(package.__path__, package.__name__ + ".")
    for name in sorted(module.name for module in found):
        print(name, importlib.import_module(name).__file__, sep="\\t")
print("layerwise.__version__", layerwise.__version__, sep="\\t")
"""
CALL_EACH = """
from autograder.cli import main
for arguments in {calls}:
    print(main(arguments))
"""
NEED_A_CHECKOUT = [
    ["chapters"],
    ["record", "04"],
    ["answers", "hw04_resnet", "--only", "x"],
    ["agree", "--all"],
    ["demo", "--workers", "2"],
    ["bench", "-n", "2"],
    ["redteam", "--no-stock"],
    ["soak", "-n", "3"],
    ["load", "--students", "3"],
]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder into which the wheel is installed, and nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    source, site = folder / "source", folder / "site"
    # Built from a copy: setuptools writes beside what it builds, and takes what an
    # earlier build left there.
    for name in ("autograder", "course/layerwise"):
        shutil.copytree(ROOT / name, source / name, ignore=NOT_MODULES)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    call = "import setuptools.build_meta as b; b.build_wheel('..')"
    subprocess.run([sys.executable, "-c", call], cwd=source, check=True)
    (wheel,) = folder.glob("*.whl")
    # A wheel without compiled parts is installed by unpacking it.
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site


def run(site, code):
    """Runs Python in an empty folder with the wheel, its dependencies, and no checkout.

    Without `-S` the checkout's editable installation would answer for what the wheel
    lacks.
    """
    folder = site.parent / "elsewhere"
    folder.mkdir(exist_ok=True)
    installed = [sysconfig.get_path(kind) for kind in ("purelib", "platlib")]
    path = os.pathsep.join([str(site), *installed])
    return subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
    )


def tracked(*places):
    listed = subprocess.run(
        [
            "git",
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
            *places,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    names = {name for name in listed.stdout.split("\0") if name}
    assert names, "git lists no file"
    return names


def test_the_wheel_holds_every_file_of_the_packages_but_those_of_proof(site):
    held = {
        str(path.relative_to(site))
        for path in site.rglob("*")
        if path.is_file() and not re.search(r"\.dist-info|__pycache__", str(path))
    }
    # What has Jupyter's server load ours beside formgrader.
    place = "/data/etc/jupyter/jupyter_server_config.d/layerwise.json"
    (settings,) = {name for name in held if name.endswith(place)}
    held.discard(settings)
    wanted = {
        name.removeprefix("course/")
        for name in tracked("autograder", "course/layerwise")
        if (ROOT / name).is_file() and not name.startswith("autograder/proof/")
    }
    assert held == wanted


def test_every_module_of_the_wheel_can_be_imported(site):
    done = run(site, IMPORT_ALL)
    assert done.returncode == 0, done.stderr
    found = dict(line.split("\t") for line in done.stdout.splitlines())
    assert found.pop("layerwise.__version__")
    assert {"autograder.serve.app", "layerwise.models.resnet"} <= set(found)
    elsewhere = {
        n: file for n, file in found.items() if Path(site) not in Path(file).parents
    }
    assert not elsewhere, "imported from the checkout"


def test_the_command_line_works_and_verbs_of_the_checkout_say_that_they_need_one(site):
    works = ["--course", str(ROOT), "grade", "hw99"]
    done = run(site, CALL_EACH.format(calls=[*NEED_A_CHECKOUT, works]))
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["2"] * (len(NEED_A_CHECKOUT) + 1)
    *needs, fault = done.stderr.splitlines()
    for (verb, *_), line in zip(NEED_A_CHECKOUT, needs, strict=True):
        assert line.startswith(f"autograder: {verb} needs a checkout of the course")
    assert "There is no assignment 'hw99'" in fault
