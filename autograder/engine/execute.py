"""Runs a notebook: bytes and limits in, executed notebook and outcome out.

A stateless function, so that it can be mapped over any `concurrent.futures.Executor`.
"""

import asyncio
from collections.abc import Collection, Mapping
from pathlib import Path

from autograder.cells import from_bytes
from autograder.engine import one_kernel
from autograder.engine.folders import private_folder, write_files
from autograder.limits import Execution, Limits
from autograder.warm import client


def execute(
    notebook: bytes,
    limits: Limits,
    files: Mapping[str, bytes] | None = None,
    answer_names: Collection[str] | None = None,
    given: Mapping[str, bytes] | None = None,
    together: Collection[str] = (),
    imports: str = "",
    strict: bool = True,
) -> Execution:
    """Runs all cells of a notebook.

    With `answer_names`, and where warm kernels are to be had, test cells run in a
    process that the student's code never enters. Otherwise all cells run in one cold
    kernel.

    Args:
        notebook: An `.ipynb` file of format 4.
        limits: What it may use.
        files: What lies beside the notebook when it runs, by relative path.
        answer_names: The names that answers bind; `None` asks for one kernel.
        given: Like `files`, the assignment's own: they replace the student's, and are
            all that the verdict process finds beside it.
        together: The grade ids of tests that run in the student's process.
        imports: What the verdict process runs before the first cell.
        strict: Whether the run ends where a locked cell fails in the verdict process.
    """
    document = from_bytes(notebook)
    with private_folder("lw-") as place:
        folder = Path(place, "work")
        write_files(folder, {**(files or {}), **(given or {})})
        if answer_names is not None and client.available():
            from autograder.engine import split_run

            return asyncio.run(
                split_run.run(
                    document,
                    limits,
                    folder,
                    answer_names,
                    given,
                    together,
                    imports,
                    strict,
                )
            )
        return asyncio.run(one_kernel.run(document, limits, folder))
