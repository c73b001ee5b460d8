"""Compares what a cell says with the course's own text for it.

All of it goes through a text line by line and once, so that no text takes long: a
student's is never parsed as Python, unless it is about as long as the course's.
"""

import ast
import re
import unicodedata
import warnings
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from autograder.verdict.names import names_of

# A longer text is not taken apart: no cell of a course is that long.
MAX_TEXT = 100_000
# A line that goes on with the statement before it.
GOES_ON = re.compile(r"[\s)\]}]|$|(?:else|elif|except|finally)\b")
# A line that belongs to the statement after it.
LEADS = re.compile(r"[#@]")
DEFINED = re.compile(r"^(?:async[ \t]++)?(?:def|class)[ \t]++(\w++)", re.MULTILINE)
ASSIGNED = re.compile(
    r"^(\w++(?:[ \t]*+,[ \t]*+\w++)*+)[ \t]*+(?::[^=\n]*+)?=(?!=)", re.MULTILINE
)
IMPORTED = re.compile(
    r"^(?:from[ \t]++[\w.]++[ \t]++)?import[ \t]++([^#\n]++)", re.MULTILINE
)


def tidy(text: str) -> str:
    """Returns a text without what an editor changes when it saves a file."""
    if len(text) > MAX_TEXT:
        return text
    text = unicodedata.normalize("NFC", text).lstrip("\ufeff").expandtabs(4)
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")


def is_same(text: str, original: str, is_code: bool) -> bool:
    """Returns whether a text says what the course's says, however it is laid out."""
    mine, theirs = tidy(text), tidy(original)
    if mine == theirs or (_lines(mine) == _lines(theirs) and not is_code):
        return True
    # Editors format code on saving, too.
    if not is_code or len(mine) > 2 * len(theirs) + 200:
        return False
    tree = _tree(mine)
    return tree is not None and tree == _tree(theirs)


def _tree(source: str) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.dump(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _lines(text: str) -> list[str]:
    return [stripped for line in text.split("\n") if (stripped := line.strip())]


def lines_of(text: str, known: Collection[str] | None = None) -> Counter[str]:
    """Counts the lines of a text that are not blank.

    Args:
        text: It may be anything; one that is too long has none.
        known: The lines that count; all, without it.
    """
    if len(text) > MAX_TEXT:
        return Counter()
    lines = _lines(tidy(text))
    return Counter(line for line in lines if known is None or line in known)


@dataclass(frozen=True)
class Split:
    """What a student's text of a cell says beside the course's.

    Attributes:
        above: What was added, and runs before the cell.
        below: What was added, and runs after it.
        instead: What stands in place of a part of the course's.
    """

    above: str = ""
    below: str = ""
    instead: str = ""


def split_code(text: str, original: str, is_test: bool) -> Split:
    """Finds what a student's text of a code cell says beside the course's.

    Args:
        text: The student's.
        original: The course's.
        is_test: Whether the cell is a test: it needs what was added within it. What
            was added within another cell may need that one.
    """
    if len(text) > MAX_TEXT:
        return Split(instead=text)
    left = Counter(filter(None, map(_key, _statements(original))))
    beside: list[tuple[int, str]] = []
    course: list[int] = []
    for place, statement in enumerate(_statements(text)):
        key = _key(statement)
        if left[key]:
            left[key] -= 1
            course.append(place)
        elif key:
            beside.append((place, statement))
    edge = course[-1 if is_test else 0] if course else 0
    own = bound_names(original)
    parts: dict[str, list[str]] = {"above": [], "below": [], "instead": []}
    for place, statement in beside:
        # Where nothing of the course's was changed, whatever else there is was added.
        names = bound_names(statement)
        is_import = _key(statement).startswith(("import ", "from "))
        if left.total() and not is_import and (not names or names & own):
            parts["instead"].append(statement)
        else:
            parts["above" if place < edge else "below"].append(statement)
    return Split(**{name: "\n".join(of).strip("\n") for name, of in parts.items()})


def split_prose(text: str, original: str) -> str:
    """Finds the lines of a student's Markdown that are not the course's."""
    if len(text) > MAX_TEXT:
        return text
    left = Counter(_lines(tidy(original)))
    beside = []
    for line in text.split("\n"):
        key = tidy(line).strip()
        if key and left[key]:
            left[key] -= 1
        else:
            beside.append(line)
    return "\n".join(beside).strip("\n")


def _statements(text: str) -> list[str]:
    """Cuts code into its statements, by indentation: it need not be valid Python."""
    found: list[list[str]] = []
    leading = False
    for line in text.split("\n"):
        if found and (leading or GOES_ON.match(line)):
            found[-1].append(line)
        else:
            found.append([line])
        if not GOES_ON.match(line):
            leading = bool(LEADS.match(line))
    return ["\n".join(lines) for lines in found]


def _key(statement: str) -> str:
    lines = tidy(statement).split("\n")
    return "\n".join(line for line in lines if line and not line.startswith("#"))


def bound_names(source: str) -> set[str]:
    """Finds the names that a cell's code binds, as far as a look at its lines tells."""
    names = set(DEFINED.findall(source))
    for targets in ASSIGNED.findall(source):
        names.update(name.strip() for name in targets.split(","))
    for parts in IMPORTED.findall(source):
        for part in parts.strip("() \t").split(","):
            names.update(part.split(" as ")[-1].split(".")[0].split()[:1])
    return names


def defined_names(source: str) -> set[str]:
    """Finds the functions and classes that a cell's code defines."""
    return set(DEFINED.findall(source))


@lru_cache(maxsize=1024)
def read_names(source: str) -> frozenset[str]:
    """Returns the names that a cell of the course reads from others."""
    try:
        return names_of(source).read
    except SyntaxError:
        return frozenset()


def bound_by_course(sources: Iterable[str]) -> frozenset[str]:
    """Returns the names that cells of the course bind."""
    return frozenset().union(*map(_bound_by_course, sources))


@lru_cache(maxsize=1024)
def _bound_by_course(source: str) -> frozenset[str]:
    try:
        return names_of(source).bound
    except SyntaxError:
        return frozenset(bound_names(source))
