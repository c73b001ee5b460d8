"""Pages are made in a process that may be ended; what ends it costs a page."""

import nbformat
import pytest

from autograder.cells import to_bytes
from autograder.grading.feedback import PageExporter
from autograder.grading.page_exporter import page_maker
from autograder.grading.page_process import PageError, PageProcess
from autograder.grading.plain_page import plain_page

pytestmark = pytest.mark.kernel

# What Markdown's parser takes a time for that grows with the square of the length.
SLOW = (
    "a" + " " * 99_000 + "b",
    "\\begin{a}" * 10_000,
    "\\\\[" * 10_000,
    "\\\\(" * 10_000,
    "[" * 50_000,
    "*a **b " * 20_000,
    "> " * 20_000 + "x",
    "`" * 40_000 + "a" + "`" * 39_999,
)


def markdown(*texts):
    return nbformat.v4.new_notebook(
        cells=list(map(nbformat.v4.new_markdown_cell, texts))
    )


@pytest.fixture(scope="module")
def process():
    process = PageProcess(page_maker, PageExporter().config)
    process.seconds = 1
    yield process
    process.close()


def make(process, notebook):
    return process.make(to_bytes(notebook), {"metadata": {"name": "hw"}})


def test_a_page_is_the_exporter_s(process):
    assert "<em>words</em>" in make(process, markdown("*words*"))


@pytest.mark.parametrize("text", SLOW, ids=[repr(text[:6]) for text in SLOW])
def test_no_text_takes_longer_than_a_page_may(process, text):
    fault, page = None, ""
    try:
        page = make(process, markdown("before", text, "after"))
    except PageError as error:
        fault = str(error)
    assert fault is None or fault.startswith("it takes more than")
    assert fault or ("before" in page and "after" in page)
    # The next page is none the worse.
    assert "<em>next</em>" in make(process, markdown("*next*"))


def test_a_page_that_takes_too_much_memory_is_given_up():
    process = PageProcess(page_maker, PageExporter().config)
    process.memory = 30_000_000
    try:
        with pytest.raises(PageError, match="GB of memory"):
            make(process, markdown(*["x" * 90_000] * 200))
    finally:
        process.close()


def test_a_process_that_dies_is_replaced(process):
    make(process, markdown("one"))
    process.process.kill()
    assert "two" in make(process, markdown("two"))


def test_the_plain_page_lists_points_and_messages():
    error = nbformat.v4.new_output(
        "error", ename="AssertionError", evalue="<b>stride</b> 1", traceback=[]
    )
    test = nbformat.v4.new_code_cell("assert x", outputs=[error])
    test.metadata.nbgrader = {
        "grade": True,
        "grade_id": "test_stride",
        "score": 1.0,
        "points": 3.0,
    }
    answer = nbformat.v4.new_markdown_cell("<script>alert(1)</script>")
    answer.metadata.nbgrader = {
        "grade": True,
        "solution": True,
        "grade_id": "why",
        "score": 2.0,
        "points": 4.0,
        "comment": "Good <i>start</i>",
    }
    page = plain_page(
        nbformat.v4.new_notebook(cells=[test, answer]),
        {
            "nbgrader": {
                "notebook": "hw",
                "score": 2.5,
                "max_score": 7.0,
                "late_penalty": 0.5,
            }
        },
        "it takes more than 20 s of CPU time",
    )
    for part in (
        "2.5 / 7",
        "penalty: 0.5",
        "test_stride",
        "1 / 3",
        "AssertionError: &lt;b&gt;stride&lt;/b&gt; 1",
        "Comment: Good &lt;i&gt;start&lt;/i&gt;",
        "more than 20 s of CPU time",
        "Content-Security-Policy",
    ):
        assert part in page, part
    assert "<script" not in page


def test_an_exporter_falls_back_to_the_plain_page(monkeypatch):
    exporter = PageExporter()

    def fail(*_):
        raise PageError("it has 99 characters")

    monkeypatch.setattr(PageProcess, "make", fail)
    page, _ = exporter.from_notebook_node(markdown("x"))
    assert "This page cannot show your notebook: it has 99 characters" in page
