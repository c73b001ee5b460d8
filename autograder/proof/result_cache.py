"""Keeps results of long runs, each by a key of everything that it depends on.

They lie in the user's cache folder, so that a clean clone on the same machine finds
them. Nothing kept is part of a grade: it only says that this very notebook has been
run before, by this very code.
"""

import contextlib
import functools
import hashlib
import json
import os
import platform
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import autograder
import layerwise
from autograder.grading.outcome import environment

# Names the folder; `$XDG_CACHE_HOME/layerwise` or `~/.cache/layerwise` otherwise.
VARIABLE = "LAYERWISE_CACHE"
# What nobody asked for in this time is removed. Seconds.
FORGET_AFTER = 30 * 24 * 3600
# What a notebook's run depends on, beside the notebook and the library.
ENGINE = (
    *("cells.py", "compat.py", "compat_nbgrader.py", "limits.py", "processes.py"),
    *("engine", "verdict", "warm", "sandbox", "grading/judge.py"),
)


def cache_folder() -> Path:
    """Returns the folder where results are kept."""
    if os.environ.get(VARIABLE):
        return Path(os.environ[VARIABLE])
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "layerwise")


@functools.cache
def library_and_engine() -> str:
    """Hashes the library, the engine, and the versions of what they stand on."""
    digest = hashlib.sha256(json.dumps(environment(), sort_keys=True).encode())
    digest.update(platform.machine().encode())
    packages = Path(autograder.__file__).parent, Path(layerwise.__file__).parent
    roots = [*(packages[0] / name for name in ENGINE), packages[1]]
    for root in roots:
        files = sorted(root.rglob("*")) if root.is_dir() else [root]
        for path in files:
            if path.is_file() and path.suffix != ".pyc":
                digest.update(f"{path.relative_to(root.parent)}\n".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def key_of_run(*parts: Any) -> str:
    """Returns the key of a run: a hash of its parts, the library and the engine.

    Args:
        *parts: Bytes, and whatever `repr` writes in full.
    """
    digest = hashlib.sha256(library_and_engine().encode())
    for part in parts:
        content = part if isinstance(part, bytes) else repr(part).encode()
        digest.update(len(content).to_bytes(8, "big"))
        digest.update(content)
    return digest.hexdigest()


class KeptResults:
    """A folder of results.

    Args:
        kind: The folder's name, such as `"answers"`.
        fresh: Whether what is kept does not count; it is replaced.
    """

    def __init__(self, kind: str, fresh: bool = False) -> None:
        self.folder, self.fresh = cache_folder() / kind, fresh
        self.forget_old()

    def find(self, key: str) -> Any:
        """Returns what is kept under a key; `None` if there is nothing."""
        path = self.folder / f"{key}.json"
        if self.fresh:
            return None
        with contextlib.suppress(OSError, ValueError):
            found = json.loads(path.read_text(encoding="utf-8"))
            os.utime(path)
            return found
        return None

    def keep(self, key: str, result: Any) -> None:
        """Keeps a result that JSON can hold. Where that fails, it is not kept."""
        draft = self.folder / f"{key}.{os.getpid()}.part"
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps(result), encoding="utf-8")
            os.replace(draft, self.folder / f"{key}.json")

    def forget_old(self) -> None:
        """Removes what nobody has asked for in a month."""
        with contextlib.suppress(OSError):
            _remove_before(self.folder.glob("*"), time.time() - FORGET_AFTER)


def _remove_before(paths: Iterable[Path], moment: float) -> None:
    for path in paths:
        if path.stat().st_mtime < moment:
            path.unlink(missing_ok=True)
