"""Every chapter has its parts, and runs in seconds at the smallest budget."""

import ast

import jupytext
import pytest
from whole import CHAPTERS, COURSE

from autograder.proof.chapters import chapter_facts

MOST_CODE_LINES = 300
# CPU time of a chapter at the budget `smoke`, beside what it imports. Seconds.
MOST_CPU_SECONDS = 20


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_is_short_and_has_its_parts(name):
    source = jupytext.read(COURSE.chapters / f"{name}.py")
    code = "\n".join(cell.source for cell in source.cells if cell.cell_type == "code")
    lines = [line for line in code.splitlines() if line.strip()]
    assert len(lines) <= MOST_CODE_LINES
    ast.parse(code)
    text = "\n".join(cell.source for cell in source.cells if cell.cell_type != "code")
    assert "What the slides claim" in text
    assert f"hw{name}" in text, "no link to its assignment"


@pytest.mark.kernel
@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_runs_from_a_fresh_kernel_in_seconds(name):
    facts = chapter_facts(COURSE, name)
    assert facts.pictures, "the chapter shows no figure"
    taken = f"{name} takes {facts.cpu_seconds:.0f} s of CPU time at the budget smoke"
    assert facts.cpu_seconds <= MOST_CPU_SECONDS, f"{taken}: shrink what it runs there"
