"""What a student's Validate says, and how it takes a test that logs for passed.

    c.ExecutePreprocessor.extra_arguments = QUIET
    use_short_report()

nbgrader scores a cell with stderr 0, and TensorFlow and Keras write log lines there. In
the kernel that Validate starts, both the stream and the descriptor are those of stdout.

Of each test that fails nbgrader shows the source and the whole traceback. The short
report has a line for each exercise: its heading, and the first message of its tests.
nbgrader has no setting for that, so that the class itself is changed, where Validate
reads its configuration. Notebooks without headings of exercises are shown as ever.
"""

import re
from typing import Any

import nbformat
from nbconvert.filters import ansi2html, strip_ansi
from nbformat import NotebookNode

from autograder.cells import is_test

QUIET = [
    "--IPKernelApp.exec_lines=import os, sys; sys.stderr = sys.stdout; os.dup2(1, 2)"
]
HEADING = re.compile(r"^#+ *(Exercise \d+[^\n]*)", re.MULTILINE)
# An error whose class says nothing that its message does not.
PLAIN = re.compile(r"^(?:AssertionError|NotBegun): ")
NOT_BEGUN = re.compile(r"NotImplementedError:?$")
MOST = 400


def use_short_report() -> None:
    """Has nbgrader's Validate report by exercise, in the dialog and on the terminal."""
    from nbgrader.validator import Validator

    if getattr(Validator.validate, "is_short", False):
        return
    whole, print_whole = Validator.validate, Validator._print_error

    def validate(self: Validator, filename: str) -> dict[str, list[dict[str, str]]]:
        results = whole(self, filename)
        if "failed" in results:
            document = nbformat.read(filename, as_version=4)
            results["failed"] = short_report(document, results["failed"])
        return results

    def print_error(self: Validator, source: str, error: str) -> None:
        if HEADING.match(f"# {source}"):
            self.stream.write(f"\n\n{source}\n{self.indent}{error}")
        else:
            print_whole(self, source, error)

    validate.is_short = True  # type: ignore[attr-defined]
    Validator.validate, Validator._print_error = validate, print_error


def short_report(
    document: NotebookNode, failed: list[dict[str, str]]
) -> list[dict[str, str]]:
    """Makes an entry for each exercise of the tests that failed.

    Args:
        document: The notebook.
        failed: nbgrader's entries: of each test that failed its source and its error.

    Returns:
        Entries of the same form: the exercise's heading, and the first message. As they
        were, if a test stands under no such heading.
    """
    headings = headings_of(document)
    entries: dict[str, dict[str, str]] = {}
    for entry in failed:
        heading = headings.get(entry["source"])
        if heading is None:
            return failed
        if heading not in entries:
            text = message_of(entry["raw_error"])
            entries[heading] = {
                "source": heading,
                "error": ansi2html(text),
                "raw_error": text,
            }
    return list(entries.values())


def headings_of(document: NotebookNode) -> dict[str, str]:
    """Returns the heading of the exercise under which each test stands, by source."""
    found: dict[str, str] = {}
    heading = ""
    for cell in document.cells:
        if cell.cell_type == "markdown":
            heading = (HEADING.findall(cell.source) or [heading])[-1]
        elif heading and is_test(cell):
            found[cell.source.strip()] = heading.strip()
    return found


def message_of(error: str) -> str:
    """Returns what an error says, without its traceback.

    Args:
        error: The text of a traceback, whose last paragraph names class and message.
    """
    lines: list[Any] = strip_ansi(error).strip().split("\n")
    start = next(
        (
            place
            for place in range(len(lines) - 1, -1, -1)
            if re.match(
                r"[\w.]*[A-Z]\w*(?:Error|Exception|Begun|Interrupt|Exit)?:",
                lines[place],
            )
            or NOT_BEGUN.match(lines[place])
        ),
        len(lines) - 1,
    )
    text = PLAIN.sub("", " ".join(lines[start:]).strip())
    if NOT_BEGUN.match(text):
        text = "it is not begun"
    return text if len(text) <= MOST else f"{text[:MOST]} [...]"
