"""Mends formgrader's links to notebooks and folders, for a server behind a hub.

Formgrader makes them without the server's own prefix: `/tree/solutions/hw04_resnet`
where `/user/instructor/tree/...` is meant, which the hub answers with "not found". As
a server extension this module serves formgrader's script with the prefix put in. Its
name sorts before nbgrader's: of two handlers for an address, the first one answers.
"""

from typing import TYPE_CHECKING

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web

from autograder.compat_nbgrader import (
    FORMGRADER_PAGES,
    FORMGRADER_SCRIPT,
    formgrader_script,
)

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


def with_prefix(script: str, base_url: str) -> str:
    """Puts a server's prefix before the addresses in formgrader's script.

    Args:
        script: JavaScript.
        base_url: The prefix, as `/user/instructor/`.
    """
    for page in FORMGRADER_PAGES:
        script = script.replace(f'"/{page}/"', f'"{url_path_join(base_url, page)}/"')
    return script


class Script(JupyterHandler):
    """Serves the script."""

    @web.authenticated
    def get(self) -> None:
        """Answers with formgrader's script, mended."""
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.finish(with_prefix(formgrader_script(), self.base_url))


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "autograder.jupyter.formgrader"}]


def _load_jupyter_server_extension(server: "ServerApp") -> None:
    address = url_path_join(
        server.web_app.settings["base_url"], "formgrader", "static", FORMGRADER_SCRIPT
    )
    server.web_app.add_handlers(".*$", [(address, Script)])
