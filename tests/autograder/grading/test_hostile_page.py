"""A page of a hostile notebook, opened in a browser: it runs and loads nothing."""

import contextlib
import shutil
import subprocess
from html.parser import HTMLParser

import nbformat
import pytest
from formgrader_server import counting
from hostile_notebook import hostile
from nbconvert.exporters import HTMLExporter

from autograder.grading.feedback import PageExporter
from autograder.grading.html_safety import clean_html, close_page

pytestmark = pytest.mark.kernel

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAA"
    "AABJRU5ErkJggg=="
)


class Tags(HTMLParser):
    """What a browser takes for tags and attributes."""

    def __init__(self):
        super().__init__()
        self.names, self.attributes = set(), []

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


@pytest.fixture
def server():
    """A server on the loopback that remembers what it was asked for."""
    with counting() as http:
        yield http


def open_page(page, tmp_path, seconds=120):
    """Opens a page in Chromium; returns its document after it has settled."""
    path = tmp_path / "page.html"
    path.write_text(page, encoding="utf-8")
    result = subprocess.run(
        [
            CHROMIUM,
            *("--headless", "--no-sandbox", "--disable-gpu"),
            *("--disable-background-networking", "--virtual-time-budget=3000"),
            f"--user-data-dir={tmp_path / 'profile'}",
            "--dump-dom",
            path.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=seconds,
    )
    return result.stdout


def make_page(server, exporter):
    address = f"http://127.0.0.1:{server.server_port}"
    page, _ = exporter.from_notebook_node(hostile(address))
    return page


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_a_hostile_page_runs_and_loads_nothing(server, tmp_path):
    document = open_page(make_page(server, PageExporter()), tmp_path)
    assert "bold" in document
    assert "<title>RAN" not in document
    assert server.asked == []


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_nbconverts_own_page_runs_and_loads(server, tmp_path):
    """The test above can fail."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        # It may go on loading for ever.
        open_page(make_page(server, HTMLExporter()), tmp_path, seconds=20)
    assert server.asked


def test_the_policy_comes_first_and_no_script_is_left(server):
    page = make_page(server, PageExporter())
    head = page[page.index("<head") :]
    assert head.index("Content-Security-Policy") < head.index("<title")
    assert "default-src 'none'" in page
    tags = Tags()
    tags.feed(page)
    assert tags.names.isdisjoint(
        {"script", "iframe", "object", "embed", "link", "form", "base", "svg"}
    )
    assert [name for name, _ in tags.attributes if name.startswith("on")] == []
    for name, value in tags.attributes:
        if name in ("src", "href"):
            assert value.startswith(("data:image/", "http", "#")), (name, value)
            assert name == "href" or value.startswith("data:")


def test_what_an_honest_notebook_shows_is_still_there():
    table = (
        "<style scoped>td {color: red}</style><table class='dataframe'><thead><tr><th>a"
        "</th></tr></thead><tbody><tr><td colspan='2'>1</td></tr></tbody></table>"
    )
    outputs = [
        nbformat.v4.new_output("execute_result", {"text/html": table}),
        nbformat.v4.new_output(
            "display_data", {"image/png": PIXEL, "text/plain": "<Figure>"}
        ),
        nbformat.v4.new_output(
            "stream", name="stdout", text="\x1b[31mred\x1b[0m 1 < 2"
        ),
        nbformat.v4.new_output(
            "display_data", {"text/latex": "$x$", "text/plain": "x"}
        ),
        nbformat.v4.new_output("display_data", {"application/json": {"a": 1}}),
    ]
    cells = [
        nbformat.v4.new_markdown_cell("# Title\n\n*words* and $x^2$ and `a < b`"),
        nbformat.v4.new_code_cell("1 < 2", outputs=outputs),
    ]
    page, _ = PageExporter().from_notebook_node(nbformat.v4.new_notebook(cells=cells))
    for part in (
        '<td colspan="2">1</td>',
        f"data:image/png;base64,{PIXEL[:20]}",
        "ansi-red-fg",
        "1 &lt; 2",
        "<em>words</em>",
        "$x^2$",
        "a &lt; b",
        "[output of type application/json is not shown]",
    ):
        assert part in page, part
    assert "td {color: red}" not in page


def test_markdown_that_cannot_be_shown_is_shown_as_it_is():
    cell = nbformat.v4.new_markdown_cell("![x](attachment:gone.png) <b>y</b>")
    cell["attachments"] = {"gone.png": {"text/html": "<script>1</script>"}}
    page, _ = PageExporter().from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    assert "attachment:gone.png" in page
    assert "&lt;b&gt;y" in page
    assert "<script" not in page


def test_large_outputs_are_cut():
    outputs = [
        nbformat.v4.new_output("display_data", {"image/png": "A" * 5_000_000}),
        nbformat.v4.new_output("stream", name="stdout", text="x" * 1_000_000),
        nbformat.v4.new_output("display_data", {"text/html": "<b>y</b>" * 100_000}),
    ]
    cell = nbformat.v4.new_code_cell("", outputs=outputs)
    page, _ = PageExporter().from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    assert "a picture of 5,000,000 bytes was dropped" in page
    assert "[cut]" in page
    assert len(page) < 1_500_000


def test_cleaning_keeps_a_text():
    assert clean_html("<p>a <b>b</b></p>") == "<p>a <b>b</b></p>"
    assert clean_html("<p onclick=x>a<script>b</script></p>") == "<p>a</p>"
    assert "src" not in clean_html("<img src='http://h/x.png'>")
    assert "data:" not in clean_html("<a href='data:text/html,x'>y</a>")


def test_a_closed_page_has_one_policy():
    page = close_page("<html><head><script>1</script><link href=x></head></html>")
    assert page.count("Content-Security-Policy") == 1
    assert "script>" not in page
    assert "<link" not in page
