"""nbgrader's exchange on a machine whose students are system users.

c.ExchangeFactory.submit = "autograder.jupyter.exchange.ClosedSubmit"
c.ExchangeFactory.collect = "autograder.jupyter.exchange.OwnedCollect"
"""

import shutil
import tempfile
from collections.abc import Callable
from logging import Logger
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect, ExchangeSubmit
from nbgrader.utils import parse_utc

from autograder.serve.inbox import is_owner, is_user, parse
from autograder.serve.safe_copy import take

GROUP_READS, GROUP_ENTERS = 0o640, 0o2770


class ClosedSubmit(ExchangeSubmit):
    """Submits so that the instructors' group can read it, and no other student.

    nbgrader's own leaves what was submitted open to everybody who knows its random
    name. An inbound folder that sets the group gives each submission its own group.
    """

    def do_copy(self, src: str, dest: str | Path, log: Logger | None = None) -> None:
        """Copies a submission without the modes of its files and folders."""
        if Path(dest).parent != Path(self.inbound_path):
            super().do_copy(src, dest, log)
            return
        # A copy that takes the modes of folders over takes the group's bit away, before
        # nbgrader has written all files.
        with tempfile.TemporaryDirectory() as folder:
            staged = Path(folder, "staged")
            super().do_copy(src, staged, log)
            copy_content(staged, Path(dest))

    def set_perms(self, dest: str, fileperms: int, dirperms: int) -> None:
        """Lets the group read, and others nothing, whatever nbgrader asks for."""
        super().set_perms(dest, GROUP_READS, GROUP_ENTERS)

    def copy_files(self) -> None:
        """Closes the folder again, which nbgrader opens to everybody in the end."""
        super().copy_files()
        Path(self.inbound_path, self.assignment_filename).chmod(GROUP_ENTERS)


def copy_content(source: Path, target: Path) -> None:
    """Copies a folder's files and folders, and nothing that the system says of them."""
    # Others are kept out before there is anything in it, whatever the umask.
    target.mkdir(0o770)
    for path in source.iterdir():
        copy: Callable[[Path, Path], object]
        copy = copy_content if path.is_dir() else shutil.copyfile
        copy(path, target / path.name)


class OwnedCollect(ExchangeCollect):
    """Collects what belongs to the system user whose id it names, and no links.

    Anybody can write into an inbound folder, under anybody's name; nbgrader's own
    warns of it and collects it all the same. `check_owner` switches both off.
    nbgrader's own also follows links, with the instructor's rights, and stops at the
    first folder that it cannot copy.
    """

    # nbgrader's own: what `init_src` found.
    src_records: list[dict[str, Any]]

    def _path_to_record(self, path: str) -> dict[str, Any]:
        arrival = parse(Path(path))
        if arrival is None or arrival.assignment != self.coursedir.assignment_id:
            return self._refuse(path, "its name is not one that nbgrader gives")
        if self.check_owner and not is_owner(arrival):
            return self._refuse(path, "it is somebody else's")
        try:
            return super()._path_to_record(path)
        except (ValueError, OverflowError, AttributeError, TypeError):
            return self._refuse(path, "its name holds no time")

    def _refuse(self, path: str, reason: str) -> dict[str, Any]:
        self.log.error("Not collected, since %s: %r", reason, path)
        # Without a user it is grouped apart, and never replaces a student's own.
        return {
            "username": None,
            "filename": Path(path).name,
            "timestamp": parse_utc("1970-01-01 00:00:00 UTC"),
        }

    def init_src(self) -> None:
        """Leaves out what was refused."""
        super().init_src()
        self.src_records = [
            record for record in self.src_records if record["username"] is not None
        ]

    def copy_files(self) -> None:
        """Copies one submission after the other: each may fail by itself."""
        records = self.src_records
        if not records:
            super().copy_files()
        for record in records:
            self.src_records = [record]
            try:
                super().copy_files()
            except (OSError, RuntimeError) as error:
                # A folder that cannot be copied must not stop the others.
                self.log.error("Not collected: %r: %s", record["filename"], error)

    def do_copy(self, src: str, dest: str, log: Logger | None = None) -> None:
        """Copies no link's target: the instructor may read what a student may not."""
        arrival = parse(Path(src))
        assert arrival is not None
        student = arrival.student

        def is_welcome(uid: int) -> bool:
            return not self.check_owner or is_user(uid, student)

        with tempfile.TemporaryDirectory() as folder:
            staged = Path(folder, "staged")
            most = 1000 * self.coursedir.max_dir_size
            for fault in take(Path(src), staged, is_welcome, most):
                self.log.warning("Not collected, of %s: %s", student, fault)
            super().do_copy(staged, dest, log)
