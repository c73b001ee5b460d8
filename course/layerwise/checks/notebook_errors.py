"""Shows of a failed test what its student needs: the message, and their own line.

IPython shows every frame between the test and the fault, Keras's too, and the test's
source once more.
"""

import linecache
import re

from IPython import get_ipython

from layerwise.checks.expected import exercise_of

# A cell that asserts something is a test.
TEST = re.compile(
    r"^\s*assert\b|\bchecks\.(?!as_model|each|gradient|seeded)\w+\(", re.M
)
RED, END = "\x1b[31m", "\x1b[0m"


class NotBegun(NotImplementedError):  # noqa: N818 (students read the name)
    """A test asked for an exercise whose answer is still to be written."""


def short_errors():
    """Has the notebook's kernel show errors of test cells in short.

    Errors of other cells are shown as ever. Outside of a notebook it does nothing.
    """
    shell = get_ipython()
    if shell is not None:
        shell.set_custom_exc((Exception,), _show)


def _show(shell, kind, value, tail, tb_offset=None):
    """Shows an exception as IPython asks its handlers to."""
    frames = _cell_frames(tail)
    test = frames[0][0] if frames else ""
    if not TEST.search("".join(linecache.getlines(test))):
        shell.showtraceback((kind, value, tail), tb_offset=tb_offset)
        return
    theirs = [frame for frame in frames if frame[0] != test]
    called = [line for file, line, _ in frames if file == test]
    if theirs and is_stub(kind.__name__, str(value)):
        exercise = exercise_of([function for _, _, function in theirs])
        kind, value, theirs = NotBegun, NotBegun(f"{exercise} is not begun"), []
    entries = []
    for file, line, function in theirs[-1:]:
        source = linecache.getline(file, line)
        entries.append(frame_text(called[-1], line, function, source))
    notes = "".join(f"\n{note}" for note in getattr(value, "__notes__", ()))
    entries.append(f"{RED}{kind.__name__}{END}: {value}{notes}")
    value._render_traceback_ = lambda: entries
    shell.showtraceback((kind, value, None))


def is_stub(name, message):
    """Returns whether an error is that of the stub that nbgrader puts for an answer.

    Args:
        name: String, the name of the error's class.
        message: String, what it says.
    """
    return name == "NotImplementedError" and not message


def frame_text(called, line, function, source):
    """Returns the text for the place in a student's code that raised an error.

    Args:
        called: Integer, the line of the test that was running; `None` if none was.
        line: Integer, the place's line in its cell.
        function: String, the function's name.
        source: String, the line itself.
    """
    by = "" if called is None else f", called in line {called} of this test"
    place = f"line {line}, in {function}"
    return f"In the submitted code{by}:\n  {place}\n    {source.strip()}"


def _cell_frames(tail):
    """Returns file, line and function of the frames that are a notebook's cells."""
    frames = []
    while tail is not None:
        code = tail.tb_frame.f_code
        file = code.co_filename
        if "ipykernel" in file or file.startswith("<ipython-input"):
            frames.append((file, tail.tb_lineno, code.co_name))
        tail = tail.tb_next
    return frames
