"""What can be seen of an attack once it is over: each check names what went wrong."""

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.proof.redteam.attacks import CHECKS, Attack
from autograder.proof.redteam.course import (
    ASSIGNMENT,
    FIRST,
    HONEST,
    LAST,
    Target,
    fingerprint,
)

NOT_RUN = "not run"
# What a graded submission may leave on disk, all pages together; and in one page.
MOST_LEFT, MOST_PAGE = 30_000_000, 5_000_000
# What an attack prints when it reached what it must not.
REACHED = re.compile(r"^BREACH: (.*)$", re.MULTILINE)
# Where a browser takes an attribute's text for more than text.
RISKY_TAGS = frozenset({"script", "style", "iframe", "object", "embed", "base", "link"})
RISKY_ATTRIBUTES = frozenset(
    (
        *("src", "href", "srcdoc", "style", "action", "formaction", "data", "srcset"),
        *("xlink:href", "poster", "content", "background", "values", "to", "from"),
        *("class", "id", "name"),
    )
)


# A decoy's name, and where its content was told: in outputs or on the page.
Told = set[tuple[str, str]]
# From student to points by grade cell.
Grades = dict[str, dict[str, float]]


@dataclass
class Seen:
    """What an attack did to one grader.

    Attributes:
        outcome: The submission's status; `"lost"` if it has no grade, `"not run"`.
        score: Points in the gradebook; `None` if there are none.
        faults: From check to what was seen; empty if the grader held.
        seconds: Wall time of grading.
    """

    outcome: str
    score: float | None = None
    faults: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def held(self) -> bool:
        return not self.faults

    def words(self) -> str:
        """Returns what is printed of it."""
        if self.outcome == NOT_RUN:
            return NOT_RUN
        return "; ".join(self.faults.values()) or "held"


class Scene:
    """A course as it was before an attack.

    Args:
        target: What is attacked.
        root: The course's folder.
        submitted: Its folder of submissions; what is graded is beside it.
        source: The folder of the assignments' sources.
        gradebook: Its gradebook.
    """

    def __init__(
        self,
        target: Target,
        root: Path,
        submitted: Path,
        source: Path,
        gradebook: Path,
    ) -> None:
        self.target, self.root, self.submitted = target, root, submitted
        self.gradebook = gradebook
        # Whether formgrader's page is made as our server extension makes it.
        self.ours = False
        # What the grader tells everybody: stock nbgrader's pages show hidden tests.
        self.usual: Told = set()
        home = target.home
        self.decoys = (
            *(submitted / FIRST, submitted / LAST, source, root / "secret.txt"),
            *(home / ".ssh", home / ".bashrc"),
            home / ".ipython" / "profile_default" / "startup",
        )

    def begin(self) -> None:
        """Remembers everything that an attack must not change."""
        self.files = fingerprint(*self.decoys)
        self.grades = self.read_grades()
        self.bytes = size_of(self.root, self.target.home, self.target.tmp)
        self.connections = self.target.listeners.count
        self.temporary = set(os.listdir(self.target.tmp))

    def read_grades(self) -> Grades:
        """Returns each student's points by grade cell, as the gradebook has them."""
        from nbgrader.api import Gradebook

        if not self.gradebook.is_file():
            raise FileNotFoundError(f"{self.gradebook.name} is gone")
        grades: Grades = {}
        with Gradebook(f"sqlite:///{self.gradebook}", "course") as gradebook:
            for submission in gradebook.assignment_submissions(ASSIGNMENT):
                (notebook,) = submission.notebooks
                grades[submission.student.id] = {
                    grade.cell.name: grade.score for grade in notebook.grades
                }
        return grades

    def look(self, left: list[str]) -> tuple[Grades, dict[str, str]]:
        """Looks at what all attacks share; it cannot tell which of them did something.

        Args:
            left: The processes that were left running.

        Returns:
            Everybody's grades, and the faults.
        """
        faults: dict[str, str] = {}
        grades: Grades = {}
        honest = (FIRST, LAST)
        try:
            grades = self.read_grades()
        except Exception as error:
            faults["batch"] = f"gradebook unusable ({type(error).__name__})"
        else:
            if any(grades.get(name) != self.grades[name] for name in honest):
                faults["others"] = "another student's grade changed"
        changed = _differences(self.files, fingerprint(*self.decoys))
        changed += _planted(self.target.marker)
        temporary = set(os.listdir(self.target.tmp)) - self.temporary
        if temporary:
            changed.append(f"{len(temporary)} left in the temporary folder")
        if changed:
            faults["files"] = "files: " + ", ".join(changed[:3])
        if self.target.listeners.count > self.connections:
            faults["network"] = "connected to the host"
        if left:
            faults["processes"] = f"{len(left)} left running: {left[0]}"
        grown = size_of(self.root, self.target.home, self.target.tmp) - self.bytes
        if grown > MOST_LEFT:
            faults["size"] = f"{grown / 1e6:.0f} MB left on disk"
        return grades, faults

    def formgrader(self, path: Path) -> str:
        """Returns formgrader's page of a graded notebook."""
        return make_formgrader(path, self.ours)

    def look_at(self, attacker: str) -> tuple[dict[str, str], Told]:
        """Looks at what is one attacker's own: the graded notebook and the page.

        Args:
            attacker: The student's id.

        Returns:
            The faults, and what the pages tell of the decoys.
        """
        faults: dict[str, str] = {}
        outputs = said = ""
        place = self.submitted.parent
        path = place / "autograded" / attacker / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        if path.is_file() and not path.is_symlink():
            notebook = nbformat.read(path, as_version=4)
            for cell in notebook.cells:
                for output in cell.get("outputs", []):
                    outputs += nbformat.v4.writes(_only(output))
                    said += output.get("text", "") + "\n"
        pages = ""
        for page in (place / "feedback" / attacker / ASSIGNMENT).glob("*.html"):
            pages += page.read_text(encoding="utf-8", errors="replace")
        if len(outputs) > MOST_PAGE:
            faults["size"] = f"outputs of {len(outputs) / 1e6:.0f} MB"
        told = {
            (name, where)
            for name, token in self.target.tokens.items()
            for where, text in (("outputs", outputs), ("page", pages))
            # An input of a hidden test is the instructor's to see.
            if token in text and (name, where) != ("input", "outputs")
        }
        found = {name for name, _ in told - self.usual}
        if found:
            faults["secrets"] = f"told: {', '.join(sorted(found))}"
        reached = REACHED.findall(said)
        if reached:
            faults["reach"] = "; ".join(dict.fromkeys(reached[:3]))[:100]
        for name, text in (("page", pages), ("formgrader", self.formgrader(path))):
            live = live_places(text, self.target.script)
            if live and "script" not in faults:
                faults["script"] = f"in the {name}: {', '.join(live[:3])}"
            if len(text) > MOST_PAGE:
                faults["size"] = f"a {name} of {len(text) / 1e6:.0f} MB"
        return faults, told


def make_formgrader(path: Path, ours: bool) -> str:
    """Returns formgrader's page of a graded notebook; empty if there is none.

    Args:
        path: The notebook.
        ours: Whether it is made as our server extension makes it, or as nbgrader does.
    """
    from nbconvert.exporters import HTMLExporter
    from nbgrader.server_extensions.formgrader import handlers

    from autograder.jupyter.formgrade_page import formgrade_page_maker

    if not path.is_file() or path.is_symlink():
        return ""
    templates = handlers.template_path
    resources = {
        **dict.fromkeys(("assignment_id", "notebook_id", "submission_id"), ASSIGNMENT),
        **dict.fromkeys(("base_url", "last_name", "first_name", "student"), "x"),
        **{"index": 0, "total": 1, "notebook_path": "x"},
    }
    if ours:
        return formgrade_page_maker(templates)(str(path), resources, "nonce", False)
    exporter = HTMLExporter(
        template_name="formgrade", extra_template_basedirs=[templates]
    )
    page, _ = exporter.from_filename(str(path), resources=resources)
    return page


def _only(output: NotebookNode) -> NotebookNode:
    """Returns a notebook that holds one output."""
    cell = nbformat.v4.new_code_cell(outputs=[output])
    return nbformat.v4.new_notebook(cells=[cell])


def _differences(
    before: Mapping[str, object], after: Mapping[str, object]
) -> list[str]:
    words = []
    for path in sorted({*before, *after}):
        if before.get(path) != after.get(path):
            verb = "deleted" if path not in after else "changed"
            verb = "made" if path not in before else verb
            words.append(f"{Path(path).name} {verb}")
    return words


def _planted(marker: str) -> list[str]:
    """Returns what was put into places that all share, and removes it."""
    places = {"the environment": sys.prefix}
    places |= {name: name for name in ("/dev/shm", "/var/tmp", "/tmp")}
    words = []
    for name, folder in places.items():
        for path in Path(folder).glob(f"*{marker}*"):
            path.unlink()
            words.append(f"a file in {name}")
    return list(dict.fromkeys(words))


def size_of(*folders: Path) -> int:
    """Returns the bytes that folders take on disk, without following links."""
    total = 0
    for folder in folders:
        for parent, _, files in os.walk(folder):
            for name in files:
                try:
                    total += os.lstat(os.path.join(parent, name)).st_blocks * 512
                except FileNotFoundError:
                    continue
    return total


def judge(
    attack: Attack,
    seen_by_engine: bool,
    outcome: str,
    mine: Mapping[str, float] | None,
    faults: Mapping[str, str],
    seconds: float,
) -> Seen:
    """Holds what an attack got against what it declares.

    Args:
        attack: The attack.
        seen_by_engine: Whether the grader is this engine: stock nbgrader knows no
            outcomes and may give the honest part's points where this engine gives none.
        outcome: The submission's status, or `"lost"`.
        mine: The attacker's points by grade cell; `None` if there are none.
        faults: The faults seen so far.
        seconds: Wall time of grading.
    """
    faults = dict(faults)
    score = None if mine is None else sum(mine.values())
    if outcome == "lost":
        faults.setdefault("batch", "no grade: the submission is lost")
    elif seen_by_engine:
        if outcome not in attack.outcomes:
            faults["outcome"] = f"outcome {outcome}, not {' or '.join(attack.outcomes)}"
        if score != attack.points:
            faults["points"] = f"{_points(score)}, not {attack.points:g}"
    elif score is None or not attack.points <= score <= max(attack.points, HONEST):
        faults["points"] = f"{_points(score)}, not {attack.points:g}"
    ordered = {name: faults[name] for name in CHECKS if name in faults}
    return Seen(outcome, score, ordered, round(seconds, 2))


def _points(score: float | None) -> str:
    return "no points" if score is None else f"{score:g} points"


class _Walker(HTMLParser):
    """Notes where a word stands in a page as more than text."""

    def __init__(self, word: str) -> None:
        super().__init__(convert_charrefs=True)
        self.word = word
        self.found: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self.inside.append(tag)
        for name, value in attrs:
            text = f"{name}={value or ''}"
            risky = name.startswith("on") or name in RISKY_ATTRIBUTES
            risky = risky or tag in RISKY_TAGS
            if self.word in text and (risky or self.word in name):
                self.found.append(f"{name} of <{tag}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            self.inside.remove(tag)

    def handle_data(self, data: str) -> None:
        if self.inside and self.word in data:
            self.found.append(f"<{self.inside[-1]}>")


def live_places(page: str, word: str) -> list[str]:
    """Returns where a word in an HTML page is more than text: `"onerror of <img>"`."""
    walker = _Walker(word)
    walker.feed(page)
    walker.close()
    return list(dict.fromkeys(walker.found))
