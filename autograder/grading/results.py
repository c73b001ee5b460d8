"""Keeps what was executed until it is in the gradebook, so that no run is lost."""

import json
import os
from dataclasses import asdict
from pathlib import Path

from autograder.limits import Execution


class ResultStore:
    """A folder with one file for each execution that is not yet in the gradebook.

    A file appears whole or not at all, and is on disk before it counts.

    Args:
        folder: It need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, key: str, execution: Execution) -> None:
        """Writes an execution under the hash of what it depends on."""
        self.folder.mkdir(parents=True, exist_ok=True)
        data = {**asdict(execution), "notebook": execution.notebook.decode("utf-8")}
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

    def load(self, key: str) -> Execution | None:
        """Returns the `Execution` of a key, or `None`."""
        try:
            text = (self.folder / f"{key}.json").read_text(encoding="utf-8")
            data = json.loads(text)
            return Execution(**{**data, "notebook": data["notebook"].encode("utf-8")})
        except (FileNotFoundError, json.JSONDecodeError, TypeError, KeyError):
            return None

    def drop(self, key: str) -> None:
        """Removes an execution that is in the gradebook now."""
        (self.folder / f"{key}.json").unlink(missing_ok=True)
