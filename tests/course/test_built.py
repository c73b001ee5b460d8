"""The course as it stands: built, and free of answers."""

import json
import re

import nbformat
import pytest
from whole import COURSE

from autograder.authoring.notebooks import build

SECRETS = re.compile(
    r"BEGIN SOLUTION|END SOLUTION|HIDDEN TEST|answer=\{|BEGIN MARK SCHEME",
    re.IGNORECASE,
)


def test_made_files_are_those_of_their_sources():
    made = build(COURSE)
    assert made, "nothing was built"
    changed = [str(built.path) for built in made if built.changed]
    assert not changed, f"run `make build` and commit: {', '.join(changed)}"


def test_every_made_notebook_has_a_source():
    made = {built.path for built in build(COURSE)}
    folders = (COURSE.notebooks, COURSE.source, COURSE.release)
    found = {path for folder in folders for path in folder.rglob("*.ipynb")}
    found |= set(COURSE.source.rglob("expected.json"))
    assert found == made


def test_a_release_has_what_its_tests_expect():
    for path in COURSE.source.rglob("expected.json"):
        released = COURSE.release / path.parent.name / path.name
        assert released.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("assignment", COURSE.assignments())
def test_a_release_holds_no_answer_and_no_hidden_test(assignment):
    folder = COURSE.release / assignment
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert folder / f"{assignment}.ipynb" in files
    for path in files:
        assert path.suffix != ".py" or not path.name.startswith("hw"), path
        assert "answers" not in path.relative_to(folder).parts, path
        found = SECRETS.search(path.read_text(encoding="utf-8"))
        assert not found, f"{path} holds {found.group()!r}"


@pytest.mark.parametrize("assignment", COURSE.assignments())
def test_a_release_holds_no_line_of_an_answer(assignment):
    path = COURSE.source / assignment / f"{assignment}.ipynb"
    released = (COURSE.release / assignment / f"{assignment}.ipynb").read_text()
    solution = nbformat.read(path, as_version=4)
    regions = re.compile(
        r"### BEGIN (?:SOLUTION|HIDDEN TESTS)\n(.*?)### END", re.DOTALL
    )
    text = "\n".join(cell.source for cell in solution.cells)
    visible = {line.strip() for line in regions.sub("", text).splitlines()}
    checked = 0
    for region in regions.findall(text):
        # Short lines such as `return x` may stand elsewhere by right.
        for line in filter(lambda line: len(line) > 40, region.splitlines()):
            if line.strip() not in visible:
                checked += 1
                # As the notebook's file spells it.
                spelled = json.dumps(line.strip(), ensure_ascii=False)[1:-1]
                assert spelled not in released, f"{path.name}: {line.strip()}"
    assert checked, "no long line of an answer to look for"
