"""The rooms of autograder import in one direction only."""

import ast
from pathlib import Path

import autograder

PACKAGE = Path(autograder.__file__).parent
# Each imports from those after it, as ARCHITECTURE.md says.
ROOMS = (
    *("cli", "proof_cli", "proof", "doctor", "jupyter", "serve", "options"),
    *("grading", "authoring", "engine", "verdict", "warm", "sandbox"),
    *("course", "cells", "compat_nbgrader", "compat", "processes", "limits"),
)


def room_of(module):
    return module.split(".")[1]


def imports():
    """Yields each import of one room by another: file, room, room."""
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE.parent).with_suffix("").as_posix()
        if place == "autograder/__init__":
            continue
        own = room_of(place.replace("/", "."))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = []
            if isinstance(node, ast.ImportFrom) and node.module == "autograder":
                modules = [f"autograder.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                modules = [node.module]
            elif isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            for module in modules:
                if module.startswith("autograder.") and room_of(module) != own:
                    yield place, own, room_of(module)


def test_every_room_is_known():
    found = {room_of(f"autograder.{p.stem}") for p in PACKAGE.glob("*.py")}
    found |= {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert found - {"__init__"} == set(ROOMS)


def test_no_room_imports_from_one_above_it():
    wrong = [
        f"{place} imports from {other}"
        for place, own, other in imports()
        if ROOMS.index(other) < ROOMS.index(own)
    ]
    assert not wrong, "; ".join(wrong)
