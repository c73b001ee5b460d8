"""The service as a web application of a JupyterHub."""

import logging
import os
from urllib.parse import urlparse

from jupyterhub.services.auth import HubOAuthCallbackHandler, HubOAuthenticated
from jupyterhub.utils import url_path_join
from tornado import web

from autograder.serve.pages import class_page, student_page

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


class Page(HubOAuthenticated, web.RequestHandler):
    """A page for whoever the hub says is asking."""

    def set_default_headers(self):
        for name, value in HEADERS.items():
            self.set_header(name, value)

    def is_instructor(self):
        """Returns whether the hub counts the user among the instructors."""
        user = self.current_user
        return bool(user.get("admin")) or INSTRUCTORS in user.get("groups", [])


class Own(Page):
    """What a user's own submissions got; an instructor is sent to the class."""

    @web.authenticated
    def get(self):
        if self.is_instructor():
            self.redirect(url_path_join(self.settings["prefix"], "class"))
            return
        settings = self.settings
        self.finish(
            student_page(
                settings["jobs"], self.current_user["name"], settings["show_hidden"]
            )
        )


class Class(Page):
    """The queue and the class, for instructors."""

    @web.authenticated
    def get(self):
        if not self.is_instructor():
            raise web.HTTPError(403, "This page is for instructors")
        still = self.get_argument("still", "") == "1"
        self.finish(class_page(self.settings["jobs"], still))


def make_app(jobs, prefix, show_hidden=False):
    """Makes the application.

    Args:
        jobs: `autograder.serve.queue.Jobs`.
        prefix: String, the service's path at the hub, such as `/services/grader/`.
        show_hidden: Whether students see the names of hidden tests that failed.

    Returns:
        `tornado.web.Application`.
    """
    return web.Application(
        [
            (prefix, Own),
            (prefix.rstrip("/"), web.RedirectHandler, {"url": prefix}),
            (url_path_join(prefix, "class"), Class),
            (url_path_join(prefix, "oauth_callback"), HubOAuthCallbackHandler),
        ],
        jobs=jobs,
        prefix=prefix,
        show_hidden=show_hidden,
        cookie_secret=os.urandom(32),
    )


def listen(jobs, show_hidden=False):
    """Listens where the hub says, on this machine only.

    Args:
        jobs: `autograder.serve.queue.Jobs`.
        show_hidden: As for `make_app`.

    Returns:
        The address.
    """
    prefix = os.environ["JUPYTERHUB_SERVICE_PREFIX"]
    address = urlparse(os.environ["JUPYTERHUB_SERVICE_URL"])
    make_app(jobs, prefix, show_hidden).listen(address.port, address.hostname)
    logging.getLogger("tornado.access").setLevel(logging.WARNING)
    return f"{address.geturl()}{prefix}"
