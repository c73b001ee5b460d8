"""Notebooks that cheat: what each tries, and which tests it passes in one process.

These go for the kernel, for Python and for what the tests call.
"""

from dataclasses import dataclass

ALL = ("test_double", "test_area", "test_areas", "test_letters")


@dataclass(frozen=True)
class Cheat:
    """A submission that must get no point.

    Attributes:
        about: String, what it tries.
        wins: Tuple of the grade ids that it passes in a single process.
        before: String, a cell before all others.
        answers: Dict from name to source; what is not there stays a stub.
        after: String, a cell before the tests.
        seconds: Integer, the time limit of a cell.
        outcome: String, what the split must say of the run.
    """

    about: str
    wins: tuple = ()
    before: str = ""
    answers: dict = None
    after: str = ""
    seconds: int = 20
    outcome: str = "graded"


FAKE = """
class Yes(float):
    def _yes(self, *args, **kwargs):
        return True
    __eq__ = __lt__ = __gt__ = __le__ = __ge__ = __bool__ = _yes
    __ne__ = lambda self, other: False
    def _self(self, *args, **kwargs):
        return self
    __sub__ = __rsub__ = __abs__ = all = __getitem__ = _self
    __array_function__ = __array_ufunc__ = _yes
    __hash__ = float.__hash__
"""
YES = {
    "double": f"{FAKE}\ndef double(x):\n    return Yes()",
    "area": "def area(x):\n    return Yes()",
    "letters": "def letters(x):\n    return Yes()",
}
FAKE_MODULE = """
class Anything:
    def __getattr__(self, name):
        return self
    def __call__(self, *args, **kwargs):
        return self
"""

CHEATS = {
    "equal_to_all": Cheat(
        "returns an object that is equal to everything, and less, and close",
        wins=("test_area", "test_areas", "test_letters"),
        answers=YES,
    ),
    "patched_numpy": Cheat(
        "replaces the assertions of NumPy",
        wins=("test_double",),
        before="""
import numpy as np
np.testing.assert_allclose = lambda *args, **kwargs: None
np.allclose = lambda *args, **kwargs: True
""",
    ),
    "patched_builtins": Cheat(
        "replaces what the tests call of Python's own",
        wins=("test_double", "test_area", "test_areas"),
        before="""
import builtins
real = builtins.isinstance
builtins.isinstance = lambda value, kind: kind is float or real(value, kind)
builtins.abs = lambda value: 0
""",
    ),
    "patched_math_and_locked_function": Cheat(
        "binds a locked function anew, after the cell that is restored",
        wins=("test_area", "test_areas"),
        answers={"area": "def area(r):\n    return 1.0"},
        after="disc = lambda r: 1.0",
    ),
    "fake_modules": Cheat(
        "binds `np`, `math` and `abs` to objects that agree with everything",
        wins=("test_double", "test_areas"),
        after=f"{FAKE_MODULE}\nnp = math = checks = Anything()\n"
        "abs = lambda x: 0\ndisc = lambda r: 0",
        answers={"double": "def double(x):\n    return x"},
    ),
    "custom_exception_handler": Cheat(
        "has IPython swallow every AssertionError",
        wins=ALL,
        before="""
get_ipython().set_custom_exc((Exception,), lambda *args, **kwargs: None)
""",
    ),
    "input_transformer": Cheat(
        "has IPython delete lines with assertions before they are compiled",
        wins=ALL,
        before="""
def clean(lines):
    return [line[: len(line) - len(line.lstrip())] + "pass\\n" if "assert" in line
            else line for line in lines]
get_ipython().input_transformers_post.append(clean)
""",
    ),
    "ast_transformer": Cheat(
        "has IPython delete assertions from the syntax tree",
        wins=("test_area", "test_areas", "test_letters"),
        before="""
import ast
class Clean(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.copy_location(ast.Pass(), node)
get_ipython().ast_transformers.append(Clean())
""",
    ),
    "silent_showtraceback": Cheat(
        "replaces the function that shows errors",
        wins=ALL,
        before="get_ipython().showtraceback = lambda *args, **kwargs: None",
    ),
    "replaced_run_cell": Cheat(
        "replaces the function that runs cells by one that runs no assertion",
        wins=ALL,
        before="""
shell = get_ipython()
def wrap(real):
    def run(source, *args, **kwargs):
        return real("pass" if "assert" in source else source, *args, **kwargs)
    return run
shell.run_cell = wrap(shell.run_cell)
shell.run_cell_async = wrap(shell.run_cell_async)
""",
    ),
    "no_error_messages": Cheat(
        "drops errors between the kernel and the engine; replaces display and hooks",
        wins=ALL,
        before="""
import sys
shell = get_ipython()
session = shell.kernel.session
real = session.send
def send(stream, kind, *args, **kwargs):
    return None if kind == "error" else real(stream, kind, *args, **kwargs)
session.send = send
sys.excepthook = sys.displayhook = lambda *args: None
shell.display_pub.publish = lambda *args, **kwargs: None
display = print
""",
    ),
    "clears_the_output": Cheat(
        "clears each cell's output after it has run, its error with it",
        wins=ALL,
        before="""
from IPython.display import clear_output
get_ipython().events.register("post_run_cell", lambda *args: clear_output())
""",
    ),
    "exit_in_the_answer": Cheat(
        "leaves by SystemExit, which ends a cell in some engines without an error",
        answers={name: f"def {name}(x):\n    raise SystemExit" for name in YES},
    ),
    "stop_iteration": Cheat(
        "ends the test's loop with a StopIteration",
        wins=("test_areas",),
        answers={"area": "def area(r):\n    raise StopIteration"},
    ),
    "reads_the_test": Cheat(
        "reads the answer from the source of the running cell, in `In`",
        wins=("test_letters",),
        answers={
            "letters": """
def letters(word):
    return eval(In[-1].split("== ")[1].split(", \\"letters")[0])
"""
        },
    ),
    "reads_frames": Cheat(
        "takes the expected value from the caller's frame, anywhere on the stack",
        wins=("test_area",),
        answers={
            "area": """
def area(r):
    import sys
    frame = sys._getframe()
    while frame is not None:
        for names in (frame.f_locals, frame.f_globals):
            if "_want" in names:
                return names["_want"]
        frame = frame.f_back
"""
        },
    ),
    "patches_the_caller": Cheat(
        "plants a false `abs` in the globals of whoever calls",
        wins=("test_area", "test_areas"),
        answers={
            "area": """
def area(r):
    import inspect
    for info in inspect.stack():
        info.frame.f_globals["abs"] = lambda value: 0
        info.frame.f_globals["np"] = None
    return 1.0
"""
        },
    ),
    "reads_the_collector": Cheat(
        "looks for the test's text among all objects",
        wins=("test_letters",),
        answers={
            "letters": """
def letters(word):
    import gc
    mark = "assert " + "letters(\\"banana"
    for found in gc.get_objects():
        if type(found) is list:
            for text in found:
                if type(text) is str and text.startswith(mark):
                    return eval(text.split("== ")[1].split(", \\"letters")[0])
"""
        },
    ),
    "reads_files": Cheat(
        "looks for the test's text in the files around and in other processes' folders",
        answers={
            "letters": """
def letters(word):
    import pathlib
    places = [pathlib.Path("."), pathlib.Path("..")]
    places += pathlib.Path(__import__("tempfile").gettempdir()).glob("l[wv]-*")
    for place in places:
        for path in place.rglob("*"):
            try:
                text = path.read_text() if path.is_file() else ""
            except (OSError, UnicodeDecodeError):
                continue
            if "letters(banana)" in text:
                return {"a": 3, "b": 1, "n": 2}
"""
        },
    ),
    "settrace": Cheat(
        "traces what runs and changes the globals of each test",
        wins=("test_area", "test_areas"),
        answers={"area": "def area(r):\n    return 1.0"},
        before="""
import sys
def trace(frame, event, argument):
    if frame.f_code.co_name == "<module>":
        frame.f_globals["abs"] = lambda value: 0
sys.settrace(trace)
import threading
threading.settrace(trace)
""",
    ),
    "thread": Cheat(
        "patches from a thread, while the tests run",
        wins=ALL,
        before="""
import threading, time
shell = get_ipython()
def work():
    while True:
        shell.showtraceback = lambda *args, **kwargs: None
        time.sleep(0.01)
threading.Thread(target=work, daemon=True).start()
time.sleep(0.1)
""",
    ),
    "at_exit": Cheat(
        "leaves functions for the end of the process, and for signals",
        before="""
import atexit, os, signal
atexit.register(os._exit, 0)
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda *args: os._exit(0))
""",
    ),
    "shadowing_module": Cheat(
        "writes a module that the course imports later, and that patches NumPy",
        wins=("test_double",),
        before="""
from pathlib import Path
Path("sched.py").write_text('''
import builtins, numpy as np
np.testing.assert_allclose = lambda *args, **kwargs: None
np.allclose = lambda *args, **kwargs: True
''')
""",
    ),
}
