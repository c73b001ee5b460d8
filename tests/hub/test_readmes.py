"""The hub's pages name files that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "hub").glob("*.md")) + sorted((ROOT / "hub").glob("*/*.md"))
NAMED = re.compile(r"(?<![\w./-])(?:autograder|course|hub|tests)/[\w./-]*\.\w+")
LINKED = re.compile(r"\]\(([^)#:]+)\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_names_is_there(page):
    text = page.read_text(encoding="utf-8")
    paths = [ROOT / name for name in NAMED.findall(text)]
    paths += [page.parent / name for name in LINKED.findall(text)]
    assert [str(path) for path in paths if not path.exists()] == []
    assert paths, "the pattern finds nothing"
