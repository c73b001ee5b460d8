"""Keeps a starting kernel from copying its parent's memory only to list modules.

When it starts, ipykernel asks each module for its file's name, so that its debugger can
leave libraries out. A look at a module counts a reference to it, and that copies a page
of the parent's memory for nearly each of them. `autograder load` shows what it saves.
"""

import contextlib
import sys
import types
from typing import Any

from autograder import compat


class Files(dict[str, Any]):
    """Stands for `sys.modules` where only the modules' files are asked for."""

    def copy(self) -> "Files":
        """Returns this dict itself: nobody changes it."""
        return self


# From a module's name to an object with its file's name; filled before the fork.
files = Files()


def gather() -> None:
    """Copies the names of all modules' files to one place in memory."""
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", None)
        if path:
            # A new string lies beside the others in memory.
            copied = path.encode().decode()
            files[name] = types.SimpleNamespace(__file__=copied)


def at_hand() -> contextlib.AbstractContextManager[None]:
    """Lets ipykernel find the files in `files`, where a parent has gathered them."""
    return compat.ipykernel_modules(files or sys.modules)
