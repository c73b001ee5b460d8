"""Keeps a starting kernel from copying its parent's memory only to list modules.

When it starts, ipykernel asks each module for its file's name, so that its debugger can
leave libraries out. A look at a module counts a reference to it, and that copies a page
of the parent's memory for nearly each of them. `autograder load` shows what it saves.
"""

import contextlib
import sys
import types


class Files(dict):
    """Stands for `sys.modules` where only the modules' files are asked for."""

    def copy(self):
        """Returns this dict itself: nobody changes it."""
        return self


# From a module's name to an object with its file's name; filled before the fork.
files = Files()


def gather():
    """Copies the names of all modules' files to one place in memory."""
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", None)
        if path:
            # A string of its own, beside the others.
            copied = path.encode().decode()
            files[name] = types.SimpleNamespace(__file__=copied)


@contextlib.contextmanager
def at_hand():
    """Lets ipykernel find the files in `files`, where a parent has gathered them."""
    from ipykernel import ipkernel

    stand_in = types.ModuleType("sys")
    stand_in.__dict__.update(vars(sys))
    stand_in.modules = files or sys.modules
    ipkernel.sys = stand_in
    try:
        yield
    finally:
        ipkernel.sys = sys
