"""What a contributor meets first: workflows, hooks, forms, and one version."""

import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.specifiers import SpecifierSet

import layerwise

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
COMMANDS = Path(sys.executable).parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[!c]*.yml"))
PAGES = [
    *ROOT.glob("*.md"),
    *(ROOT / ".github").rglob("*.md"),
    *(ROOT / ".github").rglob("*.yml"),
]
FIELDS = {"markdown", "input", "textarea", "dropdown", "checkboxes"}


def read(*names):
    return ROOT.joinpath(*names).read_text(encoding="utf-8")


def supported():
    """Returns the Pythons that pyproject.toml allows, as strings such as `3.11`."""
    allowed = SpecifierSet(PROJECT["requires-python"])
    return [f"3.{minor}" for minor in range(30) if allowed.contains(f"3.{minor}")]


def jobs():
    for path in WORKFLOWS:
        for name, job in yaml.safe_load(path.read_text())["jobs"].items():
            yield f"{path.name}: {name}", job


def test_there_are_workflows_and_forms():
    assert {path.name for path in WORKFLOWS} >= {"test.yml", "nightly.yml"}
    assert len(FORMS) >= 3


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_only_read(path):
    assert yaml.safe_load(path.read_text())["permissions"] == {"contents": "read"}


def test_a_job_ends_in_time_and_takes_actions_in_a_version():
    for name, job in jobs():
        assert job["timeout-minutes"] <= 360, name
        for step in job["steps"]:
            assert len({"run", "uses"} & set(step)) == 1, f"{name}: {step}"
            if "uses" in step:
                assert re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step["uses"]), name


def test_workflows_run_every_python_that_is_supported():
    ran = set()
    for _, job in jobs():
        ran |= set(job.get("strategy", {}).get("matrix", {}).get("python", []))
    assert ran == set(supported())


def test_setup_takes_the_pythons_that_are_supported():
    first, end = re.search(
        r"not \(3, (\d+)\) <= sys.version_info < \(3, (\d+)\)", read("setup.sh")
    ).groups()
    assert [f"3.{n}" for n in range(int(first), int(end))] == supported()


def test_verbs_that_are_named_exist():
    targets = set(re.findall(r"^([a-z][\w-]*):", read("Makefile"), re.MULTILINE))
    text = "\n".join(path.read_text(encoding="utf-8") for path in PAGES)
    made = set(re.findall(r"(?:`|run: |^    )make ([a-z][\w-]*)", text, re.MULTILINE))
    made |= set(re.findall(r"^make ([a-z][\w-]*)", read(".ci", "run"), re.MULTILINE))
    assert made >= {"test-fast", "test", "test-all", "test-hub", "build", "lock"}
    assert made <= targets
    called = set(re.findall(r"(?:bin/|`)autograder ([a-z][\w-]*)", text))
    assert called >= {"answers", "build", "chapters", "check", "doctor"}
    for verb in called:
        subprocess.run(
            [COMMANDS / "autograder", verb, "--help"], check=True, capture_output=True
        )


def test_the_nightly_machine_has_what_ci_installs():
    wanted = re.findall(r"missing\+=\(([^)]*)\)", read(".ci", "run"))
    packages = {package for line in wanted for package in line.split()}
    assert "chromium" in packages
    installed = set(read(".github", "workflows", "nightly.yml").split())
    assert packages <= installed


def test_hooks_need_no_network():
    config = yaml.safe_load(read(".pre-commit-config.yaml"))
    assert {repo["repo"] for repo in config["repos"]} == {"local"}
    hooks = [hook for repo in config["repos"] for hook in repo["hooks"]]
    assert {hook["language"] for hook in hooks} == {"system"}
    check = [COMMANDS / "pre-commit", "validate-config", ".pre-commit-config.yaml"]
    subprocess.run(check, cwd=ROOT, check=True, capture_output=True)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_a_form_can_be_shown(path):
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert set(form) == {"name", "description", "labels", "body"}
    assert {field["type"] for field in form["body"]} <= FIELDS
    asked = [field for field in form["body"] if field["type"] != "markdown"]
    names = [field["id"] for field in asked]
    assert len(set(names)) == len(names)
    assert all(field["attributes"]["label"] for field in asked)
    assert any(field.get("validations", {}).get("required") for field in asked)


@pytest.mark.parametrize("path", sorted(ROOT.glob("*.md")), ids=lambda path: path.name)
def test_links_of_a_page_lead_to_files(path):
    text = path.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#\s]+)", text):
        if "://" not in link:
            assert (path.parent / link).exists(), link


def attribute_of(attribute, *patterns):
    """Returns what .gitattributes says of files: a dict from name to value."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, check=True
    ).stdout
    told = subprocess.run(
        ["git", "check-attr", "-z", "--stdin", attribute],
        cwd=ROOT,
        input=listed,
        capture_output=True,
        check=True,
    ).stdout.decode()
    words = told.split("\0")
    assert len(words) > 3, f"git lists no file of {patterns}"
    return dict(zip(words[0::3], words[2::3], strict=False))


def test_exactly_the_made_files_are_marked_as_made():
    # What people handed in is nobody's to make again.
    handed_in = ":!tests/inputs"
    notebooks = attribute_of("linguist-generated", "*.ipynb", handed_in)
    assert set(notebooks.values()) == {"set"}
    merged = attribute_of("merge", "*.ipynb", handed_in)
    assert set(merged.values()) == {"unset"}
    marks = attribute_of("linguist-generated", "*.py", "*.md", "*.lock", "*.toml")
    made = {name for name, mark in marks.items() if mark == "set"}
    locks = {path.name for path in ROOT.glob("*.lock")}
    assert made == {"tests/redteam/RESULTS.md", *locks}


def test_the_version_is_the_same_everywhere():
    version = PROJECT["version"]
    assert layerwise.__version__ == metadata.version("layerwise") == version
    cited = yaml.safe_load(read("CITATION.cff"))
    assert cited["version"] == version
    newest, when = re.search(
        r"^## (\S+) \((\S+)\)$", read("CHANGELOG.md"), re.MULTILINE
    ).groups()
    assert newest == version
    if when == "unreleased":
        assert "date-released" not in cited
    else:
        assert str(cited["date-released"]) == when
