"""The service as a web application of a JupyterHub."""

import logging
import os
from urllib.parse import urlparse

from jupyterhub.services.auth import HubOAuthCallbackHandler, HubOAuthenticated
from jupyterhub.utils import url_path_join
from tornado import web

from autograder.serve.pages import class_page, student_page
from autograder.serve.queue import Queue

INSTRUCTORS = "instructors"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self';"
        " base-uri 'none'; form-action 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class ServicePage(HubOAuthenticated, web.RequestHandler):
    """A page whose reader the hub has identified."""

    def set_default_headers(self) -> None:
        for name, value in HEADERS.items():
            self.set_header(name, value)

    def is_instructor(self) -> bool:
        """Returns whether the hub counts the user among the instructors."""
        user = self.current_user
        return bool(user.get("admin")) or INSTRUCTORS in user.get("groups", [])


class StudentPage(ServicePage):
    """What a user's own submissions got; an instructor is sent to the class."""

    @web.authenticated
    def get(self) -> None:
        if self.is_instructor():
            self.redirect(url_path_join(self.settings["prefix"], "class"))
            return
        settings = self.settings
        self.finish(
            student_page(
                settings["queue"], self.current_user["name"], settings["show_hidden"]
            )
        )


class ClassPage(ServicePage):
    """The queue and the class, for instructors."""

    @web.authenticated
    def get(self) -> None:
        if not self.is_instructor():
            raise web.HTTPError(403, "This page is for instructors")
        still = self.get_argument("still", "") == "1"
        self.finish(class_page(self.settings["queue"], still))


def make_app(queue: Queue, prefix: str, show_hidden: bool = False) -> web.Application:
    """Makes the application.

    Args:
        queue: The service's queue.
        prefix: The service's path at the hub, such as `/services/grader/`.
        show_hidden: Whether students see the names of hidden tests that failed.
    """
    return web.Application(
        [
            (prefix, StudentPage),
            (prefix.rstrip("/"), web.RedirectHandler, {"url": prefix}),
            (url_path_join(prefix, "class"), ClassPage),
            (url_path_join(prefix, "oauth_callback"), HubOAuthCallbackHandler),
        ],
        queue=queue,
        prefix=prefix,
        show_hidden=show_hidden,
        cookie_secret=os.urandom(32),
    )


def listen(queue: Queue, show_hidden: bool = False) -> str:
    """Listens where the hub says, on this machine only; returns the address.

    Args:
        queue: The service's queue.
        show_hidden: As for `make_app`.
    """
    prefix = os.environ["JUPYTERHUB_SERVICE_PREFIX"]
    address = urlparse(os.environ["JUPYTERHUB_SERVICE_URL"])
    app = make_app(queue, prefix, show_hidden)
    app.listen(address.port or 80, address.hostname)
    logging.getLogger("tornado.access").setLevel(logging.WARNING)
    return f"{address.geturl()}{prefix}"
