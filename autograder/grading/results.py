"""Keeps what was executed until it is in the gradebook, so that no run is lost."""

import json
import os
from dataclasses import asdict
from pathlib import Path

from autograder.grading.run import Ran
from autograder.limits import Execution


class ResultStore:
    """A folder with one file for each execution that is not yet in the gradebook.

    A file appears whole or not at all, and is on disk before it counts.

    Args:
        folder: It need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, key: str, ran: Ran) -> None:
        """Writes what was executed under the hash of what it depends on."""
        assert ran.execution is not None
        self.folder.mkdir(parents=True, exist_ok=True)
        content = ran.execution.notebook.decode("utf-8")
        data = {**asdict(ran.execution), "notebook": content, "notes": ran.notes}
        path = self.folder / f"{key}.json"
        draft = path.with_suffix(".part")
        with draft.open("w", encoding="utf-8") as file:
            json.dump(data, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
        if os.name == "posix":
            # The file's name is on disk once its folder is; Windows opens no folders.
            descriptor = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def load(self, key: str) -> Ran | None:
        """Returns what was executed under a key, or `None`."""
        try:
            text = (self.folder / f"{key}.json").read_text(encoding="utf-8")
            data = json.loads(text)
            notes, content = data.pop("notes"), data.pop("notebook")
            execution = Execution(notebook=content.encode("utf-8"), **data)
            return Ran(notes=notes, execution=execution)
        except (FileNotFoundError, json.JSONDecodeError, TypeError, KeyError):
            return None

    def drop(self, key: str) -> None:
        """Removes an execution that is in the gradebook now."""
        (self.folder / f"{key}.json").unlink(missing_ok=True)
