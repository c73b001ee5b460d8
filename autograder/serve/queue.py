"""The queue of a grading service: what arrived, what runs, what came of it."""

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autograder.grading.outcome import Outcome, outcome_of
from autograder.serve.inbox import Arrival

WAITING, RUNNING, DONE, REFUSED = "waiting", "running", "done", "refused"
STATES = (WAITING, RUNNING, DONE, REFUSED)
HOUR = 3600

TABLE = """
create table if not exists jobs (
    name text primary key,    -- the folder's name in the exchange
    student text not null,
    assignment text not null,
    stamp text not null,      -- when it was handed in
    seen real not null,       -- when the service found it, seconds since the epoch
    state text not null,
    attempts integer not null default 0,
    started real,
    finished real,
    visible text,             -- outcome of the visible tests, JSON
    result text,              -- outcome of all tests, JSON
    reason text not null default ''
)
"""
# What the hourly bound, the counts and the pages ask for.
INDEXES = (
    "create index if not exists whose on jobs (student, assignment, started)",
    "create index if not exists states on jobs (state, student)",
    "create index if not exists newest on jobs (seen, name)",
)
# Runs one statement inside a transaction.
Change = Callable[..., sqlite3.Cursor]


@dataclass(frozen=True)
class Job:
    """One submission in the queue.

    Attributes:
        name: The folder's name in the exchange.
        student: The student's id.
        assignment: The assignment's id.
        stamp: When it was handed in, as nbgrader writes it.
        seen: When the service found it, seconds since the epoch.
        state: waiting, running, done or refused.
        attempts: How often it was begun.
        started: When it was begun last, seconds since the epoch.
        finished: When it was done, seconds since the epoch.
        visible: What the visible tests said.
        result: What all tests said.
        reason: Why it was refused.
    """

    name: str
    student: str
    assignment: str
    stamp: str
    seen: float
    state: str
    attempts: int = 0
    started: float | None = None
    finished: float | None = None
    visible: Outcome | None = None
    result: Outcome | None = None
    reason: str = ""


class Queue:
    """The queue on disk. Each change is one transaction, so that a kill loses none.

    Args:
        path: An SQLite file; it need not exist.
        per_hour: How many submissions of an assignment are graded for a student in an
            hour. Those over it wait.
        now: Returns the time, seconds since the epoch.
    """

    def __init__(
        self, path: Path, per_hour: int = 6, now: Callable[[], float] = time.time
    ) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.per_hour, self.now = per_hour, now
        self.lock = threading.Lock()
        self.database = sqlite3.connect(path, check_same_thread=False)
        self.database.row_factory = sqlite3.Row
        self.database.execute("pragma journal_mode = wal")
        self.database.execute("pragma synchronous = full")
        with self._transaction() as change:
            change(TABLE)
            for index in INDEXES:
                change(index)
            # The service that ran these was killed.
            change(
                "update jobs set state = ? where state = ?",
                (WAITING, RUNNING),
            )

    @contextmanager
    def _transaction(self) -> Iterator[Change]:
        with self.lock, self.database:
            yield self.database.execute

    def close(self) -> None:
        """Closes the file."""
        self.database.close()

    def add(self, arrival: Arrival, refused: str = "") -> bool:
        """Puts a submission in the queue, unless it is there already.

        Args:
            arrival: What was found in the exchange.
            refused: Why it will not be graded; empty if it will.

        Returns:
            Whether it is new.
        """
        with self._transaction() as change:
            done = change(
                "insert or ignore into jobs"
                " (name, student, assignment, stamp, seen, state, reason)"
                " values (?, ?, ?, ?, ?, ?, ?)",
                (
                    arrival.folder.name,
                    arrival.student,
                    arrival.assignment,
                    arrival.stamp,
                    self.now(),
                    REFUSED if refused else WAITING,
                    refused,
                ),
            )
            return done.rowcount == 1

    def claim(self, only_new: bool = False) -> Job | None:
        """Takes the next submission that may run.

        Those whose visible tests have not run go first. One that was begun and killed
        goes behind those that were not: if it is what kills the service, the others are
        graded all the same.

        Args:
            only_new: Whether to leave those whose visible tests have run.

        Returns:
            The job, which is running now; `None` if none may run.
        """
        with self._transaction() as change:
            rows = change(
                "select * from jobs where state = ?"
                " order by visible is not null, attempts, seen, name",
                (WAITING,),
            ).fetchall()
            held: set[tuple[str, str]] = set()
            for row in rows:
                if row["visible"] is not None:
                    if only_new:
                        return None
                    # It counted, and was begun, when its visible tests ran.
                    change(
                        "update jobs set state = ?, attempts = attempts + 1"
                        " where name = ?",
                        (RUNNING, row["name"]),
                    )
                    return self._read(change, row["name"])
                # All that a student has in one assignment waits for the same hour:
                # one question serves thousands of them.
                whose = row["student"], row["assignment"]
                if whose in held and row["started"] is None:
                    continue
                held.add(whose)
                if self._free_at(change, row) <= self.now():
                    change(
                        "update jobs set state = ?, started = ?,"
                        " attempts = attempts + 1 where name = ?",
                        (RUNNING, self.now(), row["name"]),
                    )
                    return self._read(change, row["name"])
        return None

    def put_back(self, name: str) -> None:
        """Lets a job wait as if it had not been begun."""
        with self._transaction() as change:
            change(
                "update jobs set state = ?, attempts = attempts - 1,"
                " started = case when visible is null then null else started end"
                " where name = ? and state = ?",
                (WAITING, name, RUNNING),
            )

    def free_at(self, job: Job) -> float:
        """Returns when a waiting job may run, in seconds since the epoch."""
        with self._transaction() as change:
            return self._free_at(change, asdict(job))

    def _free_at(self, change: Change, row: Mapping[str, Any] | sqlite3.Row) -> float:
        begun = change(
            "select started from jobs where student = ? and assignment = ?"
            " and name != ? and started > ? order by started desc",
            (row["student"], row["assignment"], row["name"], self.now() - HOUR),
        ).fetchall()
        if len(begun) < self.per_hour:
            return 0.0
        return begun[self.per_hour - 1]["started"] + HOUR

    def save_visible(self, name: str, outcome: Outcome) -> None:
        """Keeps what the visible tests said; the job waits for the others."""
        with self._transaction() as change:
            change(
                "update jobs set state = ?, visible = ? where name = ? and state = ?",
                (WAITING, json.dumps(asdict(outcome)), name, RUNNING),
            )

    def finish(self, name: str, outcome: Outcome) -> bool:
        """Keeps what all tests said. A second result for a submission changes nothing.

        It stands for the visible tests too where these did not run.

        Returns:
            Whether this was the first.
        """
        text = json.dumps(asdict(outcome))
        with self._transaction() as change:
            done = change(
                "update jobs set state = ?, finished = ?, result = ?,"
                " visible = coalesce(visible, ?) where name = ? and state = ?",
                (DONE, self.now(), text, text, name, RUNNING),
            )
            return done.rowcount == 1

    def newest(self, student: str | None = None, most: int = -1) -> list[Job]:
        """Returns the jobs, the newest first.

        Args:
            student: The student's id; without it, those of everybody.
            most: How many at most; -1 for all.
        """
        where, values = _of(student)
        with self._transaction() as change:
            rows = change(
                f"select * from jobs {where} order by seen desc, name desc limit ?",
                (*values, most),
            ).fetchall()
        return [_job(row) for row in rows]

    def counts(self, student: str | None = None) -> dict[str, int]:
        """Returns how many jobs are in each state.

        Args:
            student: The student's id; without it, those of everybody count.
        """
        where, values = _of(student)
        with self._transaction() as change:
            rows = change(
                f"select state, count(*) from jobs {where} group by state", values
            ).fetchall()
        return dict.fromkeys(STATES, 0) | dict(map(tuple, rows))

    def is_empty(self, student: str | None = None) -> bool:
        """Returns whether nothing waits or runs; of one student if one is named."""
        counts = self.counts(student)
        return counts[WAITING] + counts[RUNNING] == 0

    def is_answered(self, student: str) -> bool:
        """Returns whether all visible tests of a student have run."""
        with self._transaction() as change:
            waiting = change(
                "select 1 from jobs where student = ? and visible is null"
                " and state in (?, ?) limit 1",
                (student, WAITING, RUNNING),
            )
            return waiting.fetchone() is None

    def names(self) -> set[str]:
        """Returns the names of all jobs."""
        with self._transaction() as change:
            return {name for (name,) in change("select name from jobs")}

    def find(self, name: str) -> Job | None:
        """Returns the job of a folder; `None` if there is none."""
        with self._transaction() as change:
            return self._read(change, name)

    def _read(self, change: Change, name: str) -> Job | None:
        row = change("select * from jobs where name = ?", (name,)).fetchone()
        return _job(row) if row else None


def _of(student: str | None) -> tuple[str, tuple[str, ...]]:
    """Returns the SQL that picks a student's jobs, and its values."""
    return ("", ()) if student is None else ("where student = ?", (student,))


def _job(row: sqlite3.Row) -> Job:
    fields = dict(row)
    for name in ("visible", "result"):
        fields[name] = outcome_of(json.loads(fields[name])) if fields[name] else None
    return Job(**fields)
