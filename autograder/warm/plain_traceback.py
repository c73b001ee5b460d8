"""Shows exceptions in a kernel within bounds.

IPython looks through all modules for each frame of a notebook's own code, so that a
recursion without end takes ten seconds and more to be shown with Keras imported; and it
follows chains and groups of exceptions however long they are. What is short is left to
it.
"""

import contextlib
import linecache
import sys
from collections import deque
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

from autograder import compat

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

# Frames that IPython shows, of all exceptions of a chain together.
MOST_FRAMES = 15
# Of a longer one: frames at its beginning and at its end, and exceptions of a chain or
# group.
FIRST, LAST = 5, 12
MOST_EXCEPTIONS = 4
# Characters of a message, and of a line of source.
MOST_MESSAGE, MOST_LINE = 20_000, 200
RED, END = "\x1b[31m", "\x1b[0m"
# Frames of these are the kernel's own, before the first of the notebook.
OWN_FOLDERS = ("/IPython/", "/ipykernel/")
BETWEEN = {
    True: "The above exception was the direct cause of the following exception:",
    False: "During handling of the above exception, another exception occurred:",
}
Found = tuple[type[BaseException], BaseException, TracebackType | None]


def use(shell: "InteractiveShell") -> None:
    """Has a shell show long tracebacks in a plain form."""
    by_ipython = shell.showtraceback

    def show(exc_tuple: Found | None = None, *args: Any, **options: Any) -> None:
        kind, value, traceback = exc_tuple or sys.exc_info()
        if kind is None or value is None or is_short(value, traceback):
            by_ipython(exc_tuple, *args, **options)
        else:
            entries = format_exception(value, traceback)
            compat.show_error(shell, kind, message_of(value), entries)

    shell.showtraceback = show  # type: ignore[method-assign]
    compat.store_no_tracebacks(shell)


def is_short(value: BaseException, traceback: TracebackType | None) -> bool:
    """Returns whether an exception can be left to IPython."""
    try:
        str(value)
    except Exception:
        # IPython asks for it once more than it is prepared for.
        return False
    frames = 0
    for number, link in enumerate(_chain(value)):
        if number >= MOST_EXCEPTIONS or isinstance(link, BaseExceptionGroup):
            return False
        tail = traceback if link is value else link.__traceback__
        while tail is not None:
            frames += not _is_own(tail.tb_frame)
            tail = tail.tb_next
            if frames > MOST_FRAMES:
                return False
    return True


def message_of(value: BaseException) -> str:
    """Returns what an exception says, within a bound, whatever it does when asked."""
    try:
        text = str(value)
        return text if len(text) <= MOST_MESSAGE else f"{text[:MOST_MESSAGE]} [...]"
    except Exception as error:
        return f"[its message cannot be shown: {type(error).__name__}]"


def with_message(value: BaseException) -> BaseException:
    """Returns an exception, or one of its name if it has no message to be shown."""
    try:
        str(value)
        return value
    except Exception:
        return type(type(value).__name__, (Exception,), {})(message_of(value))


def format_exception(
    value: BaseException, traceback: TracebackType | None
) -> list[str]:
    """Returns an exception's traceback as a notebook holds it.

    Args:
        value: The exception; those before it in its chain are shown first.
        traceback: The exception's own.
    """
    links = []
    for number, link in enumerate(_chain(value)):
        if number == MOST_EXCEPTIONS:
            links.append("[earlier exceptions are not shown]")
            break
        tail = traceback if link is value else link.__traceback__
        links.append("\n".join(_format_one(link, tail)))
        before = link.__cause__ or link.__context__
        if before is not None and not (
            link.__cause__ is None and link.__suppress_context__
        ):
            links.append(BETWEEN[link.__cause__ is not None])
    return links[::-1]


def _chain(value: BaseException) -> Iterator[BaseException]:
    """Yields an exception and those that led to it, each once."""
    seen: set[int] = set()
    link: BaseException | None = value
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        if link.__cause__ is not None:
            link = link.__cause__
        else:
            link = None if link.__suppress_context__ else link.__context__


def _format_one(value: BaseException, traceback: TracebackType | None) -> list[str]:
    lines = ["Traceback (most recent call last):", *_frames(traceback)]
    lines.append(f"{RED}{type(value).__name__}{END}: {message_of(value)}")
    notes = getattr(value, "__notes__", None)
    if isinstance(notes, list):
        lines += [str(note)[:MOST_MESSAGE] for note in notes[:MOST_EXCEPTIONS]]
    if isinstance(value, BaseExceptionGroup):
        for part in value.exceptions[:MOST_EXCEPTIONS]:
            lines.append(f"  | {RED}{type(part).__name__}{END}: {message_of(part)}")
        if len(value.exceptions) > MOST_EXCEPTIONS:
            lines.append(f"  | [{len(value.exceptions):,} exceptions]")
    return lines


def _frames(traceback: TracebackType | None) -> list[str]:
    first: list[str] = []
    last: deque[tuple[FrameType, int]] = deque(maxlen=LAST)
    count = 0
    while traceback is not None:
        frame, line = traceback.tb_frame, traceback.tb_lineno
        traceback = traceback.tb_next
        if count == 0 and _is_own(frame):
            continue
        count += 1
        if count <= FIRST:
            first.append(_frame(frame, line))
        else:
            last.append((frame, line))
    skipped = count - len(first) - len(last)
    if skipped:
        first.append(f"  [{skipped:,} frames are not shown]")
    return first + [_frame(frame, line) for frame, line in last]


def _frame(frame: FrameType, line: int) -> str:
    code = frame.f_code
    source = ""
    with contextlib.suppress(Exception):
        text = linecache.getline(code.co_filename, line, frame.f_globals).strip()
        source = f"\n    {text[:MOST_LINE]}" if text else ""
    name = code.co_filename
    if "/ipykernel_" in name:
        name = "<cell>"
    return f'  File "{name}", line {line}, in {code.co_name}{source}'


def _is_own(frame: FrameType) -> bool:
    return any(folder in frame.f_code.co_filename for folder in OWN_FOLDERS)
