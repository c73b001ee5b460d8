"""A student and an instructor at a browser, as the round trip moves them."""

import contextlib
import re
import time

WINDOW = {"width": 1280, "height": 800}
# Starting a server or validating a notebook on a busy machine. Milliseconds.
LONG = 180_000


class Person:
    """Somebody who is logged in at the hub.

    Args:
        browser: Playwright's browser.
        hub: String, the hub's address.
        name: String.
        password: String.
    """

    def __init__(self, browser, hub, name, password):
        self.hub, self.name = hub, name
        self.context = browser.new_context(viewport=WINDOW)
        self.page = self.context.new_page()
        self.page.set_default_timeout(LONG)
        self.page.goto(f"{hub}/hub/login")
        self.page.fill("#username_input", name)
        self.page.fill("#password_input", password)
        self.page.click("#login_submit")
        self.page.wait_for_url("**/lab**")
        self.page.wait_for_selector("#jp-main-dock-panel")
        self.page.wait_for_selector("#jupyterlab-splash", state="detached")

    def url(self, path):
        """Returns an address of the person's own server."""
        return f"{self.hub}/user/{self.name}/{path}"

    def menu(self, *path):
        """Chooses an entry of JupyterLab's menu."""
        first, *rest = path
        self.page.locator(".lm-MenuBar-itemLabel", has_text=first).click()
        for label in rest:
            self.page.locator(".lm-Menu-itemLabel", has_text=label).click()

    def picture(self, folder, name):
        """Takes a screenshot, once the page is still."""
        if folder is not None:
            time.sleep(0.7)
            self.page.screenshot(path=folder / f"{name}.png")


class Student(Person):
    """A student in JupyterLab."""

    def open_list(self):
        """Opens the list of assignments, or renews it."""
        listed = self.page.locator("#released_assignments_list")
        tab = self.page.locator(".lm-TabBar-tabLabel", has_text="Assignments")
        if tab.count():
            tab.first.click()
            self.page.locator("#refresh_assignments_list").click()
        else:
            self.menu("Nbgrader", "Assignment List")
        listed.wait_for()
        self.page.wait_for_timeout(1500)

    def fetch(self, assignment):
        """Fetches an assignment."""
        row = self.page.locator("#released_assignments_list .list_item").filter(
            has_text=assignment
        )
        row.get_by_role("button", name="Fetch").click()
        self._downloaded(assignment).wait_for()

    def _downloaded(self, assignment):
        rows = self.page.locator("#fetched_assignments_list > .list_item")
        return rows.filter(has_text=assignment)

    def open(self, assignment):
        """Opens the notebook of a fetched assignment; returns the seconds it took."""
        row = self._downloaded(assignment)
        row.locator("a.assignment-notebooks-link").click()
        began = time.monotonic()
        row.locator(".nested_list_item a", has_text=assignment).click()
        self.page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        self.wait_until_idle()
        return time.monotonic() - began

    def wait_until_idle(self):
        """Waits until the kernel has nothing to do."""
        idle = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook-ExecutionIndicator"
        self.page.wait_for_selector(f"{idle}[data-status='idle']")

    def cell(self, position):
        """Returns the cell at a position."""
        return self.page.locator(".jp-NotebookPanel .jp-Notebook .jp-Cell").nth(
            position
        )

    def write(self, position, source):
        """Types a source into a cell, in place of what is in it."""
        cell = self.cell(position)
        cell.scroll_into_view_if_needed()
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(source)

    def run(self, position):
        """Runs a cell; returns the seconds until it has its number."""
        cell = self.cell(position)
        cell.scroll_into_view_if_needed()
        cell.locator(".cm-content").click()
        prompt = cell.locator(".jp-InputPrompt")
        before = prompt.inner_text()
        began = time.monotonic()
        self.page.keyboard.press("Control+Enter")
        while not re.search(r"\[\d+\]", now := prompt.inner_text()) or now == before:
            if time.monotonic() - began > LONG / 1000:
                raise TimeoutError(f"cell {position} of {self.name} shows {now}")
            self.page.wait_for_timeout(20)
        return time.monotonic() - began

    def save(self):
        """Saves the notebook and waits until it is on disk."""
        self.page.keyboard.press("Control+s")
        self.page.locator(".jp-mod-current.jp-mod-dirty").wait_for(state="detached")
        self.page.wait_for_timeout(500)

    def validate(self):
        """Presses Validate; returns what the dialog says."""
        self.page.locator(".jp-NotebookPanel-toolbar").get_by_text("Validate").click()
        dialog = self.page.locator(".jp-Dialog")
        dialog.wait_for()
        waiting = re.compile("Validating", re.I)
        while waiting.search(dialog.inner_text()) or not dialog.inner_text().strip():
            self.page.wait_for_timeout(200)
        return dialog.inner_text()

    def close_dialog(self):
        """Closes what is open on top."""
        with contextlib.suppress(Exception):
            self.page.locator(".jp-Dialog button").last.click(timeout=3000)

    def submit(self, assignment):
        """Submits from the list; returns the row of submissions."""
        self.open_list()
        submitted = self.page.locator("#submitted_assignments_list .list_item")
        before = submitted.count()
        self._downloaded(assignment).get_by_role("button", name="Submit").click()
        began = time.monotonic()
        while submitted.count() <= before:
            if time.monotonic() - began > 60:
                raise TimeoutError(f"{self.name}'s submission is not listed")
            self.page.wait_for_timeout(200)


class Instructor(Person):
    """An instructor in formgrader."""

    def open_formgrader(self):
        """Opens formgrader in a page of its own."""
        self.page.goto(self.url("formgrader"))
        self.page.locator("td.release").first.wait_for()
        self.page.wait_for_timeout(1000)

    def press(self, assignment, column):
        """Presses an action of an assignment; returns what the dialog says.

        Args:
            assignment: String, its id.
            column: String: `assign`, `release`, `collect`, `generate-feedback` or
                `release-feedback`.
        """
        row = self.page.locator("tr", has_text=assignment)
        row.locator(f"td.{column} a").click()
        return self.read_dialog()

    def read_dialog(self):
        """Waits for formgrader's dialog and returns its text, closing it."""
        dialog = self.page.locator(".modal.in, .modal.show").last
        dialog.wait_for()
        words = re.compile("Success|Error|fail", re.I)
        began = time.monotonic()
        while not words.search(dialog.inner_text()):
            if time.monotonic() - began > LONG / 1000:
                raise TimeoutError(dialog.inner_text())
            self.page.wait_for_timeout(200)
        return dialog.inner_text()

    def close_dialog(self):
        """Closes formgrader's dialog."""
        self.page.locator(".modal.in button, .modal.show button").last.click()
        self.page.wait_for_timeout(1000)
