"""Cheats that go for the link between the processes, and for what reads it."""

from cheats import Cheat

CHEATS = {
    "more_names_than_asked": Cheat(
        "answers the question for its names with names of the tests' tools as well",
        before="""
from types import SimpleNamespace
from autograder.verdict import student_side
real = student_side.OPERATIONS["names"]
def names(end, given):
    fakes = {name: (lambda *args, **kwargs: 0) for name in ("abs", "disc")}
    yes = lambda *args, **kwargs: True
    testing = SimpleNamespace(assert_allclose=yes)
    fakes["np"] = SimpleNamespace(array=yes, allclose=yes, testing=testing)
    return {**real(end, given), **fakes, "isinstance": yes}
student_side.OPERATIONS["names"] = names
""",
    ),
    "dangerous_names": Cheat(
        "names functions of installed packages that would act in the verdict process",
        before="""
from autograder.verdict import student_side
def names(self, value):
    if callable(value):
        return {"t": "name", "m": "numpy", "q": "__dict__.clear"}
student_side.StudentSide._by_name = names
""",
    ),
    "hands_over_the_arguments": Cheat(
        "puts other values into all that the test has sent, and sends true verdicts",
        before="""
from autograder.verdict import student_side
real = student_side.StudentSide._reply
def reply(end, header, *args):
    if header["op"] == "names":
        return real(end, header, *args)
    answer = {"n": header["n"], "back": [[0, True]], "states": [], "ok": True}
    return answer, student_side.Encoder(None)
student_side.StudentSide._reply = reply
""",
    ),
    "forged_answers": Cheat(
        "writes answers into every socket that the process has, before the questions",
        before="""
import os, socket
from autograder.verdict import codec
def forge():
    for number in range(3, 200):
        try:
            found = socket.socket(fileno=os.dup(number))
            if found.family == socket.AF_UNIX and not found.getsockname():
                found.setblocking(False)
                for serial in range(1, 50):
                    answer = {"n": serial, "ok": True, "back": [], "states": []}
                    found.send(codec.pack(answer, []))
        except OSError:
            pass
forge()
""",
    ),
    "flood": Cheat(
        "floods the link with bytes, during a call",
        answers={
            "double": """
def double(x):
    import gc
    from autograder.verdict.student_side import StudentSide
    for end in gc.get_objects():
        if type(end) is StudentSide:
            end.connection.setblocking(False)
            try:
                while True:
                    end.connection.send(b"\\x00" * 65536)
            except OSError:
                end.connection.setblocking(True)
"""
        },
        outcome="crashed",
    ),
    "closes_the_link": Cheat(
        "closes the link during a call",
        answers={
            "double": """
def double(x):
    import gc
    from autograder.verdict.student_side import StudentSide
    for end in gc.get_objects():
        if type(end) is StudentSide:
            end.connection.close()
"""
        },
        outcome="crashed",
    ),
    "ends_the_process": Cheat(
        "ends its process during a call",
        answers={"area": "def area(r):\n    import os\n    os._exit(0)"},
        outcome="crashed",
    ),
    "prints_without_end": Cheat(
        "prints without end during a call",
        answers={"double": "def double(x):\n    while True:\n        print('x' * 100)"},
        seconds=1,
        outcome="timeout",
    ),
    "deep_and_large": Cheat(
        "returns data too deep, too large and without end",
        answers={
            "double": "def double(x):\n    return np.zeros(300_000_000, 'int8')",
            "area": """
def area(r):
    value = []
    value.append([value, value])
    for _ in range(100_000):
        value = [value]
    return value
""",
            "letters": "def letters(x):\n    return 'ä' * 30_000_000 + '\\ud800'",
        },
    ),
    "hostile_object": Cheat(
        "returns objects whose every attribute and conversion is a trap",
        wins=("test_letters",),
        answers={
            "double": """
class Trap:
    __class__ = property(lambda self: float)
    def __getattribute__(self, name):
        raise SystemExit(name)
    def __len__(self):
        return -5
    def __array__(self, *args, **kwargs):
        import os
        os.kill(os.getpid(), 2)
def double(x):
    return Trap()
""",
            "area": "def area(x):\n    return [Trap()]",
            "letters": """
def letters(x):
    class Trap(dict):
        def __eq__(self, other):
            return True
        def items(self):
            raise KeyboardInterrupt
    return Trap()
""",
        },
    ),
}
