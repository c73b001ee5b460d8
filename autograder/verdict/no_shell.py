"""What stands for IPython where a notebook's cells run without it."""

from typing import Any


def namespace() -> dict[str, Any]:
    """Returns the names with which a notebook's code begins."""
    return {
        "__name__": "__main__",
        "get_ipython": NoShell,
        "display": lambda *_, **__: None,
    }


class NoShell:
    """Takes the magics of locked cells, which mean nothing here."""

    def run_line_magic(self, *_: Any) -> None:
        return None

    run_cell_magic = run_line_magic

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"there is no IPython in this process: {name}")
