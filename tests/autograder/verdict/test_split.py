"""Whole notebooks in two processes: which cell runs where, and how runs end."""

import socket
from dataclasses import replace

import nbformat
import pytest
import tiny

from autograder.engine.execute import execute
from autograder.verdict import roles
from autograder.verdict.roles import BOTH, STUDENT, VERDICT
from autograder.warm import client as warm

pytestmark = pytest.mark.kernel


def run(*cells, answer_names=(), limits=tiny.LIMITS, **files):
    notebook = nbformat.v4.new_notebook(cells=list(cells))
    content = nbformat.writes(notebook).encode("utf-8")
    execution = execute(content, limits, answer_names=frozenset(answer_names), **files)
    document = nbformat.reads(execution.notebook.decode("utf-8"), as_version=4)
    nbformat.validate(document)
    return execution, document


def check(source, grade_id="test"):
    return tiny.code(source, grade_id, points=1)


def locked(source, grade_id="locked"):
    return tiny.code(source, grade_id, locked=True)


def notebook_of(*cells):
    return nbformat.v4.new_notebook(cells=list(cells))


def test_an_import_in_an_answer_does_not_make_a_module_the_students():
    solution = notebook_of(
        locked("import numpy as np", "setup"),
        tiny.code("import numpy as np\nfrom math import pi\nf = 1\ndef g(): ...", "a"),
        tiny.code("import keras as k\nk = k.ops", "b"),
    )
    assert roles.answer_names_of(solution) == {"f", "g", "k"}


def test_which_cell_runs_where():
    notebook = notebook_of(
        locked("import numpy as np\ndef helper(): return 1\nsize = 3", "setup"),
        tiny.code("def f(): return helper()", "answer"),
        tiny.code("np = None"),
        locked("import math\nvalue = f()", "uses"),
        check("assert f() and value and np and math and size, 'm'"),
        nbformat.v4.new_markdown_cell("text"),
    )
    found = roles.roles_of(notebook, {"f", "size"})
    assert [role and role.place for role in found] == [
        BOTH,
        STUDENT,
        STUDENT,
        STUDENT,
        VERDICT,
        None,
    ]
    # `size` is bound again by an answer; `math` comes from the student's side.
    assert found[0].locked == ("helper", "np")
    assert found[4].needs == ("f", "size", "value")


@pytest.mark.usefixtures("warm_parent")
class TestRuns:
    def test_locked_cells_run_on_both_sides_or_where_the_student_is(self):
        execution, document = run(
            locked(
                "%matplotlib inline\nimport os, uuid, helper\nown = str(uuid.uuid4())"
            ),
            tiny.code("display(own)\ndef f():\n    return own", "answer"),
            locked("theirs = f()\nhelper.VALUE = 5", "uses"),
            check(
                "display('shown nowhere')\n"
                "assert f() == theirs != own, 'one process'\n"
                "assert helper.VALUE == 3 and open('table').read() == 'a', 'helper'\n"
                "print(sorted(os.listdir()))"
            ),
            answer_names={"f"},
            files={"helper.py": b"VALUE = 4", "extra.py": b""},
            given={"helper.py": b"VALUE = 3", "table": b"a"},
        )
        (output,) = document.cells[3].outputs
        assert output["text"].startswith("['helper.py', 'table'")
        assert "extra.py" not in output["text"]
        assert (execution.status, execution.reason) == ("graded", "")
        assert execution.cell_seconds.keys() == {"locked", "answer", "uses", "test"}

    def test_a_test_is_not_in_the_students_memory(self):
        students = """
def search():
    import re
    # The pattern is not what it looks for.
    mark = re.compile(rb"x(q{9})z")
    maps = open("/proc/self/maps").read().splitlines()
    memory = open("/proc/self/mem", "rb", 0)
    found = 0
    for line in maps:
        place, rights, *_ , = line.split()
        if not rights.startswith("rw"):
            continue
        start, end = (int(x, 16) for x in place.split("-"))
        try:
            memory.seek(start)
            content = memory.read(end - start)
        except (OSError, ValueError, OverflowError):
            continue
        found += len(mark.findall(content))
    return found
"""
        _, document = run(
            tiny.code(students, "answer"),
            check("assert search() == 0, 'xqqqqqqqqqz'"),
            answer_names={"search"},
        )
        assert document.cells[1].outputs == []

    def test_texts_that_a_notebook_cannot_hold(self):
        execution, document = run(
            tiny.code("def f(n):\n    return '\\ud800' * n", "answer"),
            check("print(f(3))\nassert False, f(10_000_000)"),
            check("raise BaseException('\\x00' * 30_000)", "odd"),
            answer_names={"f"},
        )
        printed, error = document.cells[1].outputs
        assert printed["text"] == "???\n"
        assert error["evalue"].endswith("[10,000,000 characters]")
        assert document.cells[2].outputs[0]["ename"] == "BaseException"
        assert len(execution.notebook) < 500_000
        assert execution.status == "graded"

    @pytest.mark.parametrize(
        ("body", "outcome", "reason"),
        [
            ("import os; os._exit(3)", "crashed", "the kernel died in cell one"),
            ("__import__('ctypes').string_at(0)", "crashed", "died in cell one"),
            (
                "while True: pass",
                "timeout",
                "one ran over 1 s of CPU time and was interrupted",
            ),
            (
                "while True:\n        try:\n            __import__('time').sleep(9)\n"
                "        except KeyboardInterrupt: pass",
                "timeout",
                "one ran over 1 s of waiting and did not stop",
            ),
        ],
    )
    def test_how_a_call_can_end_a_run(self, body, outcome, reason):
        execution, document = run(
            tiny.code(f"def f():\n    {body}", "answer"),
            check("assert 1 + 1 == 2, 'm'", "zero"),
            check("try:\n    f()\nexcept Exception:\n    pass", "one"),
            check("assert 1 + 1 == 2, 'm'", "two"),
            answer_names={"f"},
            limits=replace(tiny.LIMITS, cell_seconds=1),
        )
        zero, one, two = ([o["ename"] for o in c.outputs] for c in document.cells[1:])
        assert (execution.status, zero) == (outcome, [])
        assert reason in execution.reason
        assert one
        # Only a call that could be interrupted lets the run go on.
        assert bool(two) == ("interrupted" not in reason)

    def test_the_verdict_process_cannot_be_read_by_others(self, warm_parent, tmp_path):
        control, control_there = socket.socketpair()
        link, link_there = socket.socketpair()
        with open("/dev/null", "r+b") as null:
            process = warm.ForkedProcess(
                "autograder.verdict.runner:verdict_process",
                (),
                warm_parent,
                tmp_path,
                [*[null.fileno()] * 3, control_there.fileno(), link_there.fileno()],
            )
        control_there.close()
        link_there.close()
        assert warm.messages.receive(control)[0] == {"ready": True}
        source = "import ctypes\nprint(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
        warm.messages.send(
            control, {"source": source, "name": "t", "needs": [], "locked": []}
        )
        answer, _ = warm.messages.receive(control)
        assert answer["outputs"][0]["text"] == "0\n"
        for end in (control, link):
            end.close()
        assert process.wait(10) == 0
