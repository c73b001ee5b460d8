"""The queue of a grading service: what arrived, what runs, what came of it."""

import json
import sqlite3
import threading
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from autograder.grading.outcome import Outcome, outcome_of

WAITING, RUNNING, DONE, REFUSED = "waiting", "running", "done", "refused"
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
INDEX = "create index if not exists whose on jobs (student, assignment, started)"


@dataclass(frozen=True)
class Job:
    """One submission in the queue.

    Attributes:
        name: String, the folder's name in the exchange.
        student: String, the student's id.
        assignment: String, the assignment's id.
        stamp: String, when it was handed in, as nbgrader writes it.
        seen: Float, when the service found it, seconds since the epoch.
        state: String: waiting, running, done or refused.
        attempts: Integer, how often it was begun.
        started: Float, when it was begun last, or `None`.
        finished: Float, when it was done, or `None`.
        visible: `Outcome` of the visible tests, or `None`.
        result: `Outcome` of all tests, or `None`.
        reason: String, why it was refused.
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


class Jobs:
    """The queue on disk. Each change is one transaction, so that a kill loses none.

    Args:
        path: Path of an SQLite file; it need not exist.
        per_hour: Integer, how many submissions of an assignment are graded for a
            student in an hour. Those over it wait.
        now: Function that returns the time, seconds since the epoch.
    """

    def __init__(self, path, per_hour=6, now=time.time):
        path.parent.mkdir(parents=True, exist_ok=True)
        self.per_hour, self.now = per_hour, now
        self.lock = threading.Lock()
        self.database = sqlite3.connect(path, check_same_thread=False)
        self.database.row_factory = sqlite3.Row
        self.database.execute("pragma journal_mode = wal")
        self.database.execute("pragma synchronous = full")
        with self._transaction() as change:
            change(TABLE)
            change(INDEX)
            # Whoever ran these was killed.
            change(
                "update jobs set state = ? where state = ?",
                (WAITING, RUNNING),
            )

    @contextmanager
    def _transaction(self):
        with self.lock, self.database:
            yield self.database.execute

    def close(self):
        """Closes the file."""
        self.database.close()

    def add(self, arrival, refused=""):
        """Puts a submission in the queue, unless it is there already.

        Args:
            arrival: `autograder.serve.inbox.Arrival`.
            refused: String, why it will not be graded; empty if it will.

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

    def claim(self):
        """Takes the next submission that may run.

        One that was begun and killed goes behind those that were not: if it is what
        kills the service, the others are graded all the same.

        Returns:
            `Job`, running now, or `None`.
        """
        with self._transaction() as change:
            rows = change(
                "select * from jobs where state = ? order by attempts, seen, name",
                (WAITING,),
            ).fetchall()
            held = set()
            for row in rows:
                # Somebody may have handed in thousands: they wait for the same.
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

    def put_back(self, name):
        """Lets a job wait as if it had not been begun."""
        with self._transaction() as change:
            change(
                "update jobs set state = ?, started = null, attempts = attempts - 1"
                " where name = ? and state = ?",
                (WAITING, name, RUNNING),
            )

    def free_at(self, job):
        """Returns when a waiting job may run, in seconds since the epoch."""
        with self._transaction() as change:
            return self._free_at(change, asdict(job))

    def _free_at(self, change, row):
        begun = change(
            "select started from jobs where student = ? and assignment = ?"
            " and name != ? and started > ? order by started desc",
            (row["student"], row["assignment"], row["name"], self.now() - HOUR),
        ).fetchall()
        if len(begun) < self.per_hour:
            return 0.0
        return begun[self.per_hour - 1]["started"] + HOUR

    def save_visible(self, name, outcome):
        """Keeps what the visible tests said."""
        with self._transaction() as change:
            change(
                "update jobs set visible = ? where name = ? and state = ?",
                (json.dumps(asdict(outcome)), name, RUNNING),
            )

    def finish(self, name, outcome):
        """Keeps what all tests said. A second result for a submission changes nothing.

        Returns:
            Whether this was the first.
        """
        with self._transaction() as change:
            done = change(
                "update jobs set state = ?, finished = ?, result = ?"
                " where name = ? and state = ?",
                (DONE, self.now(), json.dumps(asdict(outcome)), name, RUNNING),
            )
            return done.rowcount == 1

    def list(self, student=None):
        """Returns the jobs, the newest first; of one student if one is named."""
        where, values = ("where student = ?", (student,)) if student else ("", ())
        with self._transaction() as change:
            rows = change(
                f"select * from jobs {where} order by seen desc, name desc", values
            ).fetchall()
        return [_job(row) for row in rows]

    def names(self):
        """Returns the set of all jobs' names."""
        with self._transaction() as change:
            return {name for (name,) in change("select name from jobs")}

    def find(self, name):
        """Returns a `Job`, or `None`."""
        with self._transaction() as change:
            return self._read(change, name)

    def _read(self, change, name):
        row = change("select * from jobs where name = ?", (name,)).fetchone()
        return row and _job(row)


def _job(row):
    fields = dict(row)
    for name in ("visible", "result"):
        fields[name] = outcome_of(json.loads(fields[name])) if fields[name] else None
    return Job(**fields)
