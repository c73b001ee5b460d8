"""Due dates, students and extensions."""

from datetime import datetime

import pytest

from autograder.course import CourseError
from autograder.grading.roster import SAMPLE, Roster, read_roster

FULL = """\
[assignments.hw00_tiny]
due = 2027-03-14T23:59:00+08:00

[students.ana]
first_name = "Ana"
email = "ana@example.org"
extensions = { hw00_tiny = 48 }

[students.bo]
"""


def test_all_that_can_be_said_is_read(tiny):
    tiny.write_roster(FULL)
    roster = read_roster(tiny.course)
    assert roster.due == {"hw00_tiny": datetime(2027, 3, 14, 15, 59)}
    assert roster.students == {
        "ana": {"first_name": "Ana", "email": "ana@example.org"},
        "bo": {},
    }
    assert roster.extensions == {"hw00_tiny": {"ana": 48}}


def test_the_first_time_a_sample_is_put_there(tiny):
    assert read_roster(tiny.course) == Roster()
    path = tiny.classroom / "course.toml"
    assert path.read_text(encoding="utf-8") == SAMPLE.read_text(encoding="utf-8")
    path.write_text(FULL, encoding="utf-8")
    assert read_roster(tiny.course).students
    assert path.read_text(encoding="utf-8") == FULL


def test_the_sample_can_be_used_as_its_comments_say(tiny):
    text = SAMPLE.read_text(encoding="utf-8").replace("hw04_resnet", "hw00_tiny")
    lines = [line.removeprefix("# ") for line in text.splitlines()]
    tiny.write_roster("\n".join(line for line in lines if "[" in line or " = " in line))
    roster = read_roster(tiny.course)
    assert set(roster.students) == {"ana"}
    assert roster.extensions == {"hw00_tiny": {"ana": 48}}


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("due = ", ["is not TOML", "Invalid value"]),
        (
            "studnets = {}",
            ["studnets", "Known: assignments, split, students, timezone"],
        ),
        ("students = 3", ["students must be a table. Received: 3"]),
        ("assignments = []", ["assignments must be a table. Received: []"]),
        ("[students]\nana = 3", ["students.ana must be a table. Received: 3"]),
        ("[students.ana]\nmail = 'x'", ["students.ana", "mail", "Known: email"]),
        ("[students.ana]\nemail = 3", ["students.ana.email", "Received: 3"]),
        (
            "[students.ana.extensions]\nhw99 = 3",
            ["students.ana.extensions", "'hw99'", "Assignments: hw00_tiny"],
        ),
        (
            "[students.ana.extensions]\nhw00_tiny = '2 days'",
            ["students.ana.extensions.hw00_tiny", "hours", "Received: '2 days'"],
        ),
        (
            "[students.ana.extensions]\nhw00_tiny = true",
            ["students.ana.extensions.hw00_tiny", "Received: True"],
        ),
        ("[assignments.hw99]\ndue = 3", ["assignments", "'hw99'", "hw00_tiny"]),
        (
            "[assignments.hw00_tiny]\ndue = '2027-03-14'",
            ["assignments.hw00_tiny.due", "with an offset", "Received: '2027-03-14'"],
        ),
        (
            "[assignments.hw00_tiny]\ndue = 2027-03-14",
            ["assignments.hw00_tiny.due", "timezone =", "Received: datetime.date"],
        ),
        (
            "[assignments.hw00_tiny]\ndue = 'next week'",
            ["assignments.hw00_tiny.due: it is no date", "Received: 'next week'"],
        ),
        ("timezone = 'CST'", ["timezone", "Asia/Shanghai", "Received: 'CST'"]),
        (
            "[students.ana.extensions]\nhw00_tiny = inf",
            ["students.ana.extensions.hw00_tiny", "hours", "Received: inf"],
        ),
        (
            "[assignments.hw00_tiny]\ndue = 2027-03-14T23:59:00",
            ["assignments.hw00_tiny.due", "Received: datetime"],
        ),
        ("[assignments.hw00_tiny]\n", ["assignments.hw00_tiny.due", "Received: None"]),
        (
            "[assignments.hw00_tiny]\ndew = 2027-03-14T23:59:00+08:00",
            ["assignments.hw00_tiny", "dew", "Known: due"],
        ),
    ],
)
def test_a_fault_names_the_entry_and_what_was_received(tiny, text, faults):
    tiny.write_roster(text)
    with pytest.raises(CourseError) as caught:
        read_roster(tiny.course)
    for part in ("course.toml", *faults):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("due", "hour"),
    [
        ("2027-03-14T23:59:59", "15:59:59"),
        ("2027-03-14", "15:59:59"),
        ("'2027-03-14'", "15:59:59"),
        ("'2027-03-14 23:59:59'", "15:59:59"),
        ("'2027年3月14日 23:59'", "15:59:00"),
        ("2027-03-14T15:59:59Z", "15:59:59"),
        ("'2027-03-14 15:59:59 UTC'", "15:59:59"),
    ],
)
def test_a_due_date_is_in_the_course_s_time_zone(tiny, due, hour):
    zone = "timezone = 'Asia/Shanghai'\n"
    tiny.write_roster(f"\ufeff{zone}[assignments.hw00_tiny]\ndue = {due}")
    assert str(read_roster(tiny.course).due["hw00_tiny"]) == f"2027-03-14 {hour}"
