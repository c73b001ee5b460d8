"""Makes a class of twelve out of the answers bank, and grades it."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode

from autograder.authoring.notebooks import build
from autograder.cells import is_answer
from autograder.course import Course, CourseError
from autograder.grading.assignment import as_student, load_assigned
from autograder.grading.console import print_table
from autograder.grading.grade_class import grade_class
from autograder.grading.outcome import Outcome
from autograder.limits import Limits
from autograder.proof.answers import RELEASE, bank_of
from autograder.proof.bank import Answer

ASSIGNMENT = "hw04_resnet"
MARKER = "demo-class"
ON_TIME = "2027-03-12 18:30:00 UTC"
TOO_LATE = "2027-03-15 09:05:00 UTC"
ROSTER = """\
# The demo class. autograder/grading/data_files/course.sample.toml has all that can be
# said.
[assignments.hw04_resnet]
due = 2027-03-14T23:59:00+00:00

[students]
ana = { first_name = "Ana", last_name = "Sousa" }
bo = { first_name = "Bo", last_name = "Lindqvist" }
chen = { first_name = "Chen", last_name = "Wei" }
dara = { first_name = "Dara", last_name = "Okafor" }
emil = { first_name = "Emil", last_name = "Kovac", extensions = { hw04_resnet = 48 } }
fay = { first_name = "Fay", last_name = "Abbott" }
goran = { first_name = "Goran", last_name = "Petrov" }
hana = { first_name = "Hana", last_name = "Mori" }
ivo = { first_name = "Ivo", last_name = "Silva" }
jun = { first_name = "Jun", last_name = "Park" }
kim = { first_name = "Kim", last_name = "Nguyen" }
lea = { first_name = "Lea", last_name = "Fischer" }
"""


@dataclass(frozen=True)
class DemoStudent:
    """One student of the demo class.

    Attributes:
        name: The student's id.
        about: What the submission is.
        content: The notebook file.
        timestamp: When it was handed in.
        status: The status that grading must give.
        fails: The grade ids that must fail; `None` where the answers bank does not
            declare it.
        late: Whether it must be flagged late.
    """

    name: str
    about: str
    content: bytes
    timestamp: str = ON_TIME
    status: str = "graded"
    fails: set[str] | None = None
    late: bool = False


def make_class(course: Course) -> list[DemoStudent]:
    """Makes twelve submissions from the answers bank of a built course.

    They are right, wrong, late or unfinished; one is an endless loop and one a file
    that was cut off.
    """
    assigned, answers = bank_of(course, ASSIGNMENT)
    bank = {answer.name: answer for answer in answers}
    right = [answer for answer in answers if answer.name.startswith("right_")]
    wrong = [answer for answer in answers if answer.name.startswith("wrong_")]
    if len(right) < 4 or len(wrong) < 5:
        raise CourseError(f"The demo needs 4 right and 5 wrong answers of {ASSIGNMENT}")

    def handed_in(
        name: str, answer: Answer, timestamp: str = ON_TIME, late: bool = False
    ) -> DemoStudent:
        content = as_student(answer.notebook, assigned)
        about = " ".join(answer.about.split()) or answer.name
        fails = set(answer.fails)
        return DemoStudent(name, about, content, timestamp, fails=fails, late=late)

    spread = [wrong[index * len(wrong) // 5] for index in range(5)]
    empty = nbformat.reads(bank[RELEASE].notebook.decode(), as_version=4)
    reference = nbformat.reads(bank["reference"].notebook.decode(), as_version=4)
    whole = handed_in("lea", right[2])
    return [
        handed_in("ana", bank["reference"]),
        handed_in("bo", spread[0]),
        handed_in("chen", right[0]),
        handed_in("dara", right[1], timestamp=TOO_LATE, late=True),
        handed_in("emil", right[3], timestamp=TOO_LATE),
        handed_in("fay", spread[1]),
        handed_in("goran", spread[2]),
        handed_in("hana", spread[3]),
        handed_in("ivo", spread[4]),
        DemoStudent(
            "jun",
            "unfinished: the first two exercises only",
            as_student(_first_answers(empty, reference, 2), assigned),
        ),
        DemoStudent(
            "kim",
            "an endless loop in the third exercise",
            as_student(_endless(empty, reference, 2), assigned),
            status="timeout",
        ),
        DemoStudent(
            "lea",
            "a file that was cut off while it was copied",
            whole.content[: len(whole.content) // 2],
            status="unreadable",
            fails=set(assigned.points),
        ),
    ]


def run_demo(
    course: Course, limits: Limits, workers: int | None = None, plain: bool = False
) -> int:
    """Builds the course, makes the class, grades it and prints the table.

    Args:
        course: The course.
        limits: What a notebook may use.
        workers: Submissions at a time. Without it, the cores at hand.
        plain: Whether tests run in the student's own kernel, as in stock nbgrader.

    Returns:
        The exit status: 0 if every outcome and grade is the one declared.

    Raises:
        CourseError: If `classroom/` holds a real class.
    """
    marker = course.classroom / MARKER
    if course.submitted.exists() and not marker.exists():
        raise CourseError(
            f"{course.submitted} holds a class that is not the demo's: the demo would "
            "mix with it. Run it in another clone."
        )
    print("Building the notebooks and the class", flush=True)
    build(course)
    students = make_class(course)
    course.classroom.mkdir(parents=True, exist_ok=True)
    marker.touch()
    (course.classroom / "course.toml").write_text(ROSTER, encoding="utf-8")
    for student in students:
        folder = course.submitted / student.name / ASSIGNMENT
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        (folder / f"{ASSIGNMENT}.ipynb").write_bytes(student.content)
        (folder / "timestamp.txt").write_text(student.timestamp, encoding="utf-8")
        print(f"{student.name:6}  {student.about[:100]}")
    print(flush=True)
    outcomes = grade_class(course, ASSIGNMENT, limits, workers, plain=plain)
    print_table(outcomes, course)
    faults = find_faults(students, outcomes, load_assigned(course, ASSIGNMENT).points)
    for fault in faults:
        print(f"SURPRISE: {fault}")
    print("In a browser:    make lab, then /formgrader in place of /lab in the address")
    return 1 if faults else 0


def find_faults(
    students: list[DemoStudent], outcomes: list[Outcome], points: Mapping[str, float]
) -> list[str]:
    """Returns where outcomes of the demo class differ from what its answers declare.

    Args:
        students: The class.
        outcomes: What came of it.
        points: From grade id to points.
    """
    faults, total = [], sum(points.values())
    if [s.name for s in students] != [o.student for o in outcomes]:
        return [f"outcomes of {', '.join(o.student for o in outcomes)}"]
    for student, outcome in zip(students, outcomes, strict=True):
        if outcome.status != student.status:
            faults.append(f"{student.name} is {outcome.status}, not {student.status}")
        if ("late" in outcome.flags) != student.late:
            faults.append(f"{student.name} has flags {outcome.flags}")
        if student.fails is None:
            if not 0 < outcome.score < total:
                faults.append(f"{student.name} has {outcome.score:g} of {total:g}")
            continue
        wanted = total - sum(points[grade_id] for grade_id in student.fails)
        if outcome.score != wanted:
            faults.append(f"{student.name} has {outcome.score:g}, not {wanted:g}")
    return faults


def _first_answers(
    empty: NotebookNode, reference: NotebookNode, count: int
) -> NotebookNode:
    """Returns the release with the reference's first answers filled in."""
    notebook = nbformat.reads(nbformat.writes(empty), as_version=4)
    written = {c["id"]: c.source for c in reference.cells if is_answer(c)}
    for cell in list(filter(is_answer, notebook.cells))[:count]:
        cell.source = written[cell["id"]]
    return notebook


def _endless(empty: NotebookNode, reference: NotebookNode, place: int) -> NotebookNode:
    """Returns the reference with an endless loop in one of its functions."""
    notebook = nbformat.reads(nbformat.writes(reference), as_version=4)
    stub = list(filter(is_answer, empty.cells))[place].source
    cell = list(filter(is_answer, notebook.cells))[place]
    cell.source = stub.replace("raise NotImplementedError()", "while True: pass")
    return notebook
