"""nbgrader's exchange on a machine whose students are system users.

c.ExchangeFactory.submit = "autograder.exchange.ClosedSubmit"
c.ExchangeFactory.collect = "autograder.exchange.OwnedCollect"
"""

import shutil
import tempfile
from pathlib import Path

from nbgrader.exchange.default import ExchangeCollect, ExchangeSubmit

from autograder.serve.inbox import is_owner, parse

GROUP_READS, GROUP_ENTERS = 0o640, 0o2770


class ClosedSubmit(ExchangeSubmit):
    """Submits so that the instructors' group can read it, and no other student.

    nbgrader's own leaves what was submitted open to everybody who knows its random
    name. An inbound folder that sets the group gives each submission its own group.
    """

    def do_copy(self, src, dest, log=None):
        if Path(dest).parent != Path(self.inbound_path):
            super().do_copy(src, dest, log)
            return
        # A copy that takes the modes of folders over takes the group's bit away, before
        # nbgrader has written all files.
        with tempfile.TemporaryDirectory() as folder:
            staged = Path(folder, "staged")
            super().do_copy(src, staged, log)
            copy_content(staged, Path(dest))

    def set_perms(self, dest, fileperms, dirperms):
        super().set_perms(dest, GROUP_READS, GROUP_ENTERS)

    def copy_files(self):
        super().copy_files()
        Path(self.inbound_path, self.assignment_filename).chmod(GROUP_ENTERS)


def copy_content(source, target):
    """Copies a folder's files and folders, and nothing that the system says of them."""
    target.mkdir()
    for path in source.iterdir():
        copy = copy_content if path.is_dir() else shutil.copyfile
        copy(path, target / path.name)


class OwnedCollect(ExchangeCollect):
    """Collects what belongs to the system user whose id it names.

    Anybody can write into an inbound folder, under anybody's name; nbgrader's own
    warns of it and collects it all the same. `check_owner` switches both off.
    """

    def _path_to_record(self, path):
        record = super()._path_to_record(path)
        arrival = parse(Path(path))
        if self.check_owner and not (arrival and is_owner(arrival)):
            self.log.error("Not collected, since it is somebody else's: %s", path)
            # A group of its own: it cannot be newer than what the student handed in.
            record["username"] = None
        return record

    def init_src(self):
        super().init_src()
        self.src_records = [
            record for record in self.src_records if record["username"] is not None
        ]
