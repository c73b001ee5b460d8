"""What earlier runs of the chapters measured, and on which machine.

`data_files/records/NN_topic.json` is a list of runs. `autograder record NN` makes one
and anyone can make it again; runs of other machines are added to the same file. A run
is a dictionary:

    chapter, budget, seed  which run it was
    date, cpu_seconds      of the whole chapter, imports included
    machine                cpu, cores, gpu (None without one), backend
    versions               of Python, Keras and the backend
    conclusions            a dictionary from a name to `rule` (a function of
                           `layerwise.verdicts`), `arms` (from a name to one number for
                           each seed) and `options` of the rule

While a chapter runs, `layerwise.report` appends what it concludes to the file that the
environment's `LAYERWISE_RECORD` names, one JSON object a line.
"""

import json
import os
import platform
from importlib import metadata
from pathlib import Path

FOLDER = Path(__file__).parent / "data_files" / "records"
VARIABLE = "LAYERWISE_RECORD"


def read(chapter, folder=FOLDER):
    """Reads the runs of a chapter.

    Args:
        chapter: String, such as `"04_resnet"`.
        folder: `Path` of the records.

    Returns:
        List of dictionaries; empty if there is no record.
    """
    path = Path(folder, f"{chapter}.json")
    if not path.is_file():
        return []
    return json.loads(path.read_text(encoding="utf-8"))


def add(chapter, runs, folder=FOLDER):
    """Adds runs to a chapter's record; a run of the same machine and seed is replaced.

    Args:
        chapter: String, such as `"04_resnet"`.
        runs: List of dictionaries.
        folder: `Path` of the records.

    Returns:
        `Path` of the file.

    Raises:
        ValueError: If a run is of another chapter.
    """
    for run in runs:
        if run["chapter"] != chapter:
            raise ValueError(
                f"a run of {run['chapter']} does not belong into the record of "
                f"{chapter}"
            )
    kept = {key_of(run): run for run in read(chapter, folder)}
    kept |= {key_of(run): run for run in runs}
    path = Path(folder, f"{chapter}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps([kept[key] for key in sorted(kept)], indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def key_of(run):
    """Returns what tells a run from the others: the machine, the budget, the seed."""
    return *machine_of(run), run["budget"], run["seed"]


def machine_of(run):
    """Returns the machine of a run, as a tuple of strings that can be compared."""
    return tuple(
        str(run["machine"][name]) for name in ("cpu", "cores", "gpu", "backend")
    )


def by_machine(runs, budget="default"):
    """Groups runs of one budget by machine.

    Args:
        runs: List of dictionaries.
        budget: String.

    Returns:
        Dictionary from a machine, as `machine_of` has it, to its runs.
    """
    groups = {}
    for run in runs:
        if run["budget"] == budget:
            groups.setdefault(machine_of(run), []).append(run)
    return groups


def recording():
    """Returns whether this process runs a chapter for its record."""
    return bool(os.environ.get(VARIABLE))


def note(entry):
    """Appends an entry to the file that `LAYERWISE_RECORD` names, if it names one.

    Args:
        entry: Dictionary that JSON can hold.
    """
    if recording():
        with open(os.environ[VARIABLE], "a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")


def provenance():
    """Says on what this process computes.

    Returns:
        `(machine, versions)`, two dictionaries as in a run.
    """
    # The command line reads records, and does not wait for Keras.
    import keras

    from layerwise import backends

    backend, found = keras.backend.backend(), backends.accelerator()
    machine = {
        "cpu": _cpu(),
        "cores": _cores(),
        "gpu": found[0] if found else None,
        "backend": backend,
    }
    versions = {"python": platform.python_version(), "keras": keras.__version__}
    versions[backend] = metadata.version(backend)
    return machine, versions


def describe(machine):
    """Returns a machine in a few words."""
    parts = [machine["cpu"], f"{machine['cores']} cores", machine["gpu"]]
    return ", ".join(part for part in [*parts, machine["backend"]] if part)


def _cpu():
    path = Path("/proc/cpuinfo")
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _cores():
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS and Windows
        return os.cpu_count()
