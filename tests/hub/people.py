"""A student and an instructor at a browser, as the round trip moves them."""

import re
from contextlib import contextmanager

WINDOW = {"width": 1280, "height": 800}
# The longest that a step may take on a busy machine. Milliseconds.
LONG = 180_000
# While JupyterLab still says that it is at work.
AT_WORK = "#jupyterlab-splash, .jp-Dialog-spinner"


class Person:
    """Somebody at a browser.

    Args:
        browser: Playwright's browser.
        hub: String, the hub's address.
        name: String.
    """

    def __init__(self, browser, hub, name):
        self.hub, self.name = hub, name
        self.context = browser.new_context(viewport=WINDOW)
        self.context.set_default_timeout(LONG)
        self.lab = self.page = self.context.new_page()

    def log_in(self, password):
        """Logs in at the hub and waits for JupyterLab."""
        self.page.goto(f"{self.hub}/hub/login")
        self.page.fill("#username_input", self.name)
        self.page.fill("#password_input", password)
        self.page.click("#login_submit")
        self.page.wait_for_url("**/lab**")
        self.page.wait_for_selector("#jp-main-dock-panel")
        self.page.wait_for_selector(AT_WORK, state="detached")

    def url(self, path):
        """Returns an address of the person's own server."""
        return f"{self.hub}/user/{self.name}/{path}"

    def entries(self, menu):
        """Opens a menu of JupyterLab; returns its entries and closes it."""
        self.lab.locator(".lm-MenuBar-itemLabel", has_text=_exactly(menu)).click()
        shown = self.lab.locator(".lm-Menu-itemLabel").filter(visible=True)
        shown.first.wait_for()
        labels = shown.all_inner_texts()
        self.lab.keyboard.press("Escape")
        self.lab.locator(".lm-Menu").wait_for(state="detached")
        return [label for label in labels if label]

    def menu(self, *path):
        """Chooses an entry of JupyterLab's menus."""
        first, *rest = path
        self.lab.locator(".lm-MenuBar-itemLabel", has_text=_exactly(first)).click()
        for label in rest:
            self.lab.locator(".lm-Menu-itemLabel", has_text=_exactly(label)).click()

    def menu_page(self, *path):
        """Chooses an entry that opens a page of its own; goes to that page."""
        with self.context.expect_page() as opened:
            self.menu(*path)
        self.page = opened.value
        self.page.wait_for_load_state()

    def back_to_lab(self):
        """Closes a page of its own."""
        if self.page is not self.lab:
            self.page.close()
        self.page = self.lab

    def picture(self, folder, name):
        """Takes a screenshot, what moves at its end."""
        if folder is not None:
            self.page.screenshot(path=folder / f"{name}.png", animations="disabled")


class Student(Person):
    """A student in JupyterLab."""

    def open_list(self):
        """Opens the list of assignments, or renews it."""
        tab = self.page.locator(".lm-TabBar-tabLabel", has_text=_exactly("Assignments"))
        with self._listed():
            if tab.count():
                tab.click()
                self.page.locator("#refresh_assignments_list").click()
            else:
                self.menu("Nbgrader", "Assignment List")

    @contextmanager
    def _listed(self, address="/assignments?course_id"):
        with self.page.expect_response(lambda answer: address in answer.url):
            yield
        for part in ("released", "fetched", "submitted"):
            self.page.wait_for_selector(
                f"#{part}_assignments_list_loading", state="hidden"
            )

    def fetch(self, assignment):
        """Fetches an assignment."""
        rows = self.page.locator("#released_assignments_list > .list_item")
        with self._listed("/assignments/fetch"):
            rows.filter(has_text=assignment).get_by_text("Fetch").click()
        self._downloaded(assignment).wait_for()

    def _downloaded(self, assignment):
        rows = self.page.locator("#fetched_assignments_list > .list_item")
        return rows.filter(has_text=assignment)

    def open(self, assignment):
        """Opens the notebook of a fetched assignment."""
        row = self._downloaded(assignment)
        row.locator("a.assignment-notebooks-link").click()
        row.locator(".nested_list_item a", has_text=assignment).click()
        self.cell(0).wait_for()
        self.wait_until_idle()

    def wait_until_idle(self):
        """Waits until the notebook has a kernel, and that has nothing to do.

        The notebook's own sign says idle before it has one. The status bar does not.
        """
        bar = self.page.locator("#jp-main-statusbar")
        bar.get_by_text(re.compile(r"\| Idle$")).wait_for()

    def cell(self, position):
        """Returns the cell at a position."""
        return self.page.locator(
            ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook "
            f".jp-Cell[data-windowed-list-index='{position}']"
        )

    def write(self, position, source):
        """Types a source into a cell, in place of what is in it."""
        self._enter(position)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(source)

    def _enter(self, position):
        """Puts the cursor into a cell. Cells out of sight are drawn on the way."""
        cell = self.cell(position)
        cell.scroll_into_view_if_needed()
        cell.locator(".cm-content").click()

    def run(self, position):
        """Runs a cell and waits for its number."""
        self._enter(position)
        prompt = self.cell(position).locator(".jp-InputPrompt")
        before = prompt.inner_text()
        self.page.keyboard.press("Control+Enter")
        self._until(
            prompt, lambda now: re.search(r"\[\d+\]", now) and now.strip() != before
        )
        self.wait_until_idle()

    def _until(self, locator, happened):
        waited = 0
        while not happened(text := locator.inner_text()):
            if waited > LONG:
                raise TimeoutError(f"{self.name} still sees: {text}")
            self.page.wait_for_timeout(50)
            waited += 50

    def save(self):
        """Saves the notebook."""
        with self.page.expect_response(
            lambda answer: (
                answer.request.method == "PUT" and "/api/contents/" in answer.url
            )
        ):
            self.page.keyboard.press("Control+s")

    def validate(self):
        """Presses Validate; returns what the dialog says, and leaves it open."""
        self.page.locator(
            ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-NotebookPanel-toolbar"
        ).get_by_text("Validate", exact=True).click()
        said = self.page.locator(".jp-Dialog #validation-message")
        said.wait_for()
        # The message stands at the end of the failed test's long words.
        said.locator("pre, p").last.evaluate("last => last.scrollIntoView(false)")
        return said.inner_text()

    def close_dialog(self):
        """Closes what is open on top."""
        self.page.locator(".jp-Dialog .jp-mod-accept").click()
        self.page.locator(".jp-Dialog").wait_for(state="detached")

    def submit(self, assignment):
        """Submits from the list.

        Returns:
            List of strings: when what is handed in was handed in.
        """
        self.open_list()
        before = len(self.submissions())
        self._press_submit(assignment)
        self._submitted().nth(before).wait_for()
        return [words.split(" (")[0] for words in self.submissions()]

    def submit_in_vain(self, assignment):
        """Submits what is refused; returns what the dialog says."""
        self.open_list()
        self._press_submit(assignment)
        said = self.page.locator(".jp-Dialog .jp-Dialog-content").inner_text()
        self.close_dialog()
        return said

    def _press_submit(self, assignment):
        with self._listed("/assignments/submit"):
            self._downloaded(assignment).get_by_text("Submit", exact=True).click()

    def submissions(self):
        """Returns what the list says of each submission."""
        return [words.strip() for words in self._submitted().all_inner_texts()]

    def _submitted(self):
        return self.page.locator("#submitted_assignments_list .nested_list_item")

    def fetch_feedback(self):
        """Fetches feedback from the list; returns what it says of each submission."""
        self.open_list()
        with self._listed("/assignments/fetch_feedback"):
            self.page.locator("#submitted_assignments_list").get_by_text(
                "Fetch Feedback"
            ).click()
        self.page.locator("#submitted_assignments_list").get_by_text(
            "(view feedback)"
        ).first.wait_for()
        return self.submissions()

    def read_feedback(self, assignment):
        """Opens the feedback that the list leads to; returns its text."""
        self.page.get_by_text("(view feedback)").last.click()
        name = _exactly(f"{assignment}.html")
        self.page.locator(".jp-DirListing-itemText", has_text=name).dblclick()
        page = self.page.frame_locator(".jp-HTMLViewer iframe")
        page.get_by_text(f"{assignment} (Score").wait_for()
        return page.locator("body").inner_text()


class Instructor(Person):
    """An instructor in formgrader."""

    def formgrader(self, path="manage_assignments"):
        """Goes to a page of formgrader and waits for its table."""
        self.page.goto(self.url(f"formgrader/{path}"))
        self.wait_for_table()

    def wait_for_table(self):
        """Waits for the rows of a table of formgrader's."""
        self.page.wait_for_selector("#main-table tr td")
        self.page.wait_for_selector("text=Loading, please wait...", state="detached")

    def row(self, words):
        """Returns the row of an assignment, a submission or a student."""
        return self.page.locator("#main-table tr", has_text=words)

    def follow(self, words, column):
        """Follows a link in a row to another page with a table."""
        with self.page.expect_navigation():
            self.row(words).locator(f"td.{column} a").first.click()
        self.wait_for_table()

    def press(self, words, column):
        """Presses an action in a row and waits for its dialog.

        Args:
            words: String, the row's.
            column: String: `assign`, `release`, `collect`, `autograde`,
                `generate-feedback` or `release-feedback`.

        Returns:
            String, what the dialog says. It stays open.

        Raises:
            AssertionError: If that is not a success.
        """
        self.row(words).locator(f"td.{column} a").click()
        dialog = self.page.locator(".modal.in")
        dialog.locator(".modal-title").wait_for()
        said = dialog.inner_text()
        assert dialog.locator(".modal-title").inner_text() == "Success", said
        return said

    def close_dialog(self):
        """Closes formgrader's dialog."""
        self.page.locator(".modal.in .modal-footer button").last.click()
        self.page.locator(".modal").wait_for(state="detached")

    def set_due(self, assignment, moment):
        """Sets an assignment's due date.

        Args:
            assignment: String, its id.
            moment: `datetime` in UTC.
        """
        self.row(assignment).locator("td.edit a").click()
        self.page.fill("input.modal-duedate", f"{moment:%Y-%m-%dT%H:%M:%S}")
        self.page.fill("input.modal-timezone", "+0000")
        self.page.locator(".modal.in button.save").click()
        self.page.locator(".modal").wait_for(state="detached")

    def comment(self, cell, words):
        """Writes a comment below an answer and waits until it is saved."""
        field = self.page.locator(f"#{cell}-comment")
        field.scroll_into_view_if_needed()
        field.fill(words)
        with self.page.expect_response(
            lambda answer: "/formgrader/api/comment/" in answer.url
        ) as saved:
            field.blur()
        assert saved.value.ok, saved.value.status

    def links(self):
        """Returns the addresses that the page links to, on this hub."""
        found = self.page.eval_on_selector_all(
            "a[href]", "all => all.map(link => link.href)"
        )
        return {link.split("#")[0] for link in found if link.startswith(self.hub)}


def _exactly(label):
    return re.compile(f"^{re.escape(label)}$")
