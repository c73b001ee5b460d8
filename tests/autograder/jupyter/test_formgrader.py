"""Formgrader's pages, in a browser: what students wrote runs nothing, marking works."""

import contextlib
import copy
import re
import shutil

import nbformat
import pytest
from formgrader_server import Formgrader, counting
from hostile_notebook import attacked, hostile
from small_class import gradebook

pytestmark = [pytest.mark.kernel, pytest.mark.hub]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
HW = "hw00_tiny"
# What a script of the red team, or of `hostile`, leaves behind it.
TRACES = "[window.x, window.y, window.z, document.title].map(String).join(' ')"
NAME = '"><script>document.title="RAN"</script>'


@pytest.fixture(scope="module")
def course(graded, tmp_path_factory):
    """The small class, graded; mallory hands in all that could run or load."""
    tiny = graded.copy(tmp_path_factory.mktemp("formgrader") / "course")
    for extra in ("mallory", "stock", "bomb"):
        for folder in (tiny.submitted, tiny.autograded):
            shutil.copytree(folder / "ana", folder / extra)
        with gradebook(tiny) as book:
            book.add_student(extra, last_name=NAME, first_name=NAME)
            book.add_submission(HW, extra)
    with counting() as server:
        tiny.server = server
        # Before there is a browser: that has an event loop of its own.
        tiny.attacked = attacked(tiny, "TOKEN-THAT-RUNS", server.server_port)
        yield tiny


def path_of(tiny, student):
    return tiny.autograded / student / HW / f"{HW}.ipynb"


def store(tiny, student, cells, **metadata):
    """Puts cells into a graded notebook, as stock nbgrader may have stored it."""
    path = path_of(tiny, student)
    notebook = nbformat.read(path_of(tiny, "ana"), as_version=4)
    notebook.cells[1:1] = copy.deepcopy(list(cells))
    notebook.metadata.update(metadata)
    path.write_text(nbformat.writes(notebook, version=nbformat.NO_CONVERT))


def submission(tiny, student):
    with gradebook(tiny) as book:
        return book.find_submission_notebook(HW, HW, student).id


@pytest.fixture(scope="module")
def formgrader(course, tmp_path_factory):
    running = Formgrader(course.root, tmp_path_factory.mktemp("server"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def chromium():
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield started
        started.close()


def until(page, condition):
    """Waits as `wait_for_function` does, which needs the page's leave to `eval`."""
    for _ in range(1200):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"still not true on the page: {condition}")


@contextlib.contextmanager
def visit(chromium, formgrader):
    """A page of a browser; it has `said`, what its console and its dialogs said."""
    context = chromium.new_context(
        extra_http_headers={}, viewport={"width": 1200, "height": 800}
    )
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.said = []
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.on("dialog", lambda dialog: (page.said.append("DIALOG"), dialog.dismiss()))
    page.goto(f"{formgrader.address}/formgrader/api/status?token={formgrader.token}")
    yield page
    context.close()


def open_submission(page, formgrader, number):
    page.goto(f"{formgrader.address}/formgrader/submissions/{number}/")
    until(page, "formgrader.loaded && formgrader.grades.loaded")
    until(page, "MathJax.loaded === true")


def test_a_hostile_notebook_runs_and_loads_nothing(course, formgrader, chromium):
    host = f"http://127.0.0.1:{course.server.server_port}"
    store(course, "mallory", hostile(host).cells)
    course.server.asked.clear()
    with visit(chromium, formgrader) as page:
        open_submission(page, formgrader, submission(course, "mallory"))
        page.wait_for_timeout(1000)
        assert "bold" in page.inner_text("#notebook-container")
        assert page.title() == HW
        assert page.url.startswith(formgrader.address)
        assert "RAN" not in page.evaluate(TRACES)
        assert "DIALOG" not in page.said
    assert course.server.asked == []


def test_all_of_the_red_team_s_feedback_attacks_together(course, formgrader, chromium):
    notebook = course.attacked
    assert len(notebook.cells) > 30
    store(course, "mallory", notebook.cells, **notebook.metadata)
    course.server.asked.clear()
    with visit(chromium, formgrader) as page:
        open_submission(page, formgrader, submission(course, "mallory"))
        page.wait_for_timeout(1000)
        assert page.title() == HW
        assert "TOKEN-THAT-RUNS" not in page.evaluate(TRACES)
        assert "DIALOG" not in page.said
        # Nothing lies over the points, nor looks as if it were the page's own.
        covered = page.evaluate(
            """() => [...document.querySelectorAll("#notebook-container *")].filter(
                e => ["fixed", "absolute"].includes(getComputedStyle(e).position)
                     && e.closest(".text_cell_render, .output_area, .input_area")
            ).map(e => e.outerHTML)"""
        )
        assert covered == []
        ids = page.evaluate(
            "[...document.querySelectorAll('#notebook-container [id]')].map(e => e.id)"
        )
        # nbgrader's own template has the container twice.
        assert len(ids) == len(set(ids))
        links = page.evaluate(
            "[...document.querySelectorAll('#notebook-container [href],"
            " #notebook-container [src]')].map(e => e.href || e.src)"
        )
        assert [link for link in links if not link.startswith("data:image/")] == []
    assert course.server.asked == []


@pytest.mark.parametrize("config", [False, True], ids=["stock", "configuration only"])
def test_the_tests_above_can_fail(course, tmp_path, chromium, config):
    """Without our extension, and without the course's configuration too."""
    tiny = course.copy(tmp_path / "course")
    if not config:
        with (tiny.root / "nbgrader_config.py").open("a") as file:
            file.write('\nc.pop("HTMLExporter", None)\n')
    host = f"http://127.0.0.1:{course.server.server_port}"
    store(tiny, "mallory", hostile(host).cells)
    course.server.asked.clear()
    running = Formgrader(tiny.root, tmp_path / "server", ours=False)
    try:
        with visit(chromium, running) as page:
            number = submission(tiny, "mallory")
            address = f"{running.address}/formgrader/submissions/{number}/"
            page.goto(address, wait_until="commit")
            page.wait_for_timeout(5000)
    finally:
        running.stop()
    assert bool(course.server.asked) == (not config)


def test_marks_comments_extra_credit_and_keys_work(course, formgrader, chromium):
    first = submission(course, "bo")
    with visit(chromium, formgrader) as page:
        open_submission(page, formgrader, first)
        page.locator("#why").fill("3")
        # Both are one grade, and nbgrader's page fills both in again once it is saved.
        page.locator("#why_extra_credit").focus()
        page.locator(".nbgrader_cell", has=page.locator("#why")).locator(
            ".score-saved.glyphicon-ok"
        ).wait_for()
        page.locator("#why_extra_credit").fill("0.5")
        with page.expect_response(lambda answer: "/api/comment/" in answer.url):
            page.locator("#why-comment").fill("Well **said**.")
            page.keyboard.press("Escape")
        page.locator(".nbgrader_cell", has=page.locator("#test_double")).get_by_text(
            "Full credit"
        ).click()
        until(page, "document.activeElement.id === 'test_double'")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "test_double_extra_credit"
        with page.expect_response(lambda answer: answer.url.endswith("/flag")):
            page.keyboard.press("Control+Shift+f")
        page.get_by_text("Submission flagged").wait_for()
        page.locator(".glyphicon-eye-open").click()
        page.locator(".glyphicon-eye-close").wait_for()
        page.locator(".help").click()
        page.get_by_text("Move to the next score or comment input").wait_for()
        page.reload()
        until(page, "formgrader.loaded && formgrader.grades.loaded")
        until(page, "document.querySelector('#why').value === '3'")
        assert page.locator("#why-comment").input_value() == "Well **said**."
        until(page, "MathJax.loaded === true")
        page.keyboard.press("Control+.")
        page.wait_for_url(lambda address: first not in address)
        refused = [said for said in page.said if "Refused" in said or "rror" in said]
        assert refused == []
    with gradebook(course) as book:
        grade = book.find_grade("why", HW, HW, "bo")
        assert (grade.manual_score, grade.extra_credit) == (3, 0.5)
        assert book.find_grade("test_double", HW, HW, "bo").manual_score == 2
        comment = book.find_comment("why", HW, HW, "bo")
        assert comment.manual_comment == "Well **said**."
        assert book.find_submission_notebook(HW, HW, "bo").flagged


@pytest.mark.parametrize(
    ("path", "shows"),
    [
        ("manage_assignments", HW),
        (f"manage_submissions/{HW}", "mallory"),
        ("gradebook", HW),
        (f"gradebook/{HW}", HW),
        (f"gradebook/{HW}/{HW}", "Submission #1"),
        ("manage_students", "mallory"),
        ("manage_students/mallory", HW),
        (f"manage_students/mallory/{HW}", HW),
        ("manage_students/%22%3B document.title='RAN'%2F%2F", "document.title"),
        ("manage_students/%3Cscript%3Edocument.title='RAN'%3C%2Fscript%3E", "title"),
    ],
)
def test_every_other_page_works_and_runs_no_name(
    course, formgrader, chromium, path, shows
):
    with visit(chromium, formgrader) as page:
        answer = page.goto(f"{formgrader.address}/formgrader/{path}")
        assert "nonce-" in answer.headers["content-security-policy"]
        page.locator("body", has_text=shows).wait_for()
        page.wait_for_load_state("networkidle")
        assert "RAN" not in page.title()
        if path.endswith(f"{HW}/{HW}"):
            page.get_by_text("Show All Names").click()
            page.locator("a.name-shown").filter(visible=True).first.wait_for()
        assert [said for said in page.said if "Refused" in said] == []


def test_what_scripts_ask_for_is_no_page(course, formgrader):
    for path in ("students", f"submissions/{HW}", "student/mallory", "assignments"):
        answer = formgrader.get(f"formgrader/api/{path}")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/plain")
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_files_that_were_handed_in_are_saved_and_not_shown(course, formgrader):
    path = path_of(course, "mallory").parent / "page.html"
    path.write_text("<script>document.title = 'RAN'</script>")
    number = submission(course, "mallory")
    answer = formgrader.get(f"formgrader/submissions/{number}/page.html")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "attachment" in answer.headers["content-disposition"]
    assert "sandbox" in answer.headers["content-security-policy"]


def test_a_link_does_not_choose_a_course(course, formgrader, tmp_path):
    (tmp_path / "nbgrader_config.py").write_text(
        f"open({str(tmp_path / 'ran')!r}, 'w')"
    )
    answer = formgrader.get("formgrader", params={"path": str(tmp_path)})
    assert answer.status_code == 403
    assert not (tmp_path / "ran").exists()
    assert formgrader.get("formgrader").status_code == 200


def test_without_a_graded_notebook_it_says_so(course, formgrader, chromium):
    path_of(course, "stock").unlink()
    number = submission(course, "stock")
    assert formgrader.get(f"formgrader/submissions/{number}/").status_code == 404


def test_what_takes_too_long_costs_the_text_and_not_the_marks(course, formgrader):
    deep = "[" * 40_000 + "]" * 40_000
    path = path_of(course, "bomb")
    text = path_of(course, "ana").read_text()
    path.write_text(
        re.sub(r'"metadata": \{', f'"metadata": {{"x": {deep},', text, count=1)
    )
    number = submission(course, "bomb")
    assert formgrader.get(f"formgrader/submissions/{number}/").status_code == 500
    cell = nbformat.v4.new_markdown_cell("a" + " " * 300_000 + "b")
    store(course, "bomb", [cell])
    page = formgrader.get(f"formgrader/submissions/{number}/").text
    assert 'class="score tabbable" id="why"' in page
