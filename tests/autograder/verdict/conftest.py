"""One test, twice: in a plain namespace, and across the split."""

import os
import socket
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from forging import read_request
from serving import LOCKED

from autograder.engine.kernel_client import kernel_environment
from autograder.verdict.names import names_of
from autograder.verdict.proxies import VerdictSide
from autograder.verdict.roles import assigned_names
from autograder.verdict.runner import run_cell
from autograder.verdict.verbs import install_verbs
from autograder.warm import client as warm

HERE = Path(__file__).parent


class Split:
    """The verdict's end here, and a student's process at the other.

    Args:
        side: `VerdictSide`.
        namespace: Dict, the verdict's names.
    """

    def __init__(self, side, namespace):
        self.side = side
        self.namespace = namespace
        self.define_there = side.ask("names", ("define",))["define"]

    def define(self, source):
        """Runs a student's cell in their process; returns what it binds."""
        self.define_there(source)
        return self.side.ask("names", tuple(sorted(names_of(source).bound)))

    def run(self, source, needs):
        """Runs a test cell; returns its outputs."""
        request = {"source": source, "name": "test", "needs": sorted(needs)}
        return run_cell(request, self.namespace, self.side)["outputs"]


@pytest.fixture(scope="session")
def warm_parent():
    """The environment of the warm parent that the session's tests share."""
    if not warm.available():
        pytest.skip("no warm processes on this system")
    environment = kernel_environment(1)
    warm.connect(environment).close()
    yield environment
    # A parent whose socket is gone leaves.
    name = warm.settings.parent_name(environment)
    (warm.meeting_place() / f"{name}.sock").unlink(missing_ok=True)


@pytest.fixture(scope="module")
def split(warm_parent):
    """A `Split`, for the tests of a file."""
    here, there = socket.socketpair()
    with open(os.devnull, "r+b") as null:
        process = warm.ForkedProcess(
            "serving:serve",
            (),
            warm_parent,
            HERE,
            [*[null.fileno()] * 3, there.fileno()],
        )
    there.close()
    namespace = {"__name__": "__main__"}
    exec(LOCKED, namespace)
    side = VerdictSide(here, namespace, {"np", "halve", "Sentinel"})
    from layerwise import checks

    plain = dict(vars(checks))
    install_verbs(side)
    yield Split(side, namespace)
    vars(checks).update(plain)
    here.close()
    process.kill()
    process.wait(10)


@pytest.fixture
def both(split):
    """A function that runs a student's cell and a test cell in one namespace and across
    the split, asserts that their outputs agree, and returns what each bound."""

    def run(student, test):
        from layerwise import checks

        source = f"from layerwise import checks\n{test}"
        single = {"__name__": "__main__"}
        exec(LOCKED, single)
        exec(student, single)
        forwarding = {name: vars(checks)[name] for name in checks.__all__}
        vars(checks).update({n: f for n, f in PLAIN.items() if n in forwarding})
        try:
            alone = run_cell(
                {"source": source, "name": "test", "needs": ()}, single, ALONE
            )
        finally:
            vars(checks).update(forwarding)
        split.define_there(student)
        apart = split.run(source, assigned_names(student) - split.side.locked)
        assert [brief(out) for out in apart] == [brief(o) for o in alone["outputs"]]
        bound = names_of(test).bound
        return (
            {name: single[name] for name in bound if name in single},
            {name: split.namespace[name] for name in bound if name in split.namespace},
        )

    from layerwise.checks import assertions, verbs

    PLAIN.update({**vars(assertions), **vars(verbs)})
    return run


PLAIN = {}
ALONE = SimpleNamespace(fault="")


def brief(output):
    """Returns what a person sees of an output."""
    return output.get("text") or (output["ename"], output["evalue"])


@pytest.fixture
def forge():
    """A function that asks a student's end which answers with given bytes."""
    ends = []

    def ask(*contents, given=(), close=False):
        here, there = socket.socketpair()
        ends.extend([here, there])
        side = VerdictSide(here, {"np": np, "os": os, "locked": len}, {"np", "os"})

        def serve():
            for content in contents:
                read_request(there)
                there.sendall(content)
            if close:
                there.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            return side.ask("names", given), side
        finally:
            thread.join(5)

    yield ask
    for end in ends:
        end.close()
