"""Recorded timings, with their provenance.

A trace is a JSON file that `python -m layerwise.record_trace` wrote somewhere. One
that does not say where, when and how it was recorded is refused.
"""

import json
import os
from pathlib import Path

FOLDER = Path(__file__).parent / "data_files" / "traces"
PROVENANCE = ("device", "date", "backend", "versions", "script", "command")
ENTRY = ("model", "phase", "batch_size", "dtype", "seconds", "repeats")
PHASES = ("forward", "training")


def read_trace(path):
    """Reads a trace and checks it.

    Args:
        path: Path of a JSON file.

    Returns:
        Dictionary with `"provenance"` and `"entries"`, as `check_trace` describes it.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is no trace, or lacks its provenance.
    """
    path = Path(path)
    try:
        trace = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is not a JSON file: {error}") from error
    check_trace(trace, str(path))
    return trace


def check_trace(trace, name="the trace"):
    """Refuses a trace whose figures nobody could trace back.

    Args:
        trace: Dictionary. `"provenance"` says `"device"`, `"date"`, `"backend"`,
            `"versions"`, `"script"` and `"command"`, and in a `"note"` what was changed
            since. `"entries"` is a list of dictionaries with `"model"`, `"phase"`
            (`"forward"` or `"training"`), `"batch_size"`, `"dtype"`, `"seconds"` (the
            median of `"repeats"` runs), perhaps `"fastest"` (of these runs) and, for a
            forward pass, perhaps `"call"` (seconds of an empty call) and `"layers"`:
            dictionaries with `"name"`, `"kind"`, `"group"`, `"seconds"` (0 or less
            where it is below the clock's resolution), `"multiply_adds"` and `"bytes"`.
        name: String, the trace's name in the message.

    Raises:
        ValueError: If anything of this is missing, or a time is not positive.
    """
    if not isinstance(trace, dict) or not isinstance(trace.get("entries"), list):
        raise ValueError(f"{name} must be a dictionary with a list of entries")
    provenance = trace.get("provenance") or {}
    missing = [field for field in PROVENANCE if not provenance.get(field)]
    if missing:
        raise ValueError(
            f"{name} does not say where its figures come from: its provenance lacks "
            f"{', '.join(missing)}. Record it with `python -m layerwise.record_trace`."
        )
    for index, entry in enumerate(trace["entries"]):
        absent = [field for field in ENTRY if field not in entry]
        if absent:
            raise ValueError(f"{name}, entry {index} lacks {', '.join(absent)}")
        if entry["phase"] not in PHASES:
            raise ValueError(
                f"{name}, entry {index}: phase must be forward or training. "
                f"Received: {entry['phase']!r}"
            )
        if not entry["seconds"] > 0:
            raise ValueError(
                f"{name}, entry {index}: seconds must be positive. "
                f"Received: {entry['seconds']!r}"
            )


def available():
    """Reads all traces: those that ship, and those in the folder LAYERWISE_TRACES.

    Returns:
        List of traces, in the order of their file names.

    Raises:
        ValueError: If one of them is refused.
    """
    folders = [FOLDER]
    if own := os.environ.get("LAYERWISE_TRACES"):
        folders.append(Path(own))
    paths = [path for folder in folders for path in sorted(folder.glob("*.json"))]
    return [read_trace(path) for path in paths]


def by_device(found):
    """Puts the entries of traces together that come from one device and backend.

    Args:
        found: List of traces, as `available` returns them.

    Returns:
        Dictionary from a short name, `"GPU: NVIDIA H100 80GB HBM3, jax"` say, to the
        entries of all traces of that device, in their order.
    """
    devices = {}
    for trace in found:
        p = trace["provenance"]
        kind = {"cpu": "CPU", "gpu": "GPU", "tpu": "TPU"}.get(p.get("platform"), "?")
        name = f"{kind}: {p['device']}, {p['backend']}"
        devices.setdefault(name, []).extend(trace["entries"])
    return devices


def speeds(entries, model, phase, dtype="float32"):
    """Collects the speeds of one network from entries of a device.

    Args:
        entries: List of entries of traces.
        model: String, the network's name.
        phase: String, `"forward"` or `"training"`.
        dtype: String.

    Returns:
        Dictionary from a batch size, ascending, to images a second: by the fastest run
        where a trace knows it, for other work on a machine can only make a run slower,
        else by the median. Of several entries with the same batch size the last counts.
    """
    found = {
        e["batch_size"]: e["batch_size"] / e.get("fastest", e["seconds"])
        for e in entries
        if (e["model"], e["phase"], e["dtype"]) == (model, phase, dtype)
    }
    return dict(sorted(found.items()))


def on_gpu(trace):
    """Says whether a trace was recorded on a GPU.

    Args:
        trace: Dictionary, as `read_trace` returns it.

    Returns:
        `True` or `False`.
    """
    return trace["provenance"].get("platform") == "gpu"


def label(trace):
    """Describes in a line where a trace comes from, for captions.

    Args:
        trace: Dictionary, as `read_trace` returns it.

    Returns:
        String.
    """
    p = trace["provenance"]
    versions = p["versions"]
    return (
        f"{p['device']}, {p['date'][:10]}, Keras {versions.get('keras', '?')} with "
        f"{p['backend']} {versions.get(p['backend'], '?')}"
    )
