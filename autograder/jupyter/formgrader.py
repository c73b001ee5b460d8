"""Mends formgrader: nothing that a student put in runs in the instructor's browser.

As a server extension this module answers at formgrader's addresses in place of
nbgrader's own handlers, which it goes on to use. Its name sorts before nbgrader's: of
two handlers for an address, the first one answers.

- The page of a submission is made of the cleaned notebook, in a process that may be
  ended (`formgrade_page`).
- In every page values are escaped, and a content security policy lets the template's
  own scripts run and no other. Answers to these scripts are no pages.
- Files that a student handed in are sent to be saved, not to be shown.
- Links to notebooks and folders have the server's own prefix: formgrader makes
  `/tree/solutions/hw04_resnet` where `/user/instructor/tree/...` is meant.
"""

import asyncio
import base64
import functools
import hashlib
import re
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from nbgrader.apps.api import NbGraderAPI
from nbgrader.server_extensions.formgrader import apihandlers, base, handlers
from nbgrader.utils import parse_utc
from tornado import web

from autograder.compat_nbgrader import (
    FORMGRADER_PAGES,
    FORMGRADER_SCRIPT,
    SERVER_EXTENSIONS,
    formgrader_script,
)
from autograder.grading.page_process import PageProcess
from autograder.grading.submission import read_regular
from autograder.jupyter.formgrade_page import formgrade_page_maker, make_or_bare

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

FORMGRADER = next(name for name in SERVER_EXTENSIONS if name.endswith(".formgrader"))
COURSE_LIST = next(name for name in SERVER_EXTENSIONS if name.endswith(".course_list"))
# What the templates do where somebody clicks.
CLICKS = ("toggle_name(true);", "toggle_name(false);", "toggleAllNames()")
# A name in a script of a template: a text there, whatever is in it.
IN_SCRIPT = re.compile(r'= "\{\{ *(\w+) *\}\}";')
# Nothing runs or loads, whatever a browser takes an answer for.
NO_PAGE = "sandbox; default-src 'none'"


def policy(nonce: str) -> str:
    """Returns the content security policy of a page of formgrader's.

    Args:
        nonce: Marks the page's own scripts.
    """
    clicks = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in CLICKS
    )
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}' 'unsafe-hashes' {clicks}; "
        "style-src 'self' 'unsafe-inline'; font-src 'self'; img-src data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'"
    )


@functools.cache
def templates() -> Environment:
    """Returns formgrader's templates, whose values are escaped wherever they stand."""

    class Loader(FileSystemLoader):
        def get_source(
            self, environment: Environment, template: str
        ) -> tuple[str, str, Callable[[], bool]]:
            source, path, is_current = super().get_source(environment, template)
            return IN_SCRIPT.sub(r"= {{ \1 | tojson }};", source), path, is_current

    return Environment(loader=Loader(handlers.template_path), autoescape=True)


class ForgivingAPI(NbGraderAPI):
    """What formgrader asks of a course, where a student may have written anything.

    In nbgrader's own, one `timestamp.txt` that holds no date leaves formgrader without
    the whole class.
    """

    def get_submitted_timestamp(
        self, assignment_id: str, student_id: str
    ) -> datetime | None:
        """Returns when something was handed in; `None` if nothing says so."""
        folder = self.coursedir.format_path(
            self.coursedir.submitted_directory, student_id, assignment_id
        )
        content = read_regular(Path(folder) / "timestamp.txt", 1000)
        try:
            return parse_utc((content or b"").decode("utf-8").strip())
        except (ValueError, OverflowError, TypeError, AttributeError):
            return None


class Handler(base.BaseHandler):
    """Answers with what `ForgivingAPI` says."""

    @property
    def api(self) -> ForgivingAPI:
        nbgraders = super().api
        return ForgivingAPI(
            nbgraders.coursedir, nbgraders.authenticator, parent=nbgraders.parent
        )


class ClosedPage(Handler):
    """A page of formgrader's, with a content security policy."""

    @functools.cached_property
    def nonce(self) -> str:
        return secrets.token_urlsafe(16)

    def close(self) -> None:
        """Lets the page's own scripts run, and no other."""
        # Beside the server's own policy: a browser obeys both.
        self.add_header("Content-Security-Policy", policy(self.nonce))
        self.set_header("Referrer-Policy", "same-origin")

    def render(self, name: str, **values: Any) -> str:
        """Returns a page as HTML."""
        self.close()
        page = templates().get_template(name).render(**values)
        return page.replace("<script", f'<script nonce="{self.nonce}"')


class Entrance(ClosedPage, handlers.FormgraderHandler):
    """Opens formgrader, at the course that an address names if there are several."""

    def get(self) -> Any:
        # nbgrader runs the configuration that lies there: a link must not be enough.
        if self.get_argument("path", "") and not self.settings["layerwise_courses"]:
            raise web.HTTPError(403, "This server has one course: name no other")
        return super().get()


class _Asked:
    """Stands in for the exporter: notes what nbgrader's handler asks it for."""

    request: dict[str, Any] | None = None

    def from_filename(
        self, filename: str, resources: dict[str, Any]
    ) -> tuple[str, dict[str, Any]]:
        self.request = {"path": filename, "resources": resources}
        return "", {}


class SubmissionPage(ClosedPage, handlers.SubmissionHandler):
    """The page on which a person marks a submission."""

    @functools.cached_property
    def exporter(self) -> _Asked:
        return _Asked()

    def render(self, name: str, **values: Any) -> str:
        """Returns a page as HTML; nbgrader's own for a missing file is broken."""
        if name == "formgrade_404.tpl":
            raise web.HTTPError(
                404, "The graded notebook is not there: autograde again"
            )
        return super().render(name, **values)

    async def get(self, submission_id: str) -> None:
        """Answers with the page, made elsewhere."""
        super().get(submission_id)
        request = self.exporter.request
        if request is None:
            return
        loop = asyncio.get_running_loop()
        page = await loop.run_in_executor(
            None,
            make_or_bare,
            self.settings["layerwise_page_process"],
            request["path"],
            request["resources"],
            self.nonce,
        )
        if page is None:
            raise web.HTTPError(500, "No page can be made of this submission")
        self.close()
        self.write(page)


class ScriptAnswer(Handler, base.BaseApiHandler):
    """What formgrader's scripts ask for: data with names and comments, and no page."""

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.add_header("Content-Security-Policy", NO_PAGE)
        self.set_header("X-Content-Type-Options", "nosniff")
        # Not JSON: some of the scripts take it apart themselves.
        self.set_header("Content-Type", "text/plain; charset=utf-8")


class HandedInFile(handlers.SubmissionFilesHandler):
    """A file beside a graded notebook, which a student may have written."""

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.add_header("Content-Security-Policy", NO_PAGE)
        self.set_header("X-Content-Type-Options", "nosniff")

    def set_extra_headers(self, path: str) -> None:
        """Has the browser save it."""
        super().set_extra_headers(path)
        self.set_attachment_header(Path(path).name)

    def get_content_type(self) -> str:
        """Says of no file that it is a page, a script or a picture."""
        return "application/octet-stream"


class Script(JupyterHandler):
    """Serves formgrader's script in which links are made."""

    @web.authenticated
    def get(self) -> None:
        """Answers with formgrader's script, mended."""
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.finish(with_prefix(formgrader_script(), self.base_url))


def with_prefix(script: str, base_url: str) -> str:
    """Puts a server's prefix before the addresses in formgrader's script.

    Args:
        script: JavaScript.
        base_url: The prefix, as `/user/instructor/`.
    """
    for page in FORMGRADER_PAGES:
        script = script.replace(f'"/{page}/"', f'"{url_path_join(base_url, page)}/"')
    return script


OWN = {
    handlers.FormgraderHandler: Entrance,
    handlers.SubmissionHandler: SubmissionPage,
    handlers.SubmissionFilesHandler: HandedInFile,
}


def closed(handler: type) -> type:
    """Returns what answers in place of one of nbgrader's handlers."""
    if handler in OWN:
        return OWN[handler]
    for kind, better in (
        (base.BaseApiHandler, ScriptAnswer),
        (base.BaseHandler, ClosedPage),
    ):
        if issubclass(handler, kind):
            return type(handler.__name__, (better, handler), {})
    return handler


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "autograder.jupyter.formgrader"}]


def _load_jupyter_server_extension(server: "ServerApp") -> None:
    def is_enabled(name: str) -> bool:
        extension = server.extension_manager.extensions.get(name)
        return bool(extension and extension.enabled)

    if not is_enabled(FORMGRADER):
        return
    prefix = server.web_app.settings["base_url"]
    server.web_app.settings.update(
        layerwise_page_process=PageProcess(
            formgrade_page_maker, handlers.template_path
        ),
        layerwise_courses=is_enabled(COURSE_LIST),
    )
    found: list[tuple] = [
        (url_path_join("formgrader", "static", FORMGRADER_SCRIPT), Script)
    ]
    for address, handler, *rest in (
        *handlers.default_handlers,
        *apihandlers.default_handlers,
    ):
        found.append((address, closed(handler), *rest))
    server.web_app.add_handlers(
        ".*$",
        [(url_path_join(prefix, address), *rest) for address, *rest in found],
    )
